import { AppError } from '../common/app-error';
import { type Secret } from '../common/secret';
import { type FacebookPage } from '../graph/index';

/** A Page that one can publish through. */
export interface PublishingPage {
  pageId: string;
  pageName: string;
  accountId: string;
  username: string | null;
  token: Secret;
}

type LinkedPage = FacebookPage & { instagramAccount: NonNullable<FacebookPage['instagramAccount']> };

/**
 * Which of the person's Pages, and so which Instagram account, a login is about.
 * @param accountId the account asked for, if any; needed when there are several
 * @throws AppError `no_instagram_account`, `account_selection_required`, `account_not_found`, `permission_denied`
 */
export function choosePage(pages: FacebookPage[], accountId: string | undefined): PublishingPage {
  const linked = pages.filter((page): page is LinkedPage => page.instagramAccount !== null);
  const [first, ...others] = linked;
  if (!first) throw noAccount(pages);
  if (accountId === undefined && others.length > 0)
    throw new AppError('account_selection_required', 'This login reaches several Instagram accounts.', {
      action_required:
        'Have the person log in once more (a code works once) and send the new code with the account_id of one of available_accounts.',
      available_accounts: linked.map(asAvailable),
    });
  const page = accountId === undefined ? first : linked.find(({ instagramAccount: { id } }) => id === accountId);
  if (!page)
    throw new AppError('account_not_found', 'This login does not reach the account named by account_id.', {
      action_required: 'Log in once more and choose the account in the dialog, or name one of available_accounts.',
      available_accounts: linked.map(asAvailable),
    });
  return publishable(page);
}

/** Facebook tells the person's tasks on a Page; where it says nothing, the first call of Instagram's will. */
function publishable(page: LinkedPage): PublishingPage {
  const { id, name, tasks, canPublish, pageToken, instagramAccount } = page;
  if (!pageToken || (tasks.length > 0 && !canPublish))
    throw new AppError('permission_denied', `The person may not publish for the Page "${name}".`, {
      action_required:
        'Give them content access to the Page (the task CREATE_CONTENT or MANAGE, on new Pages PROFILE_PLUS_CREATE_CONTENT or ' +
        'PROFILE_PLUS_FULL_CONTROL), grant pages_show_list and pages_read_engagement in the dialog, and log in once more.',
    });
  const { id: accountId, username } = instagramAccount;
  return { pageId: id, pageName: name, accountId, username, token: pageToken };
}

function noAccount(pages: FacebookPage[]): AppError {
  const names = pages.map(({ name }) => `"${name}"`).join(', ');
  return pages.length === 0
    ? new AppError('no_instagram_account', 'This login reaches no Facebook Page, and so no Instagram account.', {
        action_required:
          'Log in once more, grant pages_show_list and choose, in the dialog, the Page that the Instagram account is linked to.',
      })
    : new AppError('no_instagram_account', `No Instagram professional account is linked to ${names}.`, {
        action_required:
          'In the settings of the Page link an Instagram account (Business or Creator), log in once more and choose both in the dialog.',
      });
}

function asAvailable({ id, name, instagramAccount: account }: LinkedPage): Record<string, unknown> {
  return {
    account_id: account.id,
    username: account.username,
    name: account.name,
    page_id: id,
    page_name: name,
    profile_picture_url: account.profilePictureUrl,
    followers_count: account.followersCount,
  };
}
