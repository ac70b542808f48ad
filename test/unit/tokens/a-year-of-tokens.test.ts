import { afterFailure, tokenStep, type TokenFailure, type TokenLife } from '../../../src/tokens/token-policy';
import { expiryWarning } from '../../../src/tokens/expiry-warning';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const LIFE = 60 * DAY;
const ACCOUNTS = 1_000;
const START = Date.parse('2026-01-01T00:00:00Z');
const rules = { refreshBeforeMs: 7 * DAY };
const PASSING: TokenFailure = { kind: 'service_unavailable', code: 2, retryAfterSeconds: null };
const REVOKED: TokenFailure = { kind: 'invalid_token', code: 190, retryAfterSeconds: null };

/** Numbers between 0 and 1 that a seed repeats (mulberry32). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Account extends TokenLife {
  attempts: number;
  nextAt: number;
  warned: number | null;
  /** When its person took the app away; nobody tells us. */
  revokedAt: number;
  actionAt: number | null;
  realEnd: number;
}

/** The year with this share of failing calls. The nights between `down` (days) nobody runs anything. */
function year(failing: number, down: [number, number] = [0, 0]) {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`A year of ${ACCOUNTS} tokens, ${failing * 100} % of the calls failing: SEED=${seed}`);
  const roll = dice(seed);
  const accounts = Array.from({ length: ACCOUNTS }, (): Account => {
    const connected = START + Math.floor(roll() * 60 * DAY);
    const connectedAt = new Date(connected);
    const realEnd = connected + LIFE;
    const revokedAt = roll() < 0.05 ? connected + roll() * 300 * DAY : Infinity;
    const known = { issuedAt: connectedAt, connectedAt, expiresAt: new Date(realEnd), checkedAt: connectedAt };
    return {
      login: 'instagram',
      ...known,
      attempts: 0,
      nextAt: connected,
      warned: null,
      revokedAt,
      actionAt: null,
      realEnd,
    };
  });
  const seen = { refreshes: 0, failures: 0, unseen: 0, expired: 0, warned: 0, revoked: 0, late: 0, early: 0 };

  const look = (account: Account, now: number) => {
    const at = new Date(now);
    const step = tokenStep(account, at, rules);
    if (step.what === 'wait') return void (account.nextAt = step.until.getTime());
    if (step.what === 'give_up') return void (account.actionAt = now);
    if (step.what === 'refresh' && account.issuedAt && now < account.issuedAt.getTime() + DAY) seen.early += 1;
    const isDead = now >= account.revokedAt || now >= account.realEnd;
    const failure = roll() < failing ? PASSING : isDead ? REVOKED : null;
    if (failure) {
      seen.failures += 1;
      const after = afterFailure(failure, account.attempts, account.realEnd - now);
      if (after.dead) account.actionAt = now;
      else Object.assign(account, { attempts: account.attempts + 1, nextAt: now + after.pauseMs });
      return;
    }
    Object.assign(account, { attempts: 0, checkedAt: at });
    if (step.what === 'check') return void (account.nextAt = now);
    seen.refreshes += 1;
    Object.assign(account, {
      issuedAt: at,
      expiresAt: new Date(now + LIFE),
      realEnd: now + LIFE,
      warned: null,
      nextAt: now,
    });
  };

  for (let now = START; now < START + 365 * DAY; now += HOUR) {
    const today = (now - START) / DAY;
    if (today >= down[0] && today < down[1]) continue;
    const isNight = (now / HOUR) % 24 === 3;
    for (const account of accounts) {
      if (account.connectedAt.getTime() > now || account.actionAt !== null) continue;
      if (account.nextAt <= now && (isNight || account.attempts > 0)) look(account, now);
      const warning =
        isNight &&
        expiryWarning({ expiresAt: account.expiresAt, dataAccessExpiresAt: null }, account.warned, new Date(now));
      if (warning) [account.warned, seen.warned] = [warning.threshold, seen.warned + 1];
      if (now >= account.realEnd && account.actionAt === null && account.warned === null) seen.unseen += 1;
      if (now >= account.realEnd && now < account.revokedAt) seen.expired += 1;
      if (now > account.revokedAt + 9 * DAY && account.actionAt === null) seen.late += 1;
    }
  }
  seen.revoked = accounts.filter(({ actionAt }) => actionAt !== null).length;
  return seen;
}

describe('a year', () => {
  it('loses none of 1,000 accounts when one call in twenty fails, and tells of each that was revoked within days', () => {
    const seen = year(0.05);
    expect(seen).toMatchObject({ unseen: 0, expired: 0, late: 0, early: 0, warned: 0 });
    expect(seen.refreshes).toBeGreaterThan(8_000);
    expect(seen.revoked).toBeGreaterThan(10);
  });

  it('loses none over 25 nights in which no worker runs', () => {
    expect(year(0.05, [100, 125])).toMatchObject({ unseen: 0, expired: 0, early: 0 });
  });

  it('says so before an account is lost when nearly every call fails', () => {
    const seen = year(0.999);
    expect(seen).toMatchObject({ unseen: 0, early: 0 });
    expect(seen.warned).toBeGreaterThan(0);
  });
});
