import { type Secret } from '../common/secret';
import * as json from './json';
import { secret, unwrapped } from './wire';

export const PAGE_FIELDS =
  'id,name,access_token,tasks,instagram_business_account{id,username,name,profile_picture_url,followers_count}';
const PROFILE_FIELDS = 'username,name,profile_picture_url,followers_count,follows_count,media_count';
export const INSTAGRAM_USER_FIELDS = `id,user_id,account_type,${PROFILE_FIELDS}`;
export const FACEBOOK_ACCOUNT_FIELDS = `id,biography,${PROFILE_FIELDS}`;

/** A token and its end; `expiresAt` null: Meta did not say (ask `inspectToken`). */
export interface GrantedToken {
  accessToken: Secret;
  expiresAt: Date | null;
}

/** Instagram Login's short token: one hour, with what the person granted. */
export interface InstagramShortToken {
  accessToken: Secret;
  /** App-scoped, equal to `identifyInstagramUser().appScopedId`; not the id used in paths. */
  appScopedId: string | null;
  permissions: string[];
}

/** A Facebook Page of the person, and the professional account behind it. Meta: me/accounts; reference §1a. */
export interface FacebookPage {
  id: string;
  name: string;
  pageToken: Secret | null;
  /** The person's roles on the Page: `MANAGE`, `CREATE_CONTENT`, `PROFILE_PLUS_FULL_CONTROL`, … */
  tasks: string[];
  /** Whether one of `tasks` lets the person publish. */
  canPublish: boolean;
  /** Null when no professional account is linked, or it was not chosen in the dialog. */
  instagramAccount: {
    id: string;
    username: string | null;
    name: string | null;
    profilePictureUrl: string | null;
    followersCount: number | null;
  } | null;
}

/** A permission that was asked for. Meta: me/permissions; reference §1a. */
export interface Permission {
  name: string;
  /** `granted`, `declined` or `expired`. */
  status: string;
}

/** Meta: debug_token; reference §1a. It cannot inspect tokens of Instagram Login. */
export interface TokenInspection {
  appId: string;
  /** `USER`, `PAGE`, `SYSTEM_USER` or `APP`. */
  type: string;
  isValid: boolean;
  issuedAt: Date | null;
  /** Null with `neverExpires` false: not said. */
  expiresAt: Date | null;
  neverExpires: boolean;
  /** After this calls fail although the token is valid; the person must confirm access (reference §11). */
  dataAccessExpiresAt: Date | null;
  scopes: string[];
  /** `targetIds` null: the scope covers all Pages and accounts. */
  granularScopes: { scope: string; targetIds: string[] | null }[];
  userId: string | null;
  /** The Page of a Page token. */
  profileId: string | null;
}

/** A professional account as the API shows it. Numbers are null where Meta leaves them out. */
export interface InstagramAccount {
  /** The id used in paths, the contract's `account_id`. */
  id: string;
  username: string;
  name: string | null;
  biography: string | null;
  /** `BUSINESS` or `MEDIA_CREATOR`; null on Facebook Login, which does not tell. */
  accountType: string | null;
  followersCount: number | null;
  followsCount: number | null;
  mediaCount: number | null;
  profilePictureUrl: string | null;
}

/** Who an Instagram Login token belongs to. `appScopedId` is what Meta's deauthorize callbacks name. */
export interface InstagramUser extends InstagramAccount {
  appScopedId: string;
}

const PUBLISHING_TASKS = ['MANAGE', 'CREATE_CONTENT', 'PROFILE_PLUS_FULL_CONTROL', 'PROFILE_PLUS_CREATE_CONTENT'];

export function grantedToken(answer: unknown, now: Date): GrantedToken {
  const wire = unwrapped(answer);
  const seconds = json.integer(wire.expires_in);
  return {
    accessToken: secret(wire.access_token, 'access_token'),
    expiresAt: seconds === null || seconds <= 0 ? null : new Date(now.getTime() + seconds * 1000),
  };
}

export function instagramShortToken(answer: unknown): InstagramShortToken {
  const wire = unwrapped(answer);
  return {
    accessToken: secret(wire.access_token, 'access_token'),
    appScopedId: json.id(wire.user_id),
    permissions: strings(typeof wire.permissions === 'string' ? wire.permissions.split(',') : wire.permissions),
  };
}

export function facebookPage(answer: unknown): FacebookPage {
  const wire = json.record(answer, 'page');
  const tasks = strings(wire.tasks);
  const account = json.isRecord(wire.instagram_business_account) ? wire.instagram_business_account : null;
  return {
    id: json.requiredId(wire.id, 'id'),
    name: json.text(wire.name) ?? '',
    pageToken: json.text(wire.access_token) === null ? null : secret(wire.access_token, 'access_token'),
    tasks,
    canPublish: tasks.some((task) => PUBLISHING_TASKS.includes(task)),
    instagramAccount: account && {
      id: json.requiredId(account.id, 'instagram_business_account.id'),
      username: json.text(account.username),
      name: json.text(account.name),
      profilePictureUrl: json.text(account.profile_picture_url),
      followersCount: json.integer(account.followers_count),
    },
  };
}

export function businessId(answer: unknown): string {
  return json.requiredId(json.record(answer, 'business').id, 'id');
}

export function permissions(answer: unknown): Permission[] {
  const { data } = json.record(answer, 'body');
  if (!Array.isArray(data)) throw new json.ShapeError('data');
  return data
    .filter(json.isRecord)
    .map(({ permission, status }) => ({ name: json.text(permission) ?? '', status: json.text(status) ?? '' }));
}

export function tokenInspection(answer: unknown): TokenInspection {
  const wire = json.record(json.record(answer, 'body').data, 'data');
  return {
    appId: json.id(wire.app_id) ?? '',
    type: json.text(wire.type) ?? '',
    isValid: wire.is_valid === true,
    issuedAt: json.unixTime(wire.issued_at),
    expiresAt: json.unixTime(wire.expires_at),
    neverExpires: json.integer(wire.expires_at) === 0,
    dataAccessExpiresAt: json.unixTime(wire.data_access_expires_at),
    scopes: strings(wire.scopes),
    granularScopes: json
      .list(wire.granular_scopes)
      .filter(json.isRecord)
      .map(({ scope, target_ids: targets }) => ({
        scope: json.text(scope) ?? '',
        targetIds: Array.isArray(targets) ? strings(targets) : null,
      })),
    userId: json.id(wire.user_id),
    profileId: json.id(wire.profile_id),
  };
}

/** `/{ig-id}` on either host. On graph.instagram.com `id` may be the app-scoped one, so `user_id` wins (reference §1b). */
export function instagramAccount(answer: unknown): InstagramAccount {
  const wire = unwrapped(answer);
  return {
    id: json.requiredId(wire.user_id ?? wire.id, 'id'),
    username: json.requiredText(wire.username, 'username'),
    name: json.text(wire.name),
    biography: json.text(wire.biography),
    // Documented as `Business`, seen as `BUSINESS`.
    accountType: json.text(wire.account_type)?.toUpperCase() ?? null,
    followersCount: json.integer(wire.followers_count),
    followsCount: json.integer(wire.follows_count),
    mediaCount: json.integer(wire.media_count),
    profilePictureUrl: json.text(wire.profile_picture_url),
  };
}

export function instagramUser(answer: unknown): InstagramUser {
  const wire = unwrapped(answer);
  json.requiredId(wire.user_id, 'user_id');
  return { ...instagramAccount(answer), appScopedId: json.requiredId(wire.id, 'id') };
}

function strings(values: unknown): string[] {
  return json
    .list(values)
    .map(json.id)
    .filter((value) => value !== null)
    .map((value) => value.trim());
}
