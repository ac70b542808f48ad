import { joinedCaption } from './caption';
import type { PostItem, PostOptions } from './post.entity';
import type { MediaType } from './post-rules';

/** What followers would see of a post. */
export interface Content {
  mediaType: MediaType;
  items: PostItem[];
  caption: string | null;
  options: Pick<PostOptions, 'hashtags'>;
}

/**
 * The same for two posts whose followers would see the same: media (assets by id, others by URL) in the same order, as
 * the same kind of post, under the same caption with the same hashtags. The same video as a reel and as a story is no duplicate.
 */
export function contentKey({ mediaType, items, caption, options }: Content): string {
  const words = joinedCaption(caption, options.hashtags) ?? '';
  return JSON.stringify([mediaType, words, items.map(({ asset_id, url }) => asset_id ?? url)]);
}

/** A post as far as it may be a duplicate of another. */
export interface Guarded extends Content {
  accountRowId: number;
  scheduledTime: Date | null;
  allowDuplicate: boolean;
}

/** Whether an edit may have made it a duplicate; one that was allowed before stays allowed. */
export function isGuardedAlike(one: Guarded, other: Guarded): boolean {
  return (
    one.accountRowId === other.accountRowId &&
    one.scheduledTime?.getTime() === other.scheduledTime?.getTime() &&
    one.allowDuplicate === other.allowDuplicate &&
    contentKey(one) === contentKey(other)
  );
}
