import { accountWarnings, wishWarnings } from '../../../src/posts/post-warnings';

const pointers = (warnings: { pointer: string }[]) => warnings.map(({ pointer }) => pointer);

describe('a post is warned of', () => {
  it.each([
    ['a caption and hashtags of a story', { caption: 'a', hashtags: ['b'] }, 'STORIES', ['/caption', '/hashtags']],
    ['a reel that stays off the feed, when it is none', { share_to_feed: false }, 'IMAGE', ['/share_to_feed']],
    ['nothing that is so anyway', { share_to_feed: true, caption: 'a' }, 'IMAGE', []],
    ['a frame that no one sees', { cover_url: 'c', thumb_offset: 0 }, 'REELS', ['/thumb_offset']],
    ['hashtags that show twice', { caption: '#a #b', hashtags: ['a', 'c'] }, 'CAROUSEL', ['/hashtags']],
    ['nothing', { caption: 'a', hashtags: ['b'], share_to_feed: false }, 'REELS', []],
  ] as const)('%s', (_what, body, type, expected) => {
    expect(pointers(wishWarnings(body, type, type === 'REELS' ? 'video' : 'image'))).toEqual(expected);
  });
});

describe('of the account', () => {
  const fine = { actionRequired: null };
  it.each([
    [{ total: 100, used: 0, reserved: 0 }, null],
    [{ total: null, used: 99, reserved: 9 }, null],
    [{ total: 100, used: 80, reserved: 9 }, null],
    [{ total: 100, used: 80, reserved: 10 }, /nearly used up: 80 published and 10 waiting/],
    [{ total: 100, used: 90, reserved: 10 }, /is used up .*may have to wait/],
    [null, null],
  ])('a quota of %j', (quota, message) => {
    const warnings = accountWarnings(fine, quota);
    expect(pointers(warnings)).toEqual(message === null ? [] : ['/account_id']);
    if (message) expect(warnings[0]?.message).toMatch(message);
  });

  it('that Instagram takes its token no more', () => {
    expect(accountWarnings({ actionRequired: 'invalid_token' }, null)[0]?.message).toMatch(/refused its token/);
  });
});
