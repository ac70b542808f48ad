import {
  afterFailure,
  isFresh,
  isNoWorse,
  tokenStep,
  type TokenFailure,
  type TokenLife,
} from '../../../src/tokens/token-policy';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = new Date('2026-01-01T12:00:00Z');
const day = (days: number) => new Date(START.getTime() + days * DAY);
const rules = { refreshBeforeMs: 7 * DAY };

/** A token of Instagram Login, given on day 0 for 60 days and just checked. */
function token(changes: Partial<TokenLife> = {}): TokenLife {
  return { login: 'instagram', issuedAt: START, connectedAt: START, expiresAt: day(60), checkedAt: START, ...changes };
}
const stepOn = (days: number, life: TokenLife, before = rules) =>
  tokenStep({ ...life, checkedAt: life.checkedAt && day(days) }, day(days), before).what;

describe('when a token of Instagram Login is refreshed', () => {
  it.each([
    [0.5, 'wait'],
    [29.9, 'wait'],
    [30, 'refresh'],
    [59, 'refresh'],
    [60.5, 'refresh'],
    [61, 'give_up'],
  ])('on day %d of its 60: %s', (days, what) => expect(stepOn(days, token())).toBe(what));

  it('sooner than in the middle of its life where the setting asks for it', () => {
    expect(stepOn(19.9, token(), { refreshBeforeMs: 40 * DAY })).toBe('wait');
    expect(stepOn(20, token(), { refreshBeforeMs: 40 * DAY })).toBe('refresh');
  });

  it('never later than the setting says, however short its life', () => {
    const short = token({ expiresAt: day(10) });
    expect(stepOn(2.9, short)).toBe('wait');
    expect(stepOn(3, short)).toBe('refresh');
  });

  it('never in its first 24 hours, whatever else speaks for it', () => {
    const hour = token({ expiresAt: new Date(START.getTime() + HOUR) });
    for (const life of [hour, token({ issuedAt: null, expiresAt: null }), token({ expiresAt: day(2) })])
      expect(stepOn(0.99, life)).not.toBe('refresh');
    expect(isFresh(token(), day(0.99))).toBe(true);
    expect(isFresh(token({ issuedAt: null }), day(1))).toBe(false);
  });

  it('as soon as it is surely a day old when nobody knows its age or its end', () => {
    expect(stepOn(1, token({ issuedAt: null, expiresAt: null }))).toBe('refresh');
  });

  it('when 30 days are left where only its end is known', () => {
    const life = token({ issuedAt: null, expiresAt: day(45) });
    expect(stepOn(14.9, life)).toBe('wait');
    expect(stepOn(15, life)).toBe('refresh');
  });

  it('between refreshes it is checked each week, the first time at once', () => {
    expect(tokenStep(token({ checkedAt: null }), START, rules)).toEqual({ what: 'check' });
    expect(tokenStep(token(), day(6), rules)).toEqual({ what: 'wait', until: day(6.5) });
    expect(tokenStep(token(), day(7), rules)).toEqual({ what: 'check' });
    expect(tokenStep(token({ checkedAt: day(29) }), day(29.5), rules)).toEqual({ what: 'wait', until: day(30) });
  });
});

test('a token of Facebook Login is never refreshed nor given up by the calendar, but checked each night', () => {
  const page = token({ login: 'facebook', expiresAt: null });
  const user = token({ login: 'facebook', expiresAt: day(60) });
  for (const days of [0.5, 30, 59, 62, 400])
    for (const life of [page, user]) {
      expect(tokenStep({ ...life, checkedAt: day(days - 1) }, day(days), rules)).toEqual({ what: 'check' });
      expect(stepOn(days, life)).toBe('wait');
    }
});

test('a run that starts a moment earlier than the night before skips nobody', () => {
  const checkedAt = new Date(day(3).getTime() + 60_000);
  expect(tokenStep(token({ login: 'facebook', checkedAt }), day(4), rules)).toEqual({ what: 'check' });
});

describe('a failed refresh', () => {
  const failure = (changes: Partial<TokenFailure>): TokenFailure => ({
    kind: 'instagram_error',
    code: null,
    retryAfterSeconds: null,
    ...changes,
  });

  it.each<[string, Partial<TokenFailure>]>([
    ['the person changed their password', { kind: 'invalid_token', code: 190 }],
    ['it has expired', { kind: 'token_expired', code: 190 }],
    ['Meta wants to see the person', { kind: 'account_action_required', code: 190 }],
    ['the permission was withdrawn', { kind: 'permission_denied', code: 10 }],
    ['another permission was withdrawn', { kind: 'permission_denied', code: 200 }],
  ])('means that the token is dead when Meta says by its code that %s', (_why, changes) =>
    expect(afterFailure(failure(changes), 0, null)).toEqual({ dead: true }),
  );

  it.each<[string, Partial<TokenFailure>]>([
    ["a proxy's 401", { kind: 'invalid_token', code: null }],
    ["a proxy's 403", { kind: 'permission_denied', code: null }],
    ['what the Meta app itself may not do', { kind: 'permission_denied', code: 3 }],
    ['a 5xx', { kind: 'service_unavailable', code: 2 }],
    ['silence', { kind: 'timeout_error' }],
    ['a broken line', { kind: 'network_error' }],
    ['a refusal of the values, such as of a token that is too young', { kind: 'validation_error', code: 100 }],
    ['what nobody ever documented', { kind: 'unknown', code: 987_654 }],
  ])('never does for %s', (_what, changes) =>
    expect(afterFailure(failure(changes), 0, null)).toEqual({ dead: false, pauseMs: HOUR }),
  );

  it('is tried again after pauses that grow, up to a day', () => {
    const pauses = [0, 1, 2, 3, 4, 5, 6, 40].map((attempts) => afterFailure(failure({}), attempts, null));
    expect(pauses.map((after) => !after.dead && after.pauseMs / HOUR)).toEqual([1, 2, 4, 8, 16, 24, 24, 24]);
  });

  it('is tried more often when the end is near', () => {
    expect(afterFailure(failure({}), 6, 8 * HOUR)).toEqual({ dead: false, pauseMs: 2 * HOUR });
    expect(afterFailure(failure({}), 6, HOUR)).toEqual({ dead: false, pauseMs: HOUR });
    expect(afterFailure(failure({}), 6, -HOUR)).toEqual({ dead: false, pauseMs: HOUR });
  });

  it('waits for as long as Instagram wants silence', () => {
    const throttled = failure({ kind: 'rate_limit_exceeded', code: 4, retryAfterSeconds: 1_200 });
    expect(afterFailure(throttled, 5, null)).toEqual({ dead: false, pauseMs: 1_200_000 });
    expect(afterFailure({ ...throttled, retryAfterSeconds: null }, 5, null)).toEqual({ dead: false, pauseMs: HOUR });
  });
});

test('a token is not given up for one that ends sooner', () => {
  expect(isNoWorse({ expiresAt: day(30) }, { expiresAt: day(60) })).toBe(true);
  expect(isNoWorse({ expiresAt: day(30) }, { expiresAt: day(29) })).toBe(false);
  expect(isNoWorse({ expiresAt: null }, { expiresAt: day(1) })).toBe(true);
  expect(isNoWorse({ expiresAt: day(30) }, { expiresAt: null })).toBe(true);
});
