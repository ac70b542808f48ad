import {
  whyNotCancelable,
  whyNotEditable,
  whyNotPublishable,
  whyNotResolvable,
  whyNotRetryable,
  type MovablePost,
} from '../../../src/posts/post-moves';
import { mayBecome, POSSIBLE_OUTCOMES, STATUSES, type PostStatus } from '../../../src/posts/post-state';

/** Every status with every outcome it can have, before and after a publish call. */
const all: MovablePost[] = STATUSES.flatMap((status) =>
  POSSIBLE_OUTCOMES[status].flatMap((outcome) =>
    [null, new Date(0)].map((intentAt) => ({ status, outcome, intentAt })),
  ),
);
const allowed = (why: (post: MovablePost) => string | null) => all.filter((post) => why(post) === null);
const statuses = (posts: MovablePost[]) => [...new Set(posts.map(({ status }) => status))];

describe('what a client may do with a post', () => {
  it('edits and publishes drafts and scheduled posts', () => {
    for (const why of [whyNotEditable, whyNotPublishable])
      expect(statuses(allowed(why))).toEqual(['draft', 'scheduled']);
  });

  it('cancels whatever has not ended', () => {
    expect(statuses(allowed(whyNotCancelable))).toEqual(['draft', 'scheduled', 'posting', 'processing']);
  });

  it('never touches a post whose publish call may be out', () => {
    const out = [...allowed(whyNotCancelable), ...allowed(whyNotEditable)].filter(
      ({ status, intentAt, outcome }) => status !== 'draft' && (intentAt !== null || outcome !== 'not_live'),
    );
    expect(out).toEqual([]);
  });

  it('retries what failed or was missed and is not live', () => {
    expect(statuses(allowed(whyNotRetryable))).toEqual(['failed', 'missed']);
    expect(whyNotRetryable({ status: 'failed', outcome: 'unknown', intentAt: null })).not.toBeNull();
  });

  it('resolves what needs review', () => {
    expect(statuses(allowed(whyNotResolvable))).toEqual(['needs_review']);
  });

  it('asks for no move that the table of states does not have', () => {
    const moves: [(post: MovablePost) => string | null, PostStatus[]][] = [
      [whyNotEditable, ['draft', 'scheduled']],
      [whyNotCancelable, ['canceled']],
      [whyNotPublishable, ['posting']],
      [whyNotRetryable, ['posting']],
      [whyNotResolvable, ['completed', 'failed']],
    ];
    for (const [why, ends] of moves)
      for (const { status } of allowed(why)) for (const end of ends) expect(mayBecome(status, end)).toBe(true);
  });

  it('says why not in a sentence', () => {
    for (const why of [whyNotEditable, whyNotCancelable, whyNotPublishable, whyNotRetryable, whyNotResolvable])
      for (const post of all) expect(why(post) ?? 'Fine.').toMatch(/^[A-Z].*\.$/s);
  });
});
