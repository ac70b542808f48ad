import { after, type PublishingState, type Upload, type UploadNews } from './publishing-state';
import { afterSuccess, type Failure, type FailureCounts } from './retry-policy';

/** What was heard of an upload, as the row of a post or an entry of its children keeps it. */
export interface UploadStep {
  upload: Upload;
  failures: FailureCounts;
  lookAgainAt: Date;
  why: string;
}

/** So long a worker that can't take one more upload leaves the post alone. */
const NO_ROOM_PAUSE_MS = 2_000;
/** Long enough that the claim is given back for sure. */
const LANE_CHANGE_MS = 100;
/** A worker that stops lets go first. */
const LET_GO_MS = 1_000;

/** A container of which Instagram has no byte yet. Null: Instagram fetches the media itself. */
export function newUpload(sizeBytes: number | undefined): Upload | null {
  return sizeBytes === undefined ? null : { sizeBytes, sentBytes: 0, state: 'send', doneAt: null };
}

/** Whether bytes are still missing. */
export function isUnsent(upload: Upload | null | undefined): upload is Upload {
  return !!upload && upload.state !== 'done';
}

/** Right after a container was made for an upload its post is let go: uploads have lanes of their own (posts/lanes.ts). */
export function laneChange(now: Date): Date {
  return after(now, LANE_CHANGE_MS);
}

/**
 * Written down before a byte is sent: whoever comes after this worker, or finds the call without a clean answer, asks
 * Instagram how much it has.
 */
export function aboutToSend(upload: Upload): Upload {
  return { ...upload, state: 'ask' };
}

export function sayAboutToSend({ sizeBytes, sentBytes }: Upload): string {
  const which = sentBytes === 0 ? `${count(sizeBytes)} bytes` : `bytes ${count(sentBytes)} to ${count(sizeBytes)}`;
  return `The video is sent to Instagram: ${which}.`;
}

/** What became of a try to send bytes, where that is no failure of the call. */
export function sendHeard(
  post: Pick<PublishingState, 'failures'>,
  upload: Upload,
  what: 'bytes_sent' | 'bytes_not_sent' | 'bytes_cut',
  now: Date,
): UploadStep {
  const { failures } = post;
  const all = count(upload.sizeBytes);
  switch (what) {
    case 'bytes_sent':
      return { ...done(post, upload, now), why: `All ${all} of ${all} bytes were sent; Instagram works on the video.` };
    case 'bytes_not_sent': {
      const why = 'This worker has enough uploads in hand; nothing was sent.';
      return { upload: { ...upload, state: 'send' }, failures, lookAgainAt: after(now, NO_ROOM_PAUSE_MS), why };
    }
    case 'bytes_cut': {
      const why = 'This worker stops; another one asks how much of the video has arrived, and goes on from there.';
      return { upload: aboutToSend(upload), failures, lookAgainAt: after(now, LET_GO_MS), why };
    }
  }
}

/**
 * What Instagram says it has. Null: it gave up on what was sent.
 * Only bytes that are new clear the count of failures: a line that breaks each time must not be tried for ever.
 */
export function progressHeard(
  post: Pick<PublishingState, 'failures'>,
  upload: Upload,
  news: UploadNews | undefined,
  now: Date,
): UploadStep | null {
  if (news?.phase === 'error') return null;
  const all = count(upload.sizeBytes);
  if (news && (news.phase === 'complete' || news.bytes >= upload.sizeBytes))
    return { ...done(post, upload, now), why: `Instagram has all ${all} of ${all} bytes.` };
  // Where it doesn't say, from the start: that is harmless, as long as nothing is published.
  const bytes = news?.bytes ?? 0;
  const failures = bytes > upload.sentBytes ? afterSuccess(post.failures) : post.failures;
  const why = `Instagram has ${count(bytes)} of ${all} bytes; the next one is sent.`;
  return { upload: { ...upload, sentBytes: bytes, state: 'send' }, failures, lookAgainAt: now, why };
}

/** The clock of processing starts when all bytes are there. */
export function waitingSince(upload: Upload | null | undefined, madeAt: Date | null): Date | null {
  return upload?.doneAt ? new Date(upload.doneAt) : madeAt;
}

export const gaveUp: Failure = {
  kind: 'media_processing_error',
  advice: 'Instagram says that the upload of the video failed, and not why.',
};

function done(post: Pick<PublishingState, 'failures'>, upload: Upload, now: Date) {
  const { sizeBytes } = upload;
  return {
    upload: { sizeBytes, sentBytes: sizeBytes, state: 'done' as const, doneAt: now.toISOString() },
    failures: afterSuccess(post.failures),
    lookAgainAt: now,
  };
}

function count(bytes: number): string {
  return bytes.toLocaleString('en-US');
}
