import { type Happening } from '../../../src/notify/audience';
import { messageOf, referenceOf } from '../../../src/notify/message';

const happened = (more: Partial<Happening> = {}): Happening => ({
  eventId: 7,
  type: 'post.failed',
  userId: 3,
  postId: 12,
  accountId: '17841400000000001',
  data: {},
  happenedAt: new Date('2026-02-10T06:00:30.000Z'),
  username: 'bakery',
  userEmail: null,
  ...more,
});
const said = (more: Partial<Happening>) => messageOf(happened(more));

describe('a message', () => {
  it('about an account that needs its owner quotes the advice', () => {
    const data = { username: 'bakery', reason: 'invalid_token', message: 'The token was withdrawn. Connect it again.' };
    expect(said({ type: 'account.action_required', postId: null, data })).toEqual({
      subject: 'Action required for Instagram account @bakery (17841400000000001)',
      text:
        'Instagram does not let us work for Instagram account @bakery (17841400000000001). The token was withdrawn. ' +
        'Connect it again. Its posts wait until that is done.',
    });
  });

  it('about a token that expires says when', () => {
    const data = { token_expires_at: '2026-02-17T09:30:00.000Z' };
    expect(said({ type: 'account.token_expiring', postId: null, data }).text).toContain(
      '@bakery (17841400000000001) expires on 2026-02-17 09:30 UTC. Refresh it with',
    );
    expect(said({ type: 'account.token_expiring', data: { token_expires_at: 'tomorrow' } }).text).toContain(
      'expires soon.',
    );
  });

  it('about an account that was disconnected says why, also for a reason it does not know', () => {
    const text = (reason?: string) => said({ type: 'account.disconnected', data: { reason } }).text;
    expect(text('deauthorized')).toContain("This app was removed in the account's settings");
    expect(text('owner_gone')).toContain('The reason: owner gone.');
    expect(text()).toContain(
      'Instagram account @bakery (17841400000000001) was disconnected, and its token is erased. Its',
    );
  });

  it.each([
    ['failed', 'Post 12 for Instagram account @bakery (17841400000000001) failed', 'posts/12/retry'],
    ['missed', 'Post 12 for Instagram account @bakery (17841400000000001) was missed', 'posts/12/retry'],
    ['needs_review', 'Post 12 for Instagram account @bakery (17841400000000001) needs review', 'posts/12/resolve'],
  ])('about a post that is %s says what to do', (status, subject, advice) => {
    const message = said({ data: { status, error_message: 'The media is too long.' } });
    expect(message.subject).toBe(subject);
    expect(message.text).toContain('The media is too long.');
    expect(message.text).toContain(advice);
  });

  it('never advises to retry a post that may be on Instagram', () => {
    expect(said({ data: { status: 'needs_review' } }).text).not.toContain('retry');
  });

  it('about a post at risk names the post and where to look', () => {
    const { subject, text } = said({ type: 'post.at_risk', data: { error_message: 'The quota is used up.' } });
    expect(subject).toBe('Post 12 for Instagram account @bakery (17841400000000001) is at risk');
    expect(text).toContain('The quota is used up. GET /api/instagram/posts/12/timeline');
  });

  it('is one line of bounded length, whatever stands in the event', () => {
    const { text, subject } = said({
      username: 'bakery\r\nBcc: all@example.com',
      data: { status: 'failed', error_message: `a\n\tb ${'x'.repeat(5_000)}` },
    });
    expect(subject).not.toMatch(/[\r\n]/);
    expect(text).toContain('a b xxx');
    expect(text).not.toMatch(/[\r\n]/);
    expect(text.length).toBeLessThan(1_400);
  });

  it('leaves out what is not as expected', () => {
    const nothing = { username: null, accountId: null, postId: null };
    expect(said({ ...nothing, data: { error_message: { deep: 1 }, status: 4 } }).text).toBe(
      'Post (unknown) for Instagram account (unknown) failed and is not on Instagram. ' +
        'POST /api/instagram/posts/{id}/retry tries it again.',
    );
  });
});

test('operators get what finds the event', () => {
  expect(referenceOf(happened())).toBe('User 3, event 7 (post.failed), 2026-02-10 06:00 UTC.');
});
