import { asAvailable, choosePage, linkedPages, publishable } from '../../../src/accounts/choose-page';
import { AppError } from '../../../src/common/app-error';
import { Secret } from '../../../src/common/secret';
import { type FacebookPage } from '../../../src/graph/index';

function page(id: string, given: Partial<FacebookPage> = {}): FacebookPage {
  return {
    id,
    name: `Page ${id}`,
    pageToken: new Secret(`token of ${id}`),
    tasks: ['ANALYZE', 'CREATE_CONTENT'],
    canPublish: true,
    instagramAccount: {
      id: `1784${id}`,
      username: `user${id}`,
      name: null,
      profilePictureUrl: null,
      followersCount: 12,
    },
    ...given,
  };
}

const unlinked = (id: string) => page(id, { instagramAccount: null });

function refusal(refused: () => unknown): AppError {
  try {
    refused();
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error('Nothing was refused');
}

const chosen = (pages: FacebookPage[], accountId?: string) => choosePage(linkedPages(pages), accountId)?.id;
const published = (given: Partial<FacebookPage>) => linkedPages([page('1', given)]).map(publishable)[0];

test('the only linked account needs no choice, whatever other Pages there are', () => {
  expect(chosen([unlinked('1'), page('2'), unlinked('3')])).toBe('2');
});

test('the account asked for is taken among several', () => {
  expect(chosen([page('1'), page('2')], '17842')).toBe('2');
});

test('several accounts and no choice, or one that is not there: a person must choose', () => {
  expect(chosen([page('1'), unlinked('9'), page('2')])).toBeUndefined();
  expect(chosen([page('1'), page('2')], '999')).toBeUndefined();
  expect(chosen([page('1')], '999')).toBeUndefined();
});

test('what there is to choose is told without tokens', () => {
  const shown = linkedPages([page('1'), unlinked('9'), page('2')]).map(asAvailable);
  expect(shown).toEqual([
    {
      account_id: '17841',
      username: 'user1',
      name: null,
      page_id: '1',
      page_name: 'Page 1',
      profile_picture_url: null,
      followers_count: 12,
    },
    expect.objectContaining({ account_id: '17842', page_name: 'Page 2' }),
  ]);
  expect(JSON.stringify(shown)).not.toContain('token of');
});

test('no Page at all, and Pages without an account, are told apart', () => {
  const none = refusal(() => linkedPages([]));
  expect(none).toMatchObject({ errorType: 'no_instagram_account' });
  expect(none.detail).toContain('no Facebook Page');
  const without = refusal(() => linkedPages([unlinked('1'), unlinked('2')]));
  expect(without.detail).toContain('"Page 1", "Page 2"');
  expect(without.extras.action_required).toContain('link');
});

test('a person who may publish for the Page gets its token', () => {
  const found = published({});
  expect(found).toMatchObject({ pageId: '1', pageName: 'Page 1', accountId: '17841', username: 'user1' });
  expect(found?.token.reveal()).toBe('token of 1');
});

test('a person who may only look at the Page may not connect it', () => {
  const error = refusal(() => published({ tasks: ['ANALYZE'], canPublish: false }));
  expect(error.errorType).toBe('permission_denied');
  expect(error.extras.action_required).toContain('CREATE_CONTENT');
});

test('a Page whose token was not handed out cannot be connected', () => {
  expect(refusal(() => published({ pageToken: null })).errorType).toBe('permission_denied');
});

test('a Page of which Facebook tells no tasks is left to Instagram to judge', () => {
  expect(published({ tasks: [], canPublish: false })?.pageId).toBe('1');
});
