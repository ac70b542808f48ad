import {
  containersClosedUntil,
  isStale,
  publishingClosedUntil,
  wantsAsking,
  type QuotaLedger,
} from '../../../src/quota/quota';

const NOW = new Date('2026-11-20T12:00:00Z');
const HOUR = 3_600_000;
const ago = (ms: number) => new Date(NOW.getTime() - ms);
const inMs = (ms: number) => new Date(NOW.getTime() + ms);
const ledger = (given: Partial<QuotaLedger> = {}): QuotaLedger => ({
  total: 50,
  external: 0,
  seenAt: ago(HOUR),
  exhaustedUntil: null,
  ours: 0,
  oldest: null,
  latest: null,
  containers: 0,
  firstContainerHour: null,
  ...given,
});

describe("an account's publishing quota", () => {
  it('lets posts through while something is left', () => {
    expect(publishingClosedUntil(ledger({ ours: 40, external: 9 }), NOW)).toBeNull();
  });

  it('is used up by our posts and those of others together; the first of ours that leaves the window frees a place', () => {
    const used = ledger({ ours: 40, external: 10, oldest: ago(20 * HOUR) });
    expect(publishingClosedUntil(used, NOW)).toEqual(inMs(4 * HOUR));
  });

  it('used up by others alone: looked at again in an hour', () => {
    expect(publishingClosedUntil(ledger({ external: 50 }), NOW)).toEqual(inMs(HOUR));
  });

  it('is not assumed where Instagram never said one', () => {
    expect(publishingClosedUntil(ledger({ total: null, ours: 500 }), NOW)).toBeNull();
  });

  it('is closed for as long as Instagram refused, whatever our count says', () => {
    expect(publishingClosedUntil(ledger({ exhaustedUntil: inMs(HOUR) }), NOW)).toEqual(inMs(HOUR));
    expect(publishingClosedUntil(ledger({ exhaustedUntil: ago(1) }), NOW)).toBeNull();
  });

  it('is asked for when it never was, then each six hours, and sooner only before a post has to wait', () => {
    expect(wantsAsking(ledger({ seenAt: null }), NOW)).toBe(true);
    expect(wantsAsking(ledger({ seenAt: ago(5 * HOUR) }), NOW)).toBe(false);
    expect(wantsAsking(ledger({ seenAt: ago(6 * HOUR) }), NOW)).toBe(true);
    expect(isStale(ledger({ seenAt: ago(5 * 60_000) }), NOW)).toBe(false);
    expect(isStale(ledger({ seenAt: ago(HOUR) }), NOW)).toBe(true);
  });
});

describe("an account's containers", () => {
  it('are closed from the 400th on, until the first hour has left the window', () => {
    const firstContainerHour = new Date('2026-11-20T03:00:00Z');
    expect(containersClosedUntil(ledger({ containers: 399, firstContainerHour }), NOW)).toBeNull();
    expect(containersClosedUntil(ledger({ containers: 400, firstContainerHour }), NOW)).toEqual(
      new Date('2026-11-21T04:00:00Z'),
    );
  });
});
