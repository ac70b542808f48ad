import type { CommentState, Heard, Refusal } from '../../../src/first-comments/comment-state';
import { afterHearing, intentToWrite, nextMove } from '../../../src/first-comments/next-move';

const begun = new Date('2026-11-20T12:00:00Z');
const at = (ms: number) => new Date(begun.getTime() + ms);
const rules = { verifyDelaysMs: [5_000, 15_000, 120_000] };
const DAY = 86_400_000;

const comment = (given: Partial<CommentState> = {}): CommentState => ({
  mediaId: '179',
  begunAt: begun,
  intentAt: null,
  calls: 0,
  misses: 0,
  refusal: null,
  takeovers: 0,
  seenAbsent: false,
  standing: { paused: false, actionRequired: null, gates: [] },
  ...given,
});
const sent = (given: Partial<CommentState> = {}) => comment({ intentAt: begun, calls: 1, ...given });
const refusal = (kind: Refusal['kind'], more: Partial<Refusal> = {}): Refusal => ({ kind, advice: kind, ...more });
const absent: Heard = { what: 'looked', sighting: { is: 'absent' } };
const perhaps: Heard = { what: 'looked', sighting: { is: 'perhaps' } };
const hear = (state: CommentState, heard: Heard, ms = 0) => afterHearing(state, heard, at(ms), rules);
const over = 121_000;

describe('a first comment', () => {
  it('is written once the medium is known, under an intent that names its time', () => {
    expect(nextMove(comment(), begun)).toEqual({ do: 'call', call: 'write' });
    expect(intentToWrite(comment(), begun, rules)).toMatchObject({
      set: { intentAt: begun, calls: 1 },
      lookAgainAt: at(5_000),
    });
    expect(hear(sent(), { what: 'written', commentId: '7' })).toMatchObject({
      set: { status: 'posted', commentId: '7' },
      lookAgainAt: null,
    });
  });

  it('fails where Instagram never said what the post went live as', () => {
    const move = nextMove(comment({ mediaId: null }), begun);
    expect(move).toMatchObject({ do: 'note', change: { set: { status: 'failed' } } });
    expect(nextMove(sent({ mediaId: null }), begun)).toMatchObject({ change: { set: { status: 'unknown' } } });
  });

  it('is looked for after any answer but a clean success, never written again', () => {
    for (const kind of ['timeout_error', 'permission_denied', 'rate_limit_exceeded', 'instagram_error'] as const) {
      const change = hear(sent(), { what: 'unclear', refusal: refusal(kind) }, 100);
      expect(change).toMatchObject({ set: { refusal: { kind } }, lookAgainAt: at(5_000) });
      expect(change.set.intentAt).toBeUndefined();
    }
    expect(nextMove(sent(), at(5_000))).toEqual({ do: 'call', call: 'look' });
  });

  it('is looked for at every delay, for an effect may be late', () => {
    expect(hear(sent(), absent, 5_001).lookAgainAt).toEqual(at(15_000));
    expect(hear(sent(), perhaps, 15_001).lookAgainAt).toEqual(at(120_000));
    expect(hear(sent(), { what: 'looked', sighting: { is: 'ours', commentId: '7' } }, 15_001).set).toEqual({
      status: 'posted',
      commentId: '7',
    });
  });

  it('stays unknown where nobody can tell, and is never repeated', () => {
    for (const state of [
      sent(),
      sent({ refusal: refusal('timeout_error') }),
      sent({ refusal: refusal('instagram_error', { code: 20, subcode: 1772107 }) }),
    ])
      expect(hear(state, absent, over)).toMatchObject({ set: { status: 'unknown' }, lookAgainAt: null });
    expect(hear(sent({ refusal: refusal('permission_denied') }), perhaps, over).set.status).toBe('unknown');
  });

  it('fails where Instagram refused for good and it is proved not to be there', () => {
    const change = hear(sent({ refusal: refusal('permission_denied') }), absent, over);
    expect(change).toMatchObject({
      set: { status: 'failed', error: { kind: 'permission_denied' } },
      lookAgainAt: null,
    });
  });

  it('is written later where Instagram refused for now, after one more look, three times at most', () => {
    const throttled = refusal('rate_limit_exceeded', { retryAfterSeconds: 600 });
    const change = hear(sent({ refusal: throttled }), absent, over);
    expect(change).toMatchObject({ set: { intentAt: null }, lookAgainAt: at(over + 600_000) });
    const later = comment({ calls: 1, refusal: throttled });
    expect(nextMove(later, at(over + 600_000))).toEqual({ do: 'call', call: 'look' });
    const looked = hear(later, absent, over + 600_000);
    expect(looked).toMatchObject({ set: { seenAbsent: true }, lookAgainAt: at(over + 600_000) });
    expect(nextMove({ ...later, seenAbsent: true }, at(over + 600_000))).toEqual({ do: 'call', call: 'write' });
    expect(hear(later, perhaps, over + 600_000).set.status).toBe('unknown');
    expect(hear(sent({ refusal: throttled, calls: 3 }), absent, over).set.status).toBe('failed');
  });

  it('is tried again where no connection came about, five times at most', () => {
    const change = hear(sent({ misses: 1 }), { what: 'not_sent', refusal: refusal('network_error') });
    expect(change).toMatchObject({ set: { intentAt: null, calls: 0, misses: 2 }, lookAgainAt: at(10_000) });
    const last = hear(sent({ misses: 4 }), { what: 'not_sent', refusal: refusal('network_error') });
    expect(last).toMatchObject({ set: { intentAt: null, calls: 0, status: 'failed' }, lookAgainAt: null });
    expect(hear(sent(), { what: 'not_sent', refusal: null }).lookAgainAt).toEqual(begun);
    expect(hear(sent(), { what: 'not_sent', refusal: refusal('account_not_found') }).set.status).toBe('failed');
  });

  it('is read for ever more seldom where it cannot be read, for a day', () => {
    const unread: Heard = { what: 'unread', refusal: refusal('invalid_token') };
    expect(hear(sent(), unread, 5_001).lookAgainAt).toEqual(at(15_000));
    expect(hear(sent(), unread, over).lookAgainAt).toEqual(at(over * 2));
    expect(hear(sent(), unread, 10 * 3_600_000).lookAgainAt).toEqual(at(11 * 3_600_000));
    expect(hear(sent(), unread, DAY + 1).set.status).toBe('unknown');
  });

  it('is not written a day after its post', () => {
    expect(nextMove(comment(), at(DAY + 1))).toMatchObject({ change: { set: { status: 'failed' } } });
    expect(nextMove(sent(), at(DAY + 1))).toEqual({ do: 'call', call: 'look' });
  });

  it('is given up where workers die over it again and again', () => {
    expect(nextMove(comment({ takeovers: 5 }), begun)).toMatchObject({ change: { set: { status: 'failed' } } });
    expect(nextMove(sent({ takeovers: 5 }), begun)).toMatchObject({ change: { set: { status: 'unknown' } } });
  });
});

describe('what holds a first comment', () => {
  const gate = { scope: 'account', closedUntil: at(60_000), stated: false, why: 'limit', usage: 0 } as const;
  const with_ = (standing: Partial<CommentState['standing']>) => ({
    standing: { paused: false, actionRequired: null, gates: [], ...standing },
  });

  it.each([
    ['a pause', with_({ paused: true }), 'paused'],
    ['a refused token', with_({ actionRequired: 'invalid_token' }), 'account_action_required'],
    ['a throttle', with_({ gates: [gate] }), 'throttled'],
    ['an incident', with_({ gates: [{ ...gate, scope: 'platform' }] }), 'platform_incident'],
    ['an allowance nearly used up', with_({ gates: [{ ...gate, closedUntil: null, usage: 80 }] }), 'throttled'],
  ])('is %s', (_what, standing, waitReason) => {
    const move = nextMove(comment(standing), begun);
    expect(move).toMatchObject({ do: 'note', change: { set: {}, waitReason } });
    // What became of a call is found out all the same.
    expect(nextMove(sent(standing), begun)).toEqual({ do: 'call', call: 'look' });
  });

  it('keeps even looks back where Instagram gave the time', () => {
    const stated = with_({ gates: [{ ...gate, stated: true }] });
    expect(nextMove(sent(stated), begun)).toMatchObject({
      change: { lookAgainAt: at(60_000), waitReason: 'throttled' },
    });
  });
});
