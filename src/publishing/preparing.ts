import type { PostStatus } from '../posts/post-state';
import { fail, live } from './ending';
import { after, type Change, type ContainerCode, type PublishingState, type Rules } from './publishing-state';
import { afterFailure, afterSuccess, waitReasonOf, type Failure } from './retry-policy';
import { laneChange, newUpload, waitingSince } from './upload-progress';

/** Meta keeps an unpublished container for 24 h (reference §2.4). */
export const CONTAINER_LIFE_MS = 24 * 3_600_000;

const FIRST_LOOK_MS = 1_000;

export function containerCreated(
  post: PublishingState,
  { containerId, uploadBytes }: { containerId: string; uploadBytes?: number },
  now: Date,
  rules: Rules,
): Change {
  const upload = newUpload(uploadBytes);
  return {
    set: {
      status: shown(post, now, 'processing'),
      step: 'await',
      ...noContainer,
      containerId,
      containerCreatedAt: now,
      upload,
      failures: afterSuccess(post.failures),
      error: null,
    },
    lookAgainAt: upload ? laneChange(now) : after(now, firstLookMs(rules)),
    why: upload
      ? `Instagram made container ${containerId} for the video, which is sent now.`
      : `Instagram took the media as container ${containerId}.`,
  };
}

/** What a container's status means before a publish call was sent on it. */
export function processed(
  post: PublishingState,
  code: ContainerCode,
  failure: Failure | null,
  now: Date,
  rules: Rules,
): Change {
  const read = { ...post, failures: afterSuccess(post.failures) };
  switch (code) {
    case 'FINISHED':
      return {
        set: { status: shown(post, now, 'processing'), step: 'publish', failures: read.failures },
        lookAgainAt: beforeItsTime(post, now, rules),
        why: 'The container is ready to be published.',
      };
    case 'PUBLISHED':
      return live(post, now, null, 'The container says that it was published.');
    case 'IN_PROGRESS':
      return stillProcessing(read, now, rules);
    case 'ERROR':
    case 'EXPIRED':
      return containerDied(read, code, failure, now);
  }
}

/** Early enough that all is ready for the call when the second comes. */
function beforeItsTime({ dueAt }: PublishingState, now: Date, { claimLeadMs }: Rules): Date {
  const early = after(dueAt, -claimLeadMs);
  return early > now ? early : now;
}

/** `ERROR` and `EXPIRED` are final for a container, and prove that it was never published: try with a new one, or fail. */
export function containerDied(
  post: PublishingState,
  code: 'ERROR' | 'EXPIRED',
  failure: Failure | null,
  now: Date,
): Change {
  return retryOrFail(post, failure ?? lost(code), now, { newContainer: true });
}

/** A container that can't be read now is still worth waiting for: 100/33 on a fresh one heals by itself (peers, #1562). */
export function unreadableWhileWaiting(post: PublishingState, failure: Failure, now: Date, rules: Rules): Change {
  if (failure.kind !== 'object_missing') return retryOrFail(post, failure, now);
  if (waitedMs(post, now) >= rules.containerPollTimeoutMs)
    return retryOrFail(post, { ...failure, kind: 'media_processing_error' }, now);
  return { set: {}, lookAgainAt: after(now, rules.containerPollIntervalMs), why: 'The container cannot be read yet.' };
}

/**
 * By the retry policy. Only for calls that cannot have published anything.
 * `again`: what has to be written so that what failed is made again; left out, the whole post is.
 */
export function retryOrFail(
  post: PublishingState,
  failure: Failure,
  now: Date,
  { newContainer = false, again = rebuild(post, now, '').set }: { newContainer?: boolean; again?: Change['set'] } = {},
): Change {
  const verdict = afterFailure(failure, post.failures);
  if (verdict.do === 'fail')
    return isAhead(post, now) ? atRisk(post, failure, again) : fail(failure, `Not tried again (${failure.kind}).`);
  const lookAgainAt = after(now, verdict.inMs);
  const seconds = Math.round(verdict.inMs / 1_000);
  if (!verdict.newContainer && !newContainer)
    return {
      set: { failures: verdict.counts },
      lookAgainAt,
      why: `${failure.kind}: tried again in ${seconds} s.`,
      waitReason: waitReasonOf(failure),
    };
  const why = `${failure.kind}: a new container will be made in ${seconds} s.`;
  return { set: { ...again, failures: verdict.counts }, lookAgainAt, why };
}

/** Preparing went wrong while there is still time: tell, and make it again when the time comes. */
function atRisk(post: PublishingState, failure: Failure, again: Change['set']): Change {
  const why = `${failure.kind}: the post would fail at its time, when it is tried once more.`;
  return { set: { ...again, failures: {}, error: failure }, lookAgainAt: post.dueAt, why, risk: failure };
}

/** Starts over with new containers, a carousel's children among them: they may be the cause. Only ever where the old one is proved unpublished. */
export function rebuild(post: PublishingState, now: Date, why: string): Change {
  return {
    set: { status: shown(post, now, 'posting'), outcome: 'not_live', step: 'create', children: [], ...noContainer },
    lookAgainAt: now,
    why,
  };
}

/** A container is of no use once Meta has thrown it away. */
export function containerIsTooOld({ containerCreatedAt }: PublishingState, now: Date): boolean {
  return containerCreatedAt !== null && now.getTime() - containerCreatedAt.getTime() >= CONTAINER_LIFE_MS;
}

export function firstLookMs({ containerPollIntervalMs }: Rules): number {
  return Math.min(FIRST_LOOK_MS, containerPollIntervalMs);
}

const noContainer = {
  containerId: null,
  upload: null,
  containerCreatedAt: null,
  intentAt: null,
  publishCalls: 0,
  doubts: 0,
  refusal: null,
};

function stillProcessing(post: PublishingState, now: Date, rules: Rules): Change {
  const waited = waitedMs(post, now);
  if (waited >= rules.containerPollTimeoutMs) return retryOrFail(post, tooSlow(waited), now, { newContainer: true });
  return {
    set: { status: shown(post, now, 'processing'), failures: post.failures },
    lookAgainAt: after(now, pauseMs(waited, rules)),
    why: 'Instagram is still processing the media.',
  };
}

/** Images take a second, long reels minutes: look often at first, then at the interval that Meta's quota bears. */
export function pauseMs(waited: number, { containerPollIntervalMs }: Rules): number {
  return Math.min(Math.max(waited, FIRST_LOOK_MS), containerPollIntervalMs);
}

/** Until its time comes a scheduled post stays `scheduled` to its user, however far its containers are. */
export function shown(post: PublishingState, now: Date, working: 'posting' | 'processing'): PostStatus {
  return isAhead(post, now) ? 'scheduled' : working;
}

function isAhead({ status, dueAt }: PublishingState, now: Date): boolean {
  return status === 'scheduled' && now < dueAt;
}

function waitedMs({ upload, containerCreatedAt }: PublishingState, now: Date): number {
  return now.getTime() - (waitingSince(upload, containerCreatedAt) ?? now).getTime();
}

export function tooSlow(waited: number): Failure {
  return {
    kind: 'media_processing_error',
    advice: `Instagram did not finish processing the media within ${Math.round(waited / 1_000)} s.`,
  };
}

export function lost(code: 'ERROR' | 'EXPIRED'): Failure {
  return code === 'EXPIRED'
    ? { kind: 'container_expired', advice: 'Instagram threw the unpublished container away after 24 hours.' }
    : { kind: 'media_processing_error', advice: 'Instagram could not process the media and gave no reason.' };
}
