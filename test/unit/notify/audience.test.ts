import { channelsFor, type Happening } from '../../../src/notify/audience';

const OPERATORS = 'ops@example.com';
const everything = { slack: true, operatorsEmail: OPERATORS };
const happened = (type: Happening['type'], more: Partial<Happening> = {}): Happening => ({
  eventId: 1,
  type,
  userId: 1,
  postId: null,
  accountId: '178',
  data: {},
  happenedAt: new Date(0),
  username: null,
  userEmail: 'ana@example.com',
  ...more,
});

describe('who hears of an event', () => {
  it('operators of everything; the user of what stops the whole account', () => {
    for (const type of ['post.failed', 'post.at_risk', 'account.disconnected'] as const)
      expect(channelsFor(happened(type), everything)).toEqual(['log', 'slack', 'operators_email']);
    for (const type of ['account.action_required', 'account.token_expiring'] as const)
      expect(channelsFor(happened(type), everything)).toEqual(['log', 'slack', 'operators_email', 'user_email']);
  });

  it('nobody of a disconnect that the user asked for', () => {
    expect(channelsFor(happened('account.disconnected', { data: { reason: 'requested' } }), everything)).toEqual([]);
  });

  it('a user who is the operator, or has no address, gets no second message', () => {
    for (const userEmail of ['Ops@Example.com', null])
      expect(channelsFor(happened('account.token_expiring', { userEmail }), everything)).not.toContain('user_email');
  });

  it('only the log where nothing is set', () => {
    const off = { slack: false, operatorsEmail: null };
    expect(channelsFor(happened('account.token_expiring'), off)).toEqual(['log']);
  });
});
