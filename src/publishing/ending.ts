import { after, type Change, type PublishingState } from './publishing-state';
import type { Failure } from './retry-policy';

const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 3_600_000;
const GIVE_UP_AFTER_MS = 24 * 3_600_000;

/** On Instagram, and proved. The media id may still be unknown; the permalink always is. */
export function live(post: PublishingState, now: Date, mediaId: string | null, why: string): Change {
  return {
    set: {
      status: 'completed',
      outcome: 'live',
      step: 'link',
      instagramPostId: mediaId,
      postedAt: mediaId === null ? (post.intentAt ?? now) : now,
      refusal: null,
      error: null,
    },
    lookAgainAt: now,
    why,
  };
}

/** Proved not to be on Instagram. */
export function fail(failure: Failure, why: string): Change {
  return {
    set: { status: 'failed', outcome: 'not_live', step: 'done', error: failure },
    lookAgainAt: null,
    why: `${why} It is proved that nothing went live.`,
  };
}

/** Nobody can tell: a person must look. */
export function needsReview(failure: Failure, doubts: number, why: string): Change {
  return {
    set: { status: 'needs_review', outcome: 'unknown', step: 'done', doubts, error: failure },
    lookAgainAt: null,
    why: `${why} A person must look at Instagram, then call POST /posts/{id}/resolve.`,
  };
}

/** Whether the time in which a post makes sense is over. Never once a publish call may have been sent. */
export function isTooLate({ dueAt, maxLatenessSeconds, intentAt }: PublishingState, now: Date): boolean {
  return intentAt === null && maxLatenessSeconds !== null && now > after(dueAt, maxLatenessSeconds * 1_000);
}

/** Not published any more: a surprise post would be worse than none. */
export function missed({ dueAt, maxLatenessSeconds }: PublishingState, now: Date, held?: string): Change {
  const late = Math.round((now.getTime() - dueAt.getTime()) / 1_000);
  const failure: Failure = {
    kind: 'timeout_error',
    advice: `The post was still not published ${late} s after its time${held ? `: ${held}` : `; max_lateness_seconds is ${maxLatenessSeconds}.`} Retry it to publish it now.`,
  };
  const why = held
    ? `Held for ${late} s, which is a day.`
    : `${late} s late, which is more than max_lateness_seconds allows.`;
  return { set: { status: 'missed', outcome: 'not_live', step: 'done', error: failure }, lookAgainAt: null, why };
}

/** Workers died over this post again and again: stop, and say what is known. */
export function poisoned({ outcome, doubts, status }: PublishingState, takeovers: number): Change {
  const failure: Failure = {
    kind: 'unknown',
    advice: `${takeovers} workers stopped in the middle of this post. Look at their logs before you retry it.`,
  };
  const why = `Given up after ${takeovers} workers stopped without progress.`;
  if (status === 'completed') return { set: { step: 'done' }, lookAgainAt: null, why };
  return outcome === 'unknown' ? needsReview(failure, doubts, why) : fail(failure, why);
}

/** The media id and the permalink of a live post are decoration: looked for ever more seldom, for a day. */
export function linkLater({ postedAt }: PublishingState, now: Date, why: string): Change {
  const elapsed = now.getTime() - (postedAt ?? now).getTime();
  if (elapsed > GIVE_UP_AFTER_MS)
    return { set: { step: 'done' }, lookAgainAt: null, why: `${why} No longer looked for.` };
  const pause = Math.min(Math.max(elapsed, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
  return { set: {}, lookAgainAt: after(now, pause), why };
}
