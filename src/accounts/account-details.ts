import { type InstagramAccount } from '../graph/index';

/** What Instagram shows of an account, as it is kept and answered. Null: Instagram leaves it out. */
export interface KnownDetails {
  username: string;
  name: string | null;
  biography: string | null;
  /** `BUSINESS` or `MEDIA_CREATOR`; Facebook Login does not tell. */
  account_type: string | null;
  followers_count: number | null;
  follows_count: number | null;
  media_count: number | null;
  profile_picture_url: string | null;
}

export function detailsOf(account: InstagramAccount): KnownDetails {
  return {
    username: account.username,
    name: account.name,
    biography: account.biography,
    account_type: account.accountType,
    followers_count: account.followersCount,
    follows_count: account.followsCount,
    media_count: account.mediaCount,
    profile_picture_url: account.profilePictureUrl,
  };
}
