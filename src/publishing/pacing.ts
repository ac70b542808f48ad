import { SLOW_AT_USAGE, type Gate } from '../pace/gate-policy';
import type { WaitReason } from '../posts/post-state';
import {
  CONTAINERS_PER_DAY,
  containersClosedUntil,
  isRefused,
  isStale,
  left,
  publishingClosedUntil,
  wantsAsking,
  type QuotaLedger,
} from '../quota/quota';
import { callFor } from './next-step';
import { after, type Call, type Change, type PublishingState, type Rules } from './publishing-state';

/** Everything outside the row that may hold a post back, read with it. */
export interface Standing {
  /** A person has switched publishing off for the account, the user or the whole installation. */
  paused: boolean;
  /** The token of the account is of no use, and why. */
  actionRequired: string | null;
  gates: Gate[];
  /** Only read where something counts: before a container is made and before a post is published. */
  quota: QuotaLedger | null;
}

export type PacedPost = PublishingState & { id: number; standing: Standing };

/** Not now. */
export interface Hold {
  reason: WaitReason;
  until: Date;
  why: string;
  /** The other posts of the account that are due for the same step would wait, too. */
  isOfTheAccount?: boolean;
  /** The wait is over for the one that dares: its call shows whether the incident is. */
  isProbe?: boolean;
}

/** What nobody can say the end of is not waited for longer than this: a surprise post would be worse than none. */
const LONGEST_HOLD_MS = 24 * 3_600_000;
const PROBE_PAUSE_MS = 30_000;
/** Posts that wait for the same moment don't all leave in it. */
const SPREAD_MS = 20_000;

/** From SLOW_AT_USAGE on what can wait does, permalinks first; from here on containers are read more seldom still. */
const TIGHT_USAGE = 90;
const SLOW_PAUSE_MS = 300_000;

/** The call that a post's step asks for, or the question about the quota that comes before it. Null: none. */
export function callToMake(post: PacedPost, now: Date): Call | null {
  const call = callFor(post);
  const { quota, gates } = post.standing;
  // The probe of an incident has to do what posts do.
  if (!quota || gates.some(({ scope }) => scope === 'platform')) return call;
  if (makesContainer(call) && wantsAsking(quota, now)) return 'read_quota';
  const mustAsk = call === 'publish' && publishingClosedUntil(quota, now) !== null && isStale(quota, now);
  return mustAsk && !isRefused(quota, now) ? 'read_quota' : call;
}

/** What speaks against making this call now. Null: nothing. */
export function holdFor(post: PacedPost, call: Call, now: Date, rules: Rules): Hold | null {
  const hold =
    bySwitch(post, now) ??
    byGate(post, now) ??
    byUsage(post, call, now) ??
    byQuota(post, call, now) ??
    byBacklog(post, call, now, rules) ??
    // Last: who dares to call during an incident is held by all the others.
    byIncident(post, call, now);
  return hold && { ...hold, until: beforeItIsTooLate(post, hold.until) };
}

/** A post that is missed while it waits is told so at once. */
function beforeItIsTooLate({ dueAt, maxLatenessSeconds, intentAt }: PublishingState, until: Date): Date {
  if (maxLatenessSeconds === null || intentAt !== null) return until;
  const tooLate = after(dueAt, maxLatenessSeconds * 1_000 + 1);
  return tooLate < until ? tooLate : until;
}

/** Whether a post that is held has waited so long that it is not published any more. */
export function isHeldTooLong({ dueAt, intentAt }: PublishingState, { reason }: Hold, now: Date): boolean {
  return intentAt === null && endless.includes(reason) && now >= after(dueAt, LONGEST_HOLD_MS);
}

/** The more of the allowance is used, the more seldom containers are read. Publishing and its verification never wait. */
export function slowed(change: Change, { standing, step }: PacedPost, now: Date): Change {
  const { lookAgainAt } = change;
  const next = change.set.step ?? step;
  if (lookAgainAt === null || lookAgainAt <= now || (next !== 'await' && next !== 'create')) return change;
  const usage = highestUsage(standing);
  const factor = usage >= TIGHT_USAGE ? 4 : usage >= SLOW_AT_USAGE ? 2 : 1;
  return { ...change, lookAgainAt: after(now, (lookAgainAt.getTime() - now.getTime()) * factor) };
}

/** A call that cannot be repeated is not postponed once it was made: what became of it is read all the same. */
function isVerifying(post: PublishingState): boolean {
  return post.step === 'verify';
}

function makesContainer(call: Call | null): boolean {
  return call === 'create_container' || call === 'create_child';
}

/** What a live post looks like: it never changes an outcome. */
function isDecoration(call: Call): boolean {
  return call === 'find_media' || call === 'read_permalink';
}

const endless: readonly WaitReason[] = ['paused', 'account_action_required', 'platform_incident'];

function bySwitch(post: PacedPost, now: Date): Hold | null {
  if (isVerifying(post) || post.step === 'link') return null;
  const { paused, actionRequired } = post.standing;
  // Woken when the switch is turned or the account connected again (HeldRows.release).
  const until = now < post.dueAt ? post.dueAt : after(post.dueAt, LONGEST_HOLD_MS);
  if (paused) return { reason: 'paused', until: notBefore(until, now), why: 'Publishing is paused.' };
  if (actionRequired === null) return null;
  const why = `Instagram refuses the token of this account (${actionRequired}): it has to be connected again.`;
  return { reason: 'account_action_required', until: notBefore(until, now), why };
}

function byIncident(post: PacedPost, call: Call, now: Date): Hold | null {
  const gate = post.standing.gates.find(({ scope }) => scope === 'platform');
  if (!gate || isVerifying(post)) return null;
  const why = `Instagram fails for many accounts at once (${gate.why}); posts are held until it works again.`;
  const hold = { reason: 'platform_incident', why } as const;
  if (gate.closedUntil && gate.closedUntil > now)
    return { ...hold, until: after(gate.closedUntil, spread(post.id, SPREAD_MS)) };
  // Decoration is no probe: it may be answered while nothing can be written.
  return { ...hold, until: after(now, PROBE_PAUSE_MS + spread(post.id, SPREAD_MS)), isProbe: !isDecoration(call) };
}

function byGate(post: PacedPost, now: Date): Hold | null {
  const { id, standing } = post;
  const closed = standing.gates.filter(
    ({ scope, closedUntil, stated }) =>
      scope !== 'platform' &&
      closedUntil &&
      closedUntil > now &&
      // Whether a call took effect is found out in minutes (contract, At most once, 3), unless Meta gave a time.
      (stated || !isVerifying(post)),
  );
  const [last] = closed.sort((one, other) => Number(other.closedUntil) - Number(one.closedUntil));
  if (!last?.closedUntil) return null;
  const isOfTheAccount = last.scope === 'account';
  return {
    reason: 'throttled',
    // The lanes of an account keep its posts apart; those of an app are many accounts'.
    until: isOfTheAccount ? last.closedUntil : after(last.closedUntil, spread(id, SPREAD_MS)),
    why: `Instagram takes no calls ${isOfTheAccount ? 'for this account' : 'of this app'} for now (${last.why}).`,
    isOfTheAccount,
  };
}

function byUsage({ standing }: PacedPost, call: Call, now: Date): Hold | null {
  const usage = highestUsage(standing);
  if (!isDecoration(call) || usage < SLOW_AT_USAGE) return null;
  const why = `${usage} % of Instagram's allowance is used up; what can wait does.`;
  return { reason: 'throttled', until: after(now, SLOW_PAUSE_MS), why };
}

function byQuota({ standing: { quota } }: PacedPost, call: Call, now: Date): Hold | null {
  if (!quota) return null;
  const isOfTheAccount = true;
  const containers = makesContainer(call) ? containersClosedUntil(quota, now) : null;
  if (containers) {
    const why = `${quota.containers} containers were made in 24 hours; Instagram allows ${CONTAINERS_PER_DAY}.`;
    return { reason: 'container_quota', until: containers, why, isOfTheAccount };
  }
  const publishing = call === 'publish' ? publishingClosedUntil(quota, now) : null;
  if (!publishing) return null;
  const used = quota.total === null ? '' : ` (${quota.ours + quota.external} of ${quota.total} in 24 hours)`;
  return {
    reason: 'publishing_quota',
    until: publishing,
    why: `Instagram's publishing quota is used up${used}.`,
    isOfTheAccount,
  };
}

/** After an outage much is late at once. It goes out one by one, as a person would post it. */
function byBacklog(post: PacedPost, call: Call, now: Date, rules: Rules): Hold | null {
  const latest = post.standing.quota?.latest ?? null;
  if (call !== 'publish' || latest === null || post.publishCalls > 0) return null;
  if (now.getTime() - post.dueAt.getTime() < rules.backlogAfterMs) return null;
  const until = after(latest, rules.backlogGapMs + spread(post.id, rules.backlogGapMs / 2));
  if (until <= now) return null;
  return { reason: 'backlog', until, why: 'Late posts of an account go out one by one.' };
}

/** The post may be published once our own count is right: another one of the account may be about to use the quota up. */
export function mustCountExactly({ standing: { quota }, dueAt }: PacedPost, now: Date, rules: Rules): boolean {
  if (!quota) return false;
  return left(quota) <= SAFE_MARGIN || now.getTime() - dueAt.getTime() >= rules.backlogAfterMs;
}

/** More posts of one account than this are never on their way at once. */
const SAFE_MARGIN = 20;

function highestUsage({ gates }: Standing): number {
  return Math.max(0, ...gates.map(({ usage }) => usage));
}

/** The same for the same post, and different for its neighbours. */
function spread(id: number, widthMs: number): number {
  return (id * 7_919) % Math.max(1, Math.round(widthMs));
}

function notBefore(instant: Date, now: Date): Date {
  return instant > now ? instant : after(now, 60_000);
}
