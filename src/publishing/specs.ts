import type { ContainerSpec } from '../graph';
import { joinedCaption } from '../posts/caption';
import type { PostItem } from '../posts/post.entity';
import type { ClaimedPost } from './publishing-rows';

/** A post as the container that Instagram makes of its one medium; `url` null: a video that we send. Meta: IG User media; reference §2.1. */
export function containerSpec(
  post: Pick<ClaimedPost, 'mediaType' | 'caption' | 'options'>,
  item: Pick<PostItem, 'kind'>,
  url: string | null,
): ContainerSpec {
  const { options } = post;
  switch (post.mediaType) {
    case 'REELS':
      return {
        kind: 'reel',
        videoUrl: url,
        shareToFeed: options.share_to_feed,
        coverUrl: options.cover_url,
        thumbOffsetMs: options.thumb_offset,
        audioName: options.audio_name,
        userTags: options.user_tags,
        trialParams: options.trial_params,
        ...captioned(post),
      };
    case 'STORIES': {
      // Instagram shows no caption there (src/posts/kind-rules.ts: ignored).
      const rest = { userTags: options.user_tags, isAiGenerated: options.is_ai_generated };
      return item.kind === 'video'
        ? { kind: 'story_video', videoUrl: url, ...rest }
        : { kind: 'story_image', imageUrl: fetched(url), ...rest };
    }
    case 'IMAGE':
      return {
        kind: 'image',
        imageUrl: fetched(url),
        altText: options.alt_text,
        userTags: options.user_tags,
        ...captioned(post),
      };
    case 'CAROUSEL':
      throw new Error('A carousel is made of children, not of one medium.');
  }
}

/** One item of a carousel. Caption, location, collaborators and the label of AI are its parent's. */
export function childSpec(item: Pick<PostItem, 'kind' | 'alt_text' | 'user_tags'>, url: string | null): ContainerSpec {
  return item.kind === 'video'
    ? { kind: 'carousel_video', videoUrl: url, userTags: item.user_tags }
    : { kind: 'carousel_image', imageUrl: fetched(url), altText: item.alt_text, userTags: item.user_tags };
}

/** The carousel itself, of children that are ready; they show in the order of the items. */
export function carouselSpec(post: Pick<ClaimedPost, 'caption' | 'options' | 'children'>): ContainerSpec {
  return { kind: 'carousel', children: post.children.map(({ containerId }) => containerId ?? ''), ...captioned(post) };
}

function fetched(url: string | null): string {
  if (url === null) throw new Error('Only videos are sent; images are fetched.');
  return url;
}

function captioned({ caption, options }: Pick<ClaimedPost, 'caption' | 'options'>) {
  return {
    caption: joinedCaption(caption, options.hashtags) ?? undefined,
    locationId: options.location_id,
    collaborators: options.collaborators,
    isAiGenerated: options.is_ai_generated,
  };
}
