import type { GraphCallObservation, GraphErrorKind, GraphUsage, Login } from '../graph';

/** Whose calls are held back: all of a Meta app (one app per login), or those about one Instagram account. */
export interface GateKey {
  scope: 'app' | 'account';
  /** The login for an app, Instagram's id for an account. */
  subject: string;
}

/** A gate as it stands, for a post that it concerns. */
export interface Gate {
  scope: 'app' | 'account' | 'platform';
  /** Nothing is sent before it. In the past: open, but for the platform's, which a probe must open. */
  closedUntil: Date | null;
  /** Whether Meta itself gave that time; else it is ours. */
  stated: boolean;
  why: string | null;
  /** Per cent; 0 when nothing was said lately. */
  usage: number;
}

/** What an answer means for the calls to come. */
export interface GateNews extends GateKey {
  /** No call before this has passed. Null: calls may go on. */
  closeForMs: number | null;
  /** Whether Meta itself gave that time; else it is ours. */
  stated: boolean;
  /** Per cent of the allowance that is used up; null: not said. */
  usage: number | null;
  why: string;
}

/** Of a failed call, what tells how long to be silent. */
export interface PaceFailure {
  kind: GraphErrorKind;
  scope?: 'call' | 'account' | 'app';
  retryAfterSeconds?: number;
}

/** From here on we go slower, long before Meta makes us. */
export const SLOW_AT_USAGE = 75;
/** From here on Meta refuses, and each call makes the wait longer. */
const FULL_USAGE = 100;
/** Where Meta gives no time of its own (contract, retry policy). */
const DEFAULT_SILENCE_MS = 3_600_000;

/** Who made the calls. */
export interface Caller {
  accountId: string;
  login: Login;
}

/**
 * What the answers to some calls say about the pace. Meta: rate limiting; reference §5: 100 in any counter, or a regain
 * time, means throttled; a refusal names its own scope.
 */
export function gateNews(
  caller: Caller,
  calls: readonly GraphCallObservation[],
  failure: PaceFailure | null,
): GateNews[] {
  const account = { scope: 'account', subject: caller.accountId } as const;
  const app = { scope: 'app', subject: caller.login } as const;
  const news: GateNews[] = [];
  const last = calls.findLast(({ usage }) => usage.appUsage !== null || usage.businessUsage.length > 0)?.usage;
  if (last) news.push(...byHeaders(account, app, last));
  const silence = failure && silenceMs(failure);
  if (failure && silence) {
    const key = failure.scope === 'app' ? app : account;
    const stated = failure.retryAfterSeconds !== undefined;
    news.push({ ...key, closeForMs: silence, stated, usage: null, why: failure.kind });
  }
  return news;
}

function byHeaders(account: GateKey, app: GateKey, usage: GraphUsage): GateNews[] {
  const news: GateNews[] = [];
  if (usage.appUsage) {
    const percent = highest(usage.appUsage);
    const closeForMs = percent >= FULL_USAGE ? DEFAULT_SILENCE_MS : null;
    news.push({ ...app, closeForMs, stated: false, usage: percent, why: `the app's usage is at ${percent} %` });
  }
  if (usage.businessUsage.length > 0) {
    const percent = Math.max(...usage.businessUsage.map(highest));
    const minutes = Math.max(...usage.businessUsage.map(({ regainMinutes }) => regainMinutes));
    const full = percent >= FULL_USAGE ? DEFAULT_SILENCE_MS : null;
    const closeForMs = minutes > 0 ? minutes * 60_000 : full;
    news.push({
      ...account,
      closeForMs,
      stated: minutes > 0,
      usage: percent,
      why: `the account's usage is at ${percent} %`,
    });
  }
  return news;
}

/**
 * The publishing quota has a ledger of its own and stops nothing but publishing. A block (4/2207051, 368) is no rate
 * limit: it is about what was posted, and is answered to posts that went live, too.
 */
function silenceMs({ kind, retryAfterSeconds }: PaceFailure): number | null {
  return kind === 'rate_limit_exceeded' ? throttleMs({ retryAfterSeconds }) : null;
}

/** Instagram's own word where it gives one, else an hour. */
export function throttleMs({ retryAfterSeconds }: Pick<PaceFailure, 'retryAfterSeconds'>): number {
  return retryAfterSeconds === undefined ? DEFAULT_SILENCE_MS : retryAfterSeconds * 1_000;
}

function highest(usage: { callCount: number; totalTime: number; totalCpuTime: number }): number {
  return Math.max(usage.callCount, usage.totalTime, usage.totalCpuTime);
}
