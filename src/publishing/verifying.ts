import { fail, live, needsReview } from './ending';
import { containerDied, containerIsTooOld, firstLookMs, retryOrFail } from './preparing';
import { after, type Change, type ContainerCode, type PublishingState, type Rules } from './publishing-state';
import { throttleMs } from '../pace/gate-policy';
import { isThrottle, type Failure, waitReasonOf } from './retry-policy';

/** A second publish call that stays without an answer or an effect is one for a person. */
const MAX_DOUBTS = 2;

/** Before `media_publish` may be sent: what the row must say first, so that a crash can never hide the call. */
export function intentToPublish(post: PublishingState, now: Date, rules: Rules): Change {
  const publishCalls = post.publishCalls + 1;
  return {
    set: { status: 'processing', outcome: 'unknown', step: 'verify', intentAt: now, publishCalls, refusal: null },
    lookAgainAt: nextVerification(now, now, rules) ?? now,
    why: `Publish call ${publishCalls} on container ${post.containerId} is about to be sent.`,
  };
}

/** Any answer but a clean success, or none: the container will tell. Never sent again on this ground. */
export function publishUnclear(post: PublishingState, failure: Failure, now: Date, rules: Rules): Change {
  return {
    set: { refusal: failure },
    lookAgainAt: nextVerification(post.intentAt ?? now, now, rules) ?? now,
    why: `The publish call was not answered by a clean success (${failure.kind}); the container is read before anything else.`,
  };
}

/** The intent stands, but the call never left: take it back, and try again by the retry policy. */
export function publishNotSent(post: PublishingState, failure: Failure, now: Date): Change {
  const { set, ...rest } = retryOrFail({ ...post, outcome: 'not_live' }, failure, now);
  return { ...rest, set: { ...takenBack(post), ...set } };
}

/** Nothing was sent, for our own reasons: the call is made anew, under an intent of its own. */
export function takeBack(post: PublishingState, now: Date): Change {
  const why = 'The publish call would have left too late after its intent; it was not sent.';
  return { set: takenBack(post), lookAgainAt: now, why };
}

/** An earlier call on this container, if there was one, stays on record. */
function takenBack({ publishCalls, intentAt }: PublishingState) {
  const calls = publishCalls - 1;
  return { step: 'publish', outcome: 'not_live', publishCalls: calls, intentAt: calls > 0 ? intentAt : null } as const;
}

/** What a container's status means after a publish call without a clean answer (contract, At most once, point 3). */
export function verified(
  post: PublishingState,
  code: ContainerCode,
  failure: Failure | null,
  now: Date,
  rules: Rules,
): Change {
  switch (code) {
    case 'PUBLISHED':
      return live(
        post,
        now,
        null,
        'The container says PUBLISHED: the post is live although the call was not confirmed.',
      );
    case 'ERROR':
    case 'EXPIRED':
      return containerDied(post, code, failure, now);
    case 'IN_PROGRESS':
      return inProgressAfterCall(post, now, rules);
    case 'FINISHED':
      return unpublishedSoFar(post, now, rules);
  }
}

/** Outcome unknown and nothing to learn now: keep reading for as long as the container lives, and never rebuild. */
export function unreadable(post: PublishingState, failure: Failure, now: Date, rules: Rules): Change {
  if (containerIsTooOld(post, now))
    return needsReview(failure, post.doubts, 'The container could not be read for as long as it lived.');
  const slowest = rules.verifyDelaysMs.at(-1) ?? 0;
  return {
    set: {},
    lookAgainAt: nextVerification(post.intentAt ?? now, now, rules) ?? after(now, slowest),
    why: `The container could not be read (${failure.kind}); it will be read again.`,
  };
}

/** A container too old to be published, and a publish call was sent on it: only its own word lets a new one be made. */
export function askOldContainer(now: Date): Change {
  return {
    set: { step: 'verify', outcome: 'unknown' },
    lookAgainAt: now,
    why: 'The container is older than a day, and a publish call was sent on it: it is read before anything else.',
  };
}

/** Meta says so of a container that is being published, too: proof only once an effect would have arrived. */
function inProgressAfterCall(post: PublishingState, now: Date, rules: Rules): Change {
  const again = nextVerification(post.intentAt ?? now, now, rules);
  if (again)
    return { set: {}, lookAgainAt: again, why: 'Instagram is at work on the container: an effect may still arrive.' };
  return {
    set: { step: 'await', outcome: 'not_live', refusal: null },
    lookAgainAt: after(now, firstLookMs(rules)),
    why: 'The container is still being processed, so it was not published; the same container is waited for.',
  };
}

function unpublishedSoFar(post: PublishingState, now: Date, rules: Rules): Change {
  const again = nextVerification(post.intentAt ?? now, now, rules);
  if (again) return { set: {}, lookAgainAt: again, why: 'Not published so far, but an effect may still arrive.' };

  const { refusal } = post;
  if (refusal && mayPassLater(refusal)) {
    const waitMs = isThrottle(refusal.kind) ? throttleMs(refusal) : rules.containerPollIntervalMs;
    const why = `Instagram refused for now (${refusal.kind}); the same container is published later.`;
    return { ...publishAgain(after(now, waitMs), post.doubts, why), waitReason: waitReasonOf(refusal) };
  }
  if (refusal && isDefinite(refusal)) return fail(refusal, 'Instagram refused the publish call.');
  const doubts = post.doubts + 1;
  if (doubts >= MAX_DOUBTS)
    return needsReview(refusal ?? silence, doubts, 'A second publish call stayed without an answer or an effect.');
  return publishAgain(now, doubts, 'Settled: the call had no effect. The same container is published once more.');
}

function publishAgain(at: Date, doubts: number, why: string): Change {
  return { set: { step: 'publish', outcome: 'not_live', doubts, refusal: null }, lookAgainAt: at, why };
}

/** The next of the verification delays, counted from the call; null once all have passed. */
function nextVerification(intentAt: Date, now: Date, { verifyDelaysMs }: Rules): Date | null {
  const passed = now.getTime() - intentAt.getTime();
  const delay = verifyDelaysMs.find((ms) => ms > passed);
  return delay === undefined ? null : after(intentAt, delay);
}

function mayPassLater({ kind }: Failure): boolean {
  return isThrottle(kind) || kind === 'container_not_ready';
}

/** Meta itself answered, with a reason that a repeat won't change. */
function isDefinite({ kind }: Failure): boolean {
  const says: string[] = [
    'network_error',
    'timeout_error',
    'instagram_error',
    'service_unavailable',
    'unknown',
    'object_missing',
  ];
  return !says.includes(kind);
}

const silence: Failure = {
  kind: 'timeout_error',
  advice: 'Instagram never said whether the post went live.',
};
