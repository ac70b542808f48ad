import { type Login } from '../graph/index';

/** What the dialogs ask for: all that some part of this service uses (reference §1a, §1b). */
export const SCOPES_ASKED: Readonly<Record<Login, readonly string[]>> = {
  facebook: [
    'instagram_basic',
    'instagram_content_publish',
    'instagram_manage_comments',
    'instagram_manage_insights',
    'instagram_manage_messages',
    'instagram_manage_contents',
    'pages_show_list',
    'pages_read_engagement',
    'pages_manage_metadata',
    'business_management',
  ],
  instagram: [
    'instagram_business_basic',
    'instagram_business_content_publish',
    'instagram_business_manage_comments',
    'instagram_business_manage_messages',
    'instagram_business_manage_insights',
  ],
};

/** Without these nothing can be published; without the others some features are missing. */
const SCOPES_TO_PUBLISH: Readonly<Record<Login, readonly string[]>> = {
  facebook: ['instagram_basic', 'instagram_content_publish'],
  instagram: ['instagram_business_basic', 'instagram_business_content_publish'],
};

export const PUBLISHING_SCOPE: Readonly<Record<Login, string>> = {
  facebook: 'instagram_content_publish',
  instagram: 'instagram_business_content_publish',
};

/** Pages that are reached through a business portfolio only can be listed with it. */
export const PORTFOLIO_SCOPE = 'business_management';

/** Without these a login of Facebook finds no Page, or gets no token of one that can publish. */
const SCOPES_TO_FIND_PAGES = ['pages_show_list', 'pages_read_engagement'];

/** @param granted empty: nobody said, so nothing is known to be missing */
export function missingToPublish(login: Login, granted: readonly string[]): string[] {
  return granted.length === 0 ? [] : SCOPES_TO_PUBLISH[login].filter((scope) => !granted.includes(scope));
}

/** What the person behind a Facebook login must still grant. */
export function missingToFindPages(granted: readonly string[]): string[] {
  if (granted.length === 0) return [];
  const pages = SCOPES_TO_FIND_PAGES.filter((scope) => !granted.includes(scope));
  return [...missingToPublish('facebook', granted), ...pages];
}
