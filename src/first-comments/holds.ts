import { SLOW_AT_USAGE } from '../pace/gate-policy';
import { after, type Change, type CommentState } from './comment-state';

/** What waits for a person or an incident looks again so often; it is never urgent. */
const ASK_AGAIN_MS = 30_000;
const SLOW_PAUSE_MS = 300_000;

/**
 * What speaks against a call now. Null: nothing. What became of a call that may have been sent is read in spite of a
 * pause, an incident or a refused token, as with posts (docs/states.md, "Waits"); the rest yields to publishing.
 */
export function holdFor({ standing, intentAt }: CommentState, now: Date): Change | null {
  const { paused, actionRequired, gates } = standing;
  const isOpen = intentAt !== null;
  if (!isOpen && paused) return hold('paused', after(now, ASK_AGAIN_MS), 'Publishing is paused.');
  if (!isOpen && actionRequired !== null) {
    const why = `Instagram refuses the token of this account (${actionRequired}): it has to be connected again.`;
    return hold('account_action_required', after(now, ASK_AGAIN_MS), why);
  }
  const closed = gates.filter(
    ({ scope, closedUntil, stated }) =>
      scope !== 'platform' && closedUntil !== null && closedUntil > now && (stated || !isOpen),
  );
  const [last] = closed.sort((one, other) => Number(other.closedUntil) - Number(one.closedUntil));
  if (last?.closedUntil) {
    const whom = last.scope === 'account' ? 'for this account' : 'of this app';
    return hold('throttled', last.closedUntil, `Instagram takes no calls ${whom} for now (${last.why}).`);
  }
  if (isOpen) return null;
  const incident = gates.find(({ scope }) => scope === 'platform');
  if (incident) {
    const until = incident.closedUntil && incident.closedUntil > now ? incident.closedUntil : now;
    const why = `Instagram fails for many accounts at once (${incident.why}).`;
    return hold('platform_incident', after(until, ASK_AGAIN_MS), why);
  }
  const usage = Math.max(0, ...gates.map((gate) => gate.usage));
  if (usage < SLOW_AT_USAGE) return null;
  return hold(
    'throttled',
    after(now, SLOW_PAUSE_MS),
    `${usage} % of Instagram's allowance is used up; posts go first.`,
  );
}

function hold(waitReason: Change['waitReason'], lookAgainAt: Date, why: string): Change {
  return { set: {}, lookAgainAt, why: `The first comment waits. ${why}`, waitReason };
}
