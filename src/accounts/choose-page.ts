import { AppError } from '../common/app-error';
import { type Secret } from '../common/secret';
import { type FacebookPage } from '../graph/index';
import { type AvailableAccount } from './dto/account-views.dto';

/** A Page that one can publish through. */
export interface PublishingPage {
  pageId: string;
  pageName: string;
  accountId: string;
  username: string | null;
  token: Secret;
}

/** A Page with an Instagram professional account behind it. */
export type LinkedPage = FacebookPage & { instagramAccount: NonNullable<FacebookPage['instagramAccount']> };

/** @throws AppError `no_instagram_account` when no Page of a login has an account behind it */
export function linkedPages(pages: FacebookPage[]): LinkedPage[] {
  const linked = pages.filter((page): page is LinkedPage => page.instagramAccount !== null);
  if (linked.length === 0) throw noAccount(pages);
  return linked;
}

/**
 * Which of a login's Pages, and so which Instagram account, is meant.
 * @param accountId the account asked for, if any
 * @returns undefined when a person must choose: it is not there, or none was asked for among several
 */
export function choosePage(linked: LinkedPage[], accountId: string | undefined): LinkedPage | undefined {
  if (accountId === undefined) return linked.length === 1 ? linked[0] : undefined;
  return linked.find(({ instagramAccount: { id } }) => id === accountId);
}

/**
 * Facebook tells the person's tasks on a Page; where it says nothing, the first call of Instagram's will.
 * @throws AppError `permission_denied`
 */
export function publishable(page: LinkedPage): PublishingPage {
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

export function asAvailable({ id, name, instagramAccount: account }: LinkedPage): AvailableAccount {
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
