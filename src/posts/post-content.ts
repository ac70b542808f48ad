import type { CarouselItemBody } from './dto/carousel-item.dto';
import type { CreatePostBody } from './dto/create-post.dto';
import type { EditPostBody } from './dto/edit-post.dto';
import { PARAMETERS } from './kind-rules';
import type { PostEntity, PostItem, PostOptions } from './post.entity';
import type { MediaType, RuleProblem } from './post-rules';
import { requestProblems } from './request-rules';

/** What a client decides about a post, as columns. */
export interface PostContent {
  accountRowId: number;
  /** Instagram's id of the account. */
  accountId: string;
  mediaType: MediaType;
  videoId: number | null;
  items: PostItem[];
  caption: string | null;
  options: PostOptions;
  maxLatenessSeconds: number | null;
  externalId: string | null;
  allowDuplicate: boolean;
  /** Null: a draft, or at once. */
  scheduledTime: Date | null;
  /** What may keep Instagram from fetching its media; told in the timeline. */
  warnings: string[];
}

type Stored = Pick<
  PostEntity,
  | 'mediaType'
  | 'videoId'
  | 'items'
  | 'caption'
  | 'options'
  | 'accountId'
  | 'maxLatenessSeconds'
  | 'externalId'
  | 'allowDuplicate'
>;

type StoredWords = Pick<Stored, 'mediaType' | 'items' | 'caption' | 'options'>;

/** A stored post as the create body that would make it: what an edit changes, and the rules check. */
export function wishOf(post: Stored): CreatePostBody {
  const { accountId, maxLatenessSeconds, externalId, allowDuplicate } = post;
  return {
    ...wordsOf(post),
    account_id: accountId,
    max_lateness_seconds: maxLatenessSeconds ?? undefined,
    external_id: externalId ?? undefined,
    allow_duplicate: allowDuplicate,
  };
}

/** The rules as they are now, on a post that was taken by those of its day. */
export function storedProblems(post: StoredWords): RuleProblem[] {
  return requestProblems(
    { ...wordsOf(post) },
    post.items.map(({ kind }) => kind),
  );
}

function wordsOf(post: StoredWords): CreatePostBody {
  const { caption, options, mediaType } = post;
  return {
    ...sourceOf(post),
    ...options,
    share_to_feed: options.share_to_feed ?? true,
    media_type: mediaType,
    caption: caption ?? undefined,
  };
}

/** What was left out of an edit stays, a null takes away; new media are taken for what they are, but a story stays one. */
export function edited(stored: CreatePostBody, edit: EditPostBody): CreatePostBody {
  const source = bringsMedia(edit, stored) ? edit : stored;
  const kept = source === stored || stored.media_type === 'STORIES' ? stored.media_type : undefined;
  const { video_id, asset_id, video_url, image_url, items } = source;
  return {
    video_id,
    asset_id,
    video_url,
    image_url,
    items,
    media_type: edit.media_type ?? (items ? 'CAROUSEL' : kept),
    caption: chosen(edit.caption, stored.caption),
    share_to_feed: edit.share_to_feed ?? stored.share_to_feed,
    location_id: chosen(edit.location_id, stored.location_id),
    cover_url: chosen(edit.cover_url, stored.cover_url),
    thumb_offset: chosen(edit.thumb_offset, stored.thumb_offset),
    audio_name: chosen(edit.audio_name, stored.audio_name),
    alt_text: chosen(edit.alt_text, stored.alt_text),
    hashtags: chosen(edit.hashtags, stored.hashtags),
    user_tags: chosen(edit.user_tags, stored.user_tags),
    collaborators: chosen(edit.collaborators, stored.collaborators),
    trial_params: chosen(edit.trial_params, stored.trial_params),
    is_ai_generated: chosen(edit.is_ai_generated, stored.is_ai_generated),
    first_comment: chosen(edit.first_comment, stored.first_comment),
    account_id: edit.account_id ?? stored.account_id,
    max_lateness_seconds: chosen(edit.max_lateness_seconds, stored.max_lateness_seconds),
    external_id: chosen(edit.external_id, stored.external_id),
    allow_duplicate: edit.allow_duplicate ?? stored.allow_duplicate,
  };
}

/** The fields that two wishes do not share, for the timeline. */
export function differences(one: CreatePostBody, other: CreatePostBody): (keyof CreatePostBody)[] {
  return FIELDS.filter((field) => !isSame(one, other, field));
}

/** Whether Instagram would be given other media, or the same as another kind of post: then they are checked again. */
export function changesMedia(fields: readonly (keyof CreatePostBody | 'scheduled_time')[]): boolean {
  return LOOKED_AT.some((field) => fields.includes(field));
}

/** Naming the media that a post has already is no change. */
function bringsMedia(edit: EditPostBody, stored: CreatePostBody): boolean {
  return SOURCES.some((one) => edit[one] !== undefined) && SOURCES.some((one) => !isSame(edit, stored, one));
}

const SOURCES = ['video_id', 'asset_id', 'video_url', 'image_url', 'items'] as const;
const MEDIA_FIELDS: readonly (keyof CreatePostBody)[] = [...SOURCES, 'media_type'];
/** What has to be looked at with the media: the frame of a cover has to be one of the video's. */
const LOOKED_AT: readonly (keyof CreatePostBody)[] = [...MEDIA_FIELDS, 'thumb_offset'];

const FIELDS: readonly (keyof CreatePostBody)[] = [
  ...MEDIA_FIELDS,
  ...PARAMETERS,
  'account_id',
  'max_lateness_seconds',
  'external_id',
  'allow_duplicate',
];

type Wish = { [field in keyof CreatePostBody]?: unknown };

function isSame(one: Wish, other: Wish, field: keyof CreatePostBody): boolean {
  return JSON.stringify(plain(one[field])) === JSON.stringify(plain(other[field]));
}

/** One order of fields for all, and nothing for what is left out: what is written the same is the same. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  // Nobody tagged is no tags.
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(plain);
  return Object.entries(value)
    .map(([name, part]): [string, unknown] => [name, plain(part)])
    .filter(([, part]) => part !== undefined)
    .sort(([name], [other]) => (name < other ? -1 : 1));
}

function sourceOf({ items, mediaType }: StoredWords): CreatePostBody {
  if (mediaType === 'CAROUSEL') return { items: items.map(itemBodyOf) };
  const [item] = items;
  if (!item) return {};
  const isVideo = item.kind === 'video';
  if (item.asset_id !== null) return isVideo ? { video_id: item.asset_id } : { asset_id: item.asset_id };
  return isVideo ? { video_url: item.url } : { image_url: item.url };
}

function itemBodyOf({ kind, asset_id, url, alt_text, user_tags }: PostItem): CarouselItemBody {
  const texts = { alt_text, user_tags };
  if (asset_id !== null) return { asset_id, ...texts };
  return kind === 'video' ? { video_url: url, ...texts } : { image_url: url, ...texts };
}

function chosen<T>(asked: T | null | undefined, stored: T | undefined): T | undefined {
  return asked === undefined ? stored : (asked ?? undefined);
}
