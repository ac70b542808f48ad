import { isStale, nextAttemptIn } from '../../../src/notify/backoff';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const failed = (attempts: number, more = {}) => ({ attempts, ageMs: 0, permanent: false, ...more });

describe('a message that did not go out', () => {
  it('is tried again after one minute, doubling up to an hour', () => {
    const delays = [1, 2, 3, 6, 7, 50].map((attempts) => nextAttemptIn(failed(attempts), 0));
    expect(delays).toEqual([1, 2, 4, 32, 60, 60].map((minutes) => minutes * MINUTE));
  });

  it('comes up to half as much later, so that not all come back together', () => {
    expect(nextAttemptIn(failed(1), 0.999)).toBeCloseTo(1.5 * MINUTE, -3);
    expect(nextAttemptIn(failed(50), 0.5)).toBe(1.25 * HOUR);
  });

  it('waits as long as the receiver asks', () => {
    expect(nextAttemptIn(failed(1, { retryAfterMs: 5 * MINUTE }), 0)).toBe(5 * MINUTE);
    expect(nextAttemptIn(failed(5, { retryAfterMs: 1_000 }), 0)).toBe(16 * MINUTE);
  });

  it('has its last chance when the day ends, and is then given up', () => {
    expect(nextAttemptIn(failed(30, { ageMs: 23.5 * HOUR }), 0.9)).toBe(HOUR / 2);
    expect(nextAttemptIn(failed(30, { ageMs: 24 * HOUR - 1 }), 0.9)).toBe(MINUTE);
    expect(nextAttemptIn(failed(31, { ageMs: 24 * HOUR }), 0)).toBeNull();
    expect(nextAttemptIn(failed(1, { retryAfterMs: 100 * HOUR }), 0)).toBe(24 * HOUR);
  });

  it('is given up at once where another attempt would be answered the same', () => {
    expect(nextAttemptIn(failed(1, { permanent: true }), 0)).toBeNull();
  });

  it('is stale only after its last chance', () => {
    expect([24 * HOUR, 26 * HOUR].map(isStale)).toEqual([false, true]);
  });
});
