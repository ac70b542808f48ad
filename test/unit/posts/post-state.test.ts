import {
  isEnd,
  mayBecome,
  OUTCOMES,
  POSSIBLE_OUTCOMES,
  safeToRetry,
  STATUSES,
  TRANSITIONS,
  type PostStatus,
} from '../../../src/posts/post-state';

describe('the states of a post', () => {
  it('can all be reached from a draft', () => {
    const reached = new Set<PostStatus>(['draft']);
    // A set that grows while it is walked: each status is visited once.
    for (const status of reached) TRANSITIONS[status].forEach((to) => reached.add(to));
    expect([...reached].sort()).toEqual([...STATUSES].sort());
  });

  it('can all come to an end', () => {
    const ends = (status: (typeof STATUSES)[number], seen: Set<string> = new Set()): boolean =>
      isEnd(status) || TRANSITIONS[status].some((to) => !seen.has(to) && ends(to, seen.add(status)));
    for (const status of STATUSES) expect(ends(status)).toBe(true);
  });

  it('never leave completed or canceled', () => {
    for (const end of ['completed', 'canceled'] as const)
      expect(STATUSES.filter((to) => mayBecome(end, to))).toEqual([end]);
  });

  it('let only a person lead a post out of needs_review: to completed or failed', () => {
    expect(TRANSITIONS.needs_review).toEqual(['completed', 'failed']);
  });

  it('say live only when completed, and unknown only while processing or in review', () => {
    for (const status of STATUSES) {
      expect(POSSIBLE_OUTCOMES[status].includes('live')).toBe(status === 'completed');
      expect(POSSIBLE_OUTCOMES[status].includes('unknown')).toBe(status === 'processing' || status === 'needs_review');
    }
  });

  it('are safe to retry only at an end that is proved not live', () => {
    const safe = STATUSES.flatMap((status) =>
      OUTCOMES.filter((outcome) => safeToRetry(status, outcome)).map((o) => `${status} ${o}`),
    );
    expect(safe).toEqual(['failed not_live', 'missed not_live']);
  });
});
