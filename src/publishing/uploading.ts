import { childInHand, withChildUpload } from './children';
import { firstLookMs, retryOrFail } from './preparing';
import { after, type Change, type PublishingState, type Rules, type Upload, type UploadNews } from './publishing-state';
import {
  aboutToSend,
  gaveUp,
  isUnsent,
  progressHeard,
  sayAboutToSend,
  sendHeard,
  type UploadStep,
} from './upload-progress';

/** The upload that is to go on: of the child in hand, or of the post's own container. */
export function uploadInHand(post: Pick<PublishingState, 'step' | 'children' | 'childrenNeeded' | 'upload'>) {
  return (post.step === 'create' ? childInHand(post)?.upload : post.upload) ?? null;
}

/** Before bytes are sent: the row says that they may have been, so that a successor asks. */
export function intentToSend(post: PublishingState, now: Date, rules: Rules): Change {
  const upload = inHand(post);
  const step = { upload: aboutToSend(upload), failures: post.failures, lookAgainAt: now, why: sayAboutToSend(upload) };
  return change(post, step, rules);
}

/** What became of sending the video, where that is no failure of the call. */
export function uploadHeard(
  post: PublishingState,
  what: 'bytes_sent' | 'bytes_not_sent' | 'bytes_cut',
  now: Date,
  rules: Rules,
): Change {
  return change(post, sendHeard(post, inHand(post), what, now), rules);
}

/** What Instagram says it has of the post's own video, which is still being processed as far as the container knows. */
export function uploadRead(
  post: PublishingState,
  upload: Upload,
  news: UploadNews | undefined,
  now: Date,
  rules: Rules,
): Change {
  const step = progressHeard(post, upload, news, now);
  return step ? change(post, step, rules) : retryOrFail(post, gaveUp, now, { newContainer: true });
}

function change(post: PublishingState, step: UploadStep, rules: Rules): Change {
  if (post.step === 'create') return withChildUpload(post, step, rules);
  const { upload, failures, lookAgainAt, why } = step;
  // A video that has just arrived is not ready yet.
  const next = isUnsent(upload) ? lookAgainAt : after(lookAgainAt, firstLookMs(rules));
  return { set: { upload, failures }, lookAgainAt: next, why };
}

function inHand(post: PublishingState): Upload {
  const upload = uploadInHand(post);
  if (upload === null) throw new Error('No video is being sent.');
  return upload;
}
