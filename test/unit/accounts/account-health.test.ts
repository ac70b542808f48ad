import { daysUntil, healthOf, type Connection } from '../../../src/accounts/account-health';

const now = new Date('2026-11-20T12:00:00Z');
const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000);

function connection(given: Partial<Connection>): Connection {
  return {
    login: 'instagram',
    actionRequired: null,
    actionRequiredAt: null,
    tokenExpiresAt: null,
    dataAccessExpiresAt: null,
    ...given,
  };
}

test('a token without an end is well', () => {
  expect(healthOf(connection({}), now)).toEqual({ status: 'ok', reason: null });
});

test('what Instagram refused needs a person, since it did', () => {
  const refused = connection({
    actionRequired: 'invalid_token',
    actionRequiredAt: inDays(-2),
    tokenExpiresAt: inDays(50),
  });
  expect(healthOf(refused, now)).toEqual({ status: 'action_required', reason: 'invalid_token', since: inDays(-2) });
});

test('what is over needs a person, also when nobody has tried it yet', () => {
  expect(healthOf(connection({ tokenExpiresAt: now }), now)).toEqual({
    status: 'action_required',
    reason: 'token_expired',
    since: now,
  });
  const lapsed = connection({ login: 'facebook', dataAccessExpiresAt: inDays(-1) });
  expect(healthOf(lapsed, now)).toMatchObject({ status: 'action_required', reason: 'data_access_expired' });
});

test('an end is told 14 days ahead where only a person can move it, else 7', () => {
  const reasonOf = (given: Partial<Connection>) => healthOf(connection(given), now).reason;
  expect(reasonOf({ tokenExpiresAt: inDays(8) })).toBeNull();
  expect(reasonOf({ tokenExpiresAt: inDays(7) })).toBe('token_expires');
  expect(reasonOf({ login: 'facebook', tokenExpiresAt: inDays(14) })).toBe('token_expires');
  expect(reasonOf({ login: 'facebook', dataAccessExpiresAt: inDays(14) })).toBe('data_access_expires');
  expect(reasonOf({ login: 'facebook', dataAccessExpiresAt: inDays(15) })).toBeNull();
});

test('what is over counts before what is soon over', () => {
  const both = connection({ login: 'facebook', tokenExpiresAt: inDays(3), dataAccessExpiresAt: inDays(-1) });
  expect(healthOf(both, now).status).toBe('action_required');
});

test('days are whole ones, and never below 0', () => {
  expect([daysUntil(null, now), daysUntil(inDays(2.9), now), daysUntil(inDays(-3), now)]).toEqual([null, 2, 0]);
});
