import { choosePage } from '../../../src/accounts/choose-page';
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

function refusal(pages: FacebookPage[], accountId?: string): AppError {
  try {
    choosePage(pages, accountId);
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error('Nothing was refused');
}

test('the only linked account needs no choice, whatever other Pages there are', () => {
  const chosen = choosePage([unlinked('1'), page('2'), unlinked('3')], undefined);
  expect(chosen).toMatchObject({ pageId: '2', pageName: 'Page 2', accountId: '17842', username: 'user2' });
  expect(chosen.token.reveal()).toBe('token of 2');
});

test('the account asked for is taken among several', () => {
  expect(choosePage([page('1'), page('2')], '17842').pageId).toBe('2');
});

test('several accounts and no choice: the answer lists them', () => {
  const error = refusal([page('1'), unlinked('9'), page('2')]);
  expect(error.errorType).toBe('account_selection_required');
  expect(error.extras.available_accounts).toEqual([
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
  expect(JSON.stringify(error.extras)).not.toContain('token of');
});

test('an account that the login does not reach', () => {
  expect(refusal([page('1'), page('2')], '999').errorType).toBe('account_not_found');
  expect(refusal([page('1')], '999').errorType).toBe('account_not_found');
});

test('no Page at all, and Pages without an account, are told apart', () => {
  expect(refusal([])).toMatchObject({ errorType: 'no_instagram_account' });
  expect(refusal([]).detail).toContain('no Facebook Page');
  expect(refusal([unlinked('1'), unlinked('2')]).detail).toContain('"Page 1", "Page 2"');
  expect(refusal([unlinked('1')]).extras.action_required).toContain('link');
});

test('a person who may only look at the Page may not connect it', () => {
  const error = refusal([page('1', { tasks: ['ANALYZE'], canPublish: false })]);
  expect(error.errorType).toBe('permission_denied');
  expect(error.extras.action_required).toContain('CREATE_CONTENT');
});

test('a Page whose token was not handed out cannot be connected', () => {
  expect(refusal([page('1', { pageToken: null })]).errorType).toBe('permission_denied');
});

test('a Page of which Facebook tells no tasks is left to Instagram to judge', () => {
  expect(choosePage([page('1', { tasks: [], canPublish: false })], undefined).pageId).toBe('1');
});
