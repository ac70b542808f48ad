import type { GraphErrorKind } from '../graph';
import { throttleMs } from '../pace/gate-policy';
import {
  after,
  type Change,
  type CommentState,
  type Heard,
  type Move,
  type Refusal,
  type Rules,
} from './comment-state';
import { holdFor } from './holds';

const DAY_MS = 24 * 3_600_000;
const HOUR_MS = 3_600_000;
/** After so many refusals for now, each of them proved to have had no effect, the comment is given up. */
const MOST_CALLS = 3;
/** Connections that did not come about, in a row. */
const MOST_MISSES = 5;
const FIRST_MISS_MS = 5_000;
const MOST_TAKEOVERS = 5;
const REREAD_MS = 60_000;

/** What comes first. Pure: no clock, no database, no network. */
export function nextMove(comment: CommentState, now: Date): Move {
  const { mediaId, intentAt, calls, takeovers, begunAt, seenAbsent } = comment;
  if (takeovers >= MOST_TAKEOVERS) return note(giveUp(comment, died));
  if (mediaId === null) return note(giveUp(comment, noMedium));
  if (intentAt === null && now > after(begunAt, DAY_MS)) return note(failed(comment.refusal ?? tooLate));
  const hold = holdFor(comment, now);
  if (hold) return note(hold);
  // Once a call was sent the comments are read before another is.
  const mayWrite = intentAt === null && (calls === 0 || seenAbsent);
  return { do: 'call', call: mayWrite ? 'write' : 'look' };
}

/** What the row must say before the call is sent, so that a crash can never hide it. */
export function intentToWrite({ calls }: CommentState, now: Date, rules: Rules): Change {
  return {
    set: { intentAt: now, calls: calls + 1, refusal: null },
    lookAgainAt: nextLook(now, now, rules) ?? now,
    why: 'The first comment is about to be written.',
  };
}

/** What becomes of the comment after what Instagram said, and when to go on. */
export function afterHearing(comment: CommentState, heard: Heard, now: Date, rules: Rules): Change {
  switch (heard.what) {
    case 'written':
      return posted(heard.commentId, 'Instagram confirmed the first comment.');
    case 'unclear':
      return {
        set: { refusal: heard.refusal },
        lookAgainAt: nextLook(comment.intentAt ?? now, now, rules) ?? now,
        why: `The first comment was not answered by a clean success (${heard.refusal.kind}); the comments are read before anything else.`,
      };
    case 'not_sent':
      return notSent(comment, heard.refusal, now);
    case 'looked':
      if (heard.sighting.is === 'ours')
        return posted(heard.sighting.commentId, 'The first comment stands under the post.');
      return notFound(comment, heard.sighting.is === 'absent', now, rules);
    case 'unread':
      return unread(comment, heard.refusal, now, rules);
  }
}

function notFound(comment: CommentState, isAbsent: boolean, now: Date, rules: Rules): Change {
  const { intentAt, refusal, calls } = comment;
  if (intentAt === null) {
    if (!isAbsent) return unknown(refusal ?? silence);
    return {
      set: { seenAbsent: true },
      lookAgainAt: now,
      why: 'The first comment is still not there: it may be written.',
    };
  }
  const again = nextLook(intentAt, now, rules);
  if (again) return { set: {}, lookAgainAt: again, why: 'The first comment is not there so far; it may still show.' };
  if (!isAbsent || refusal === null || !isClearRefusal(refusal)) return unknown(refusal ?? silence);
  if (!isThrottle(refusal) || calls >= MOST_CALLS) return failed(refusal);
  return {
    set: { intentAt: null },
    lookAgainAt: after(now, throttleMs(refusal)),
    why: `Instagram had refused for now (${refusal.kind}), and the first comment is not there: it is written later.`,
    waitReason: 'throttled',
  };
}

/** The intent stands, but the call never left: it is taken back. */
function notSent({ calls, misses }: CommentState, refusal: Refusal | null, now: Date): Change {
  const set = { intentAt: null, calls: calls - 1, misses: misses + 1 };
  if (refusal && (!isOfTheWay(refusal) || set.misses >= MOST_MISSES)) {
    const end = failed(refusal);
    return { ...end, set: { ...set, ...end.set } };
  }
  return {
    set,
    lookAgainAt: after(now, refusal || misses > 0 ? Math.min(FIRST_MISS_MS * 2 ** misses, HOUR_MS) : 0),
    why: `The first comment was not sent (${refusal?.kind ?? 'too late after its intent'}); it is tried again.`,
  };
}

/** Nothing to learn now: read on, ever more seldom, for a day. */
function unread({ intentAt }: CommentState, refusal: Refusal, now: Date, rules: Rules): Change {
  const why = `The comments could not be read (${refusal.kind}); they will be read again.`;
  if (intentAt === null) return { set: {}, lookAgainAt: after(now, REREAD_MS), why };
  const again = nextLook(intentAt, now, rules);
  if (again) return { set: {}, lookAgainAt: again, why };
  const elapsed = now.getTime() - intentAt.getTime();
  if (elapsed > DAY_MS) return unknown(refusal);
  return { set: {}, lookAgainAt: after(now, Math.min(Math.max(elapsed, FIRST_MISS_MS), HOUR_MS)), why };
}

/** The next of the delays, counted from the call; null once all have passed. */
function nextLook(intentAt: Date, now: Date, { verifyDelaysMs }: Rules): Date | null {
  const passed = now.getTime() - intentAt.getTime();
  const delay = verifyDelaysMs.find((ms) => ms > passed);
  return delay === undefined ? null : after(intentAt, delay);
}

function posted(commentId: string, why: string): Change {
  return { set: { status: 'posted', commentId }, lookAgainAt: null, why };
}

/** Proved that it does not stand there. */
function failed(refusal: Refusal): Change {
  const why = `The first comment was not written (${refusal.kind}); the post is live all the same.`;
  return { set: { status: 'failed', error: refusal }, lookAgainAt: null, why };
}

/** Nobody can tell, and a second one would be worse than none. */
function unknown(refusal: Refusal): Change {
  const why = 'Nobody can tell whether the first comment stands under the post; it is never written again.';
  const advice = `${refusal.advice} Nobody can tell whether the first comment was written: look on Instagram.`;
  return { set: { status: 'unknown', error: { ...refusal, advice } }, lookAgainAt: null, why };
}

function giveUp({ intentAt, calls }: CommentState, refusal: Refusal): Change {
  return intentAt === null && calls === 0 ? failed(refusal) : unknown(refusal);
}

function note(change: Change): Move {
  return { do: 'note', change };
}

function isThrottle({ kind }: Refusal): boolean {
  return kind === 'rate_limit_exceeded' || kind === 'quota_exceeded';
}

const OF_THE_WAY: readonly GraphErrorKind[] = [
  'network_error',
  'timeout_error',
  'instagram_error',
  'service_unavailable',
  'unknown',
];

function isOfTheWay({ kind }: Refusal): boolean {
  return OF_THE_WAY.includes(kind);
}

/** Meta itself gave a reason; silence, a 5xx and an error that it doesn't explain are none. */
function isClearRefusal(refusal: Refusal): boolean {
  return !isOfTheWay(refusal) && refusal.kind !== 'object_missing';
}

const silence: Refusal = {
  kind: 'timeout_error',
  advice: 'The worker stopped right before or after the first comment was sent.',
};
const noMedium: Refusal = {
  kind: 'object_missing',
  advice: 'Instagram never said as which medium the post went live, so there was nothing to comment on.',
};
const tooLate: Refusal = {
  kind: 'timeout_error',
  advice: 'The first comment could not be written within a day of the post. Write it on Instagram.',
};
const died: Refusal = {
  kind: 'unknown',
  advice: `${MOST_TAKEOVERS} workers stopped in the middle of this comment. Look at their logs.`,
};
