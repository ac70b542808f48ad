import type { GraphErrorKind, Login } from '../graph';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Meta refuses to refresh a younger token (Business Login; reference §1b). */
export const YOUNGEST_MS = DAY_MS;
/** Half of the 60 days that a token of Instagram Login lives: a missed night, or thirty, costs nothing. */
const REFRESH_AGE_MS = 30 * DAY_MS;
/** How long after its end a token is still tried: our record of the end may be older than Meta's. */
const BEYOND_THE_END_MS = DAY_MS;
/** Shorter than the day and the week between two runs, so that a run that starts a second early skips nobody. */
const CHECK_EVERY_MS: Record<Login, number> = { facebook: 20 * HOUR_MS, instagram: 6.5 * DAY_MS };
const LONGEST_PAUSE_MS = DAY_MS;

/** What is known of a token. */
export interface TokenLife {
  login: Login;
  /** Null: nobody told, and it is as old as its connection at least. */
  issuedAt: Date | null;
  connectedAt: Date;
  /** Null: no end, or none that we know of. */
  expiresAt: Date | null;
  /** When Meta last took it. */
  checkedAt: Date | null;
}

export interface TokenRules {
  /** A token is refreshed no later than this before its end. */
  refreshBeforeMs: number;
}

/** What to do with a token now. `give_up`: it ended, and no refresh came through in time. */
export type TokenStep = { what: 'refresh' } | { what: 'check' } | { what: 'give_up' } | { what: 'wait'; until: Date };

/**
 * Tokens of Instagram Login are refreshed from half of their life on. Those of Facebook Login can't be: nothing prolongs
 * them (reference §11), so they are checked. Both are checked now and then, for nobody tells us that one was withdrawn.
 */
export function tokenStep(token: TokenLife, now: Date, rules: TokenRules): TokenStep {
  const checkAt = checkFrom(token);
  if (token.login === 'facebook') return now < checkAt ? { what: 'wait', until: checkAt } : { what: 'check' };
  if (token.expiresAt && now.getTime() >= token.expiresAt.getTime() + BEYOND_THE_END_MS) return { what: 'give_up' };
  const refreshAt = refreshFrom(token, rules);
  if (now >= refreshAt) return { what: 'refresh' };
  if (now >= checkAt) return { what: 'check' };
  return { what: 'wait', until: refreshAt < checkAt ? refreshAt : checkAt };
}

/** Whether the token may be younger than Meta refreshes. */
export function isFresh({ issuedAt, connectedAt }: TokenLife, now: Date): boolean {
  return now < after(issuedAt ?? connectedAt, YOUNGEST_MS);
}

function refreshFrom({ issuedAt, connectedAt, expiresAt }: TokenLife, { refreshBeforeMs }: TokenRules): Date {
  const grownUp = after(issuedAt ?? connectedAt, YOUNGEST_MS);
  const wanted = [
    ...(issuedAt ? [after(issuedAt, REFRESH_AGE_MS)] : []),
    ...(expiresAt ? [after(expiresAt, -Math.max(refreshBeforeMs, issuedAt ? 0 : REFRESH_AGE_MS))] : []),
  ].sort((a, b) => a.getTime() - b.getTime())[0];
  // Neither its age nor its end is known: it may be on its last day.
  return wanted && wanted > grownUp ? wanted : grownUp;
}

function checkFrom({ login, connectedAt, checkedAt }: TokenLife): Date {
  return checkedAt ? after(checkedAt, CHECK_EVERY_MS[login]) : connectedAt;
}

/** Of a failed call, what tells how it goes on. */
export interface TokenFailure {
  kind: GraphErrorKind;
  /** Meta's `error.code`; null when the answer was not Meta's own, such as a proxy's 401. */
  code: number | null;
  retryAfterSeconds: number | null;
}

/** `dead`: nothing helps until a person acts. Else the token stays as it is, and is tried again after the pause. */
export type AfterFailure = { dead: true } | { dead: false; pauseMs: number };

/**
 * Told apart by Meta's codes, never by texts, and only by those of Meta's own envelope: what a proxy, a timeout or a bad
 * day of Meta's says must never disconnect anybody. Meta: error handling; reference §4.3.
 * @param attempts how many failed in a row before this one
 */
export function afterFailure(failure: TokenFailure, attempts: number, msLeft: number | null): AfterFailure {
  if (isDeath(failure)) return { dead: true };
  if (failure.kind === 'rate_limit_exceeded')
    return { dead: false, pauseMs: Math.min(LONGEST_PAUSE_MS, (failure.retryAfterSeconds ?? 3_600) * 1_000) };
  const pauseMs = Math.min(LONGEST_PAUSE_MS, HOUR_MS * 2 ** Math.min(attempts, 10));
  // The nearer the end, the shorter the pause.
  return { dead: false, pauseMs: msLeft === null ? pauseMs : Math.min(pauseMs, Math.max(HOUR_MS, msLeft / 4)) };
}

function isDeath({ kind, code }: TokenFailure): boolean {
  switch (kind) {
    case 'invalid_token':
    case 'token_expired':
    case 'account_action_required':
      return code !== null;
    case 'permission_denied':
      // 3 is about what the Meta app may do: no account can mend it by connecting again.
      return code !== null && code !== 3;
    default:
      return false;
  }
}

/** A token is never given up for one that ends sooner. Null: Meta did not say, which is no reason against a fresh one. */
export function isNoWorse(old: Pick<TokenLife, 'expiresAt'>, granted: { expiresAt: Date | null }): boolean {
  return !old.expiresAt || !granted.expiresAt || granted.expiresAt >= old.expiresAt;
}

function after(date: Date, ms: number): Date {
  return new Date(date.getTime() + ms);
}
