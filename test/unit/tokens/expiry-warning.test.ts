import { expiryWarning } from '../../../src/tokens/expiry-warning';

const DAY = 86_400_000;
const NOW = new Date('2026-03-01T03:00:00Z');
const inDays = (days: number) => new Date(NOW.getTime() + days * DAY);
const warningAt = (days: number, warned: number | null = null) =>
  expiryWarning({ expiresAt: inDays(days), dataAccessExpiresAt: null }, warned, NOW);

test.each([
  [15, undefined],
  [14, 14],
  [7.5, 14],
  [7, 7],
  [3.2, 7],
  [3, 3],
  [1.5, 3],
  [1, 1],
  [0.1, 1],
  [0, undefined],
  [-3, undefined],
])('with %d days left the threshold is %s', (days, threshold) => expect(warningAt(days)?.threshold).toBe(threshold));

test('each threshold is warned of once, and one that was slept through is not made up for', () => {
  expect(warningAt(13, 14)).toBeNull();
  expect(warningAt(6.5, 14)).toMatchObject({ threshold: 7, daysLeft: 7 });
  expect(warningAt(6, 7)).toBeNull();
  expect(warningAt(0.5, 14)).toMatchObject({ threshold: 1, daysLeft: 1 });
});

test('the nearer of the two ends counts', () => {
  const ends = { expiresAt: inDays(10), dataAccessExpiresAt: inDays(2) };
  expect(expiryWarning(ends, null, NOW)).toMatchObject({ reason: 'data_access_expires', daysLeft: 2 });
  expect(expiryWarning({ ...ends, dataAccessExpiresAt: inDays(20) }, null, NOW)?.reason).toBe('token_expires');
  expect(expiryWarning({ expiresAt: null, dataAccessExpiresAt: null }, null, NOW)).toBeNull();
});
