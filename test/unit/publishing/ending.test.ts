import { isTooLate, missed, poisoned } from '../../../src/publishing/ending';
import { nextStep } from '../../../src/publishing/next-step';
import { ago, failure, inMs, NOW, ready, rules, stateOf, verifying } from './state-of';

const liveSince = (ms: number, instagramPostId: string | null = null) =>
  stateOf({ status: 'completed', outcome: 'live', step: 'link', postedAt: ago(ms), instagramPostId });

describe('a live post', () => {
  it('keeps its outcome whatever happens to the reading of its permalink', () => {
    for (const kind of ['token_expired', 'object_missing', 'network_error'] as const) {
      const change = nextStep(liveSince(0, '1792'), { what: 'call_failed', failure: failure(kind) }, NOW, rules);
      expect(change).toMatchObject({ set: {}, lookAgainAt: inMs(2_000) });
    }
  });

  it('whose media id is not found is looked for ever more seldom, for a day', () => {
    const notFound = { what: 'media_not_found' } as const;
    expect(nextStep(liveSince(60_000), notFound, NOW, rules).lookAgainAt).toEqual(inMs(60_000));
    expect(nextStep(liveSince(20 * 3_600_000), notFound, NOW, rules).lookAgainAt).toEqual(inMs(3_600_000));
    const last = nextStep(liveSince(25 * 3_600_000), notFound, NOW, rules);
    expect(last).toMatchObject({ set: { step: 'done' }, lookAgainAt: null });
    expect(last.set.status).toBeUndefined();
  });

  it('is done with its media id and permalink', () => {
    const both = nextStep(liveSince(0), { what: 'media_found', mediaId: '1', permalink: 'https://x' }, NOW, rules);
    expect(both).toMatchObject({
      set: { instagramPostId: '1', permalink: 'https://x', step: 'done' },
      lookAgainAt: null,
    });
    const one = nextStep(liveSince(0), { what: 'media_found', mediaId: '1', permalink: null }, NOW, rules);
    expect(one).toMatchObject({ set: { instagramPostId: '1' }, lookAgainAt: NOW });
    const link = nextStep(liveSince(0, '1'), { what: 'permalink_read', permalink: 'https://x' }, NOW, rules);
    expect(link).toMatchObject({ set: { permalink: 'https://x', step: 'done' }, lookAgainAt: null });
  });
});

describe('a post over which workers die', () => {
  it('fails where nothing can have been published', () => {
    expect(poisoned(stateOf(), 3).set).toMatchObject({ status: 'failed', outcome: 'not_live' });
  });

  it('goes to a person where a publish call may have been sent', () => {
    expect(poisoned(verifying(100), 3).set).toMatchObject({ status: 'needs_review', outcome: 'unknown' });
  });

  it('stays live when it is live', () => {
    expect(poisoned(liveSince(0), 3).set).toEqual({ step: 'done' });
  });
});

describe('a post that is late', () => {
  it('is missed when it is later than it may be, and only then', () => {
    expect(isTooLate(stateOf({ dueAt: ago(60_000), maxLatenessSeconds: 60 }), NOW)).toBe(false);
    expect(isTooLate(stateOf({ dueAt: ago(60_001), maxLatenessSeconds: 60 }), NOW)).toBe(true);
    expect(isTooLate(ready({ dueAt: ago(60_001), maxLatenessSeconds: 60 }), NOW)).toBe(true);
    expect(missed(stateOf({ dueAt: ago(61_000), maxLatenessSeconds: 60 }), NOW)).toMatchObject({
      set: { status: 'missed', outcome: 'not_live', step: 'done' },
      lookAgainAt: null,
    });
  });

  it('is never too late without a limit', () => {
    expect(isTooLate(stateOf({ dueAt: ago(10_000_000) }), NOW)).toBe(false);
  });

  it('is never missed once a publish call may have been sent', () => {
    expect(isTooLate(verifying(10_000, { dueAt: ago(100_000), maxLatenessSeconds: 1 }), NOW)).toBe(false);
  });
});
