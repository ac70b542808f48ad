import type { PostingAccount } from '../accounts/accounts.service';
import type { CarouselItemBody } from './dto/carousel-item.dto';
import type { CreatePostBody } from './dto/create-post.dto';
import type { PostContent } from './post-content';
import type { PostItem, PostOptions } from './post.entity';
import type { LocatedMedium } from './post-media';
import type { MediaType } from './post-rules';

/** A wish that passed every check, as columns. */
export function contentOf(
  wish: CreatePostBody,
  found: { account: PostingAccount; mediaType: MediaType; items: PostItem[]; scheduledTime: Date | null },
): Omit<PostContent, 'warnings'> {
  const { account, mediaType, items, scheduledTime } = found;
  return {
    accountRowId: account.rowId,
    accountId: account.accountId,
    mediaType,
    videoId: videoIdOf(items),
    items,
    caption: wish.caption ?? null,
    options: optionsOf(wish, mediaType === 'REELS'),
    maxLatenessSeconds: wish.max_lateness_seconds ?? null,
    externalId: wish.external_id ?? null,
    allowDuplicate: wish.allow_duplicate ?? false,
    scheduledTime,
  };
}

export function itemOf({ kind, assetId, url }: LocatedMedium, item: CarouselItemBody | undefined): PostItem {
  return { kind, asset_id: assetId, url, alt_text: item?.alt_text, user_tags: some(item?.user_tags) };
}

/** Of a post that is one video of the library. */
function videoIdOf([item, ...others]: PostItem[]): number | null {
  return others.length === 0 && item?.kind === 'video' ? item.asset_id : null;
}

function optionsOf(wish: CreatePostBody, isReel: boolean): PostOptions {
  const { location_id, cover_url, thumb_offset, audio_name, alt_text, trial_params, is_ai_generated, first_comment } =
    wish;
  const options: PostOptions = {
    location_id,
    cover_url,
    thumb_offset,
    audio_name,
    alt_text,
    hashtags: some(wish.hashtags),
    user_tags: some(wish.user_tags),
    collaborators: some(wish.collaborators),
    trial_params,
    is_ai_generated,
    first_comment,
  };
  return isReel ? { share_to_feed: wish.share_to_feed, ...options } : options;
}

/** An empty list is as good as none. */
function some<T>(list: T[] | undefined): T[] | undefined {
  return list?.length ? list : undefined;
}
