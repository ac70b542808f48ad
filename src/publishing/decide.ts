import { isTooLate, missed, poisoned } from './ending';
import { callToMake, holdFor, type Hold, type PacedPost } from './pacing';
import { containerIsTooOld, rebuild } from './preparing';
import type { Call, Change, Rules } from './publishing-state';
import { askOldContainer } from './verifying';

/** So many workers in a row may die with nothing but this post in hand before it is given up… */
const MOST_BLAMED = 3;
/** …or so many with whatever in hand: then it is not worth another. */
const MOST_TAKEOVERS = 10;

/** What a worker does next with a post that it holds: write something down, wait, or make one call. */
export type Decision =
  { do: 'write'; change: Change } | { do: 'hold'; call: Call; hold: Hold } | { do: 'call'; call: Call };

/** Which of all that could be done comes first. Pure. */
export function decide(post: PacedPost & { takeovers: number; blamed: number }, now: Date, rules: Rules): Decision {
  if (post.blamed >= MOST_BLAMED || post.takeovers >= MOST_TAKEOVERS) return write(poisoned(post, post.takeovers));
  if (post.status !== 'completed' && isTooLate(post, now)) return write(missed(post, now));
  const call = callToMake(post, now);
  if (call === null) return write({ set: {}, lookAgainAt: null, why: 'Nothing is left to do.' });
  if (call === 'publish' && containerIsTooOld(post, now))
    return write(
      post.publishCalls === 0
        ? rebuild(post, now, 'The container is older than a day: a new one is made.')
        : askOldContainer(now),
    );
  const hold = holdFor(post, call, now, rules);
  return hold ? { do: 'hold', call, hold } : { do: 'call', call };
}

function write(change: Change): Decision {
  return { do: 'write', change };
}
