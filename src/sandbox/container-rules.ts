import { isRecord, isUrl } from './checks';
import { type GraphError, invalidParameter, type Login, missingParameter } from './graph-error';
import { type Params } from './params';
import { publishingError } from './publishing-error';

/** Where the media will show. */
export type Surface = 'FEED' | 'REELS' | 'STORY';

/** The parameters of `POST /{ig-id}/media`, read and found good (§2.1). */
export interface ContainerRequest {
  surface: Surface;
  media_type: 'IMAGE' | 'VIDEO' | 'CAROUSEL_ALBUM';
  is_carousel_item: boolean;
  caption: string | null;
  /** Where the media is; null for carousels and for bytes that will be uploaded. */
  source_url: string | null;
  resumable: boolean;
  cover_url: string | null;
  /** Milliseconds. */
  thumb_offset: number;
  children: string[];
  share_to_feed: boolean;
  alt_text: string | null;
  is_ai_generated: boolean;
  /** Shown to non-followers first (`trial_params`). */
  is_trial: boolean;
}

type Kind = Pick<ContainerRequest, 'surface' | 'media_type' | 'is_carousel_item'>;

const FACEBOOK_ONLY = [
  'product_tags',
  'audio_configuration',
  'branded_content_sponsor_ids',
  'is_paid_partnership',
  'poll_attachment',
  'is_poll_duration_extended',
  'is_comment_prompt_used',
];

/** The rules of parameter and kind; throws the error that Meta documents for the first one broken. */
export function readContainerRequest(params: Params, login: Login): ContainerRequest {
  const kind = kindOf(params);
  const resumable = isResumable(params, login);
  refuseFacebookOnly(params, login);
  const request: ContainerRequest = {
    ...kind,
    resumable,
    source_url: kind.media_type === 'CAROUSEL_ALBUM' || resumable ? null : sourceOf(params, kind),
    caption: captionOf(params, kind),
    cover_url: kind.surface === 'REELS' ? (params.text('cover_url') ?? null) : null,
    thumb_offset: thumbOffset(params),
    children: kind.media_type === 'CAROUSEL_ALBUM' ? childrenOf(params) : [],
    share_to_feed: params.flag('share_to_feed') ?? true,
    alt_text: altText(params, kind),
    is_ai_generated: params.flag('is_ai_generated') ?? false,
    is_trial: isTrial(params, kind),
  };
  checkPlaceAndPeople(params, kind);
  checkProductTags(params, kind);
  return request;
}

function kindOf(params: Params): Kind {
  const is_carousel_item = params.flag('is_carousel_item') ?? false;
  const given = params.text('media_type');
  switch (given) {
    case undefined:
    case 'IMAGE':
      return { surface: 'FEED', media_type: 'IMAGE', is_carousel_item };
    case 'VIDEO':
      // Feed videos became reels on 2023-11-09; only children of a carousel still say VIDEO.
      if (!is_carousel_item) throw publishingError(2207067);
      return { surface: 'FEED', media_type: 'VIDEO', is_carousel_item };
    case 'REELS':
      if (is_carousel_item) throw invalidParameter('(#100) Reels are not supported as carousel items.');
      return { surface: 'REELS', media_type: 'VIDEO', is_carousel_item };
    case 'STORIES': {
      if (is_carousel_item) throw invalidParameter('(#100) Stories are not supported as carousel items.');
      const isVideo = params.text('video_url') !== undefined || params.text('upload_type') !== undefined;
      if (isVideo && params.text('image_url')) {
        throw invalidParameter('(#100) Only one of image_url and video_url may be specified.');
      }
      return { surface: 'STORY', media_type: isVideo ? 'VIDEO' : 'IMAGE', is_carousel_item };
    }
    case 'CAROUSEL':
      if (is_carousel_item) throw invalidParameter('(#100) A carousel cannot be a carousel item.');
      return { surface: 'FEED', media_type: 'CAROUSEL_ALBUM', is_carousel_item };
    default:
      throw publishingError(2207023, given);
  }
}

function isResumable(params: Params, login: Login): boolean {
  const type = params.text('upload_type');
  if (type === undefined) return false;
  if (type !== 'resumable') throw invalidParameter('(#100) Param upload_type must be one of {resumable}');
  if (login === 'instagram') throw invalidParameter('(#100) Param upload_type is not supported.');
  if (params.text('video_url')) throw invalidParameter('(#100) video_url is not allowed with upload_type=resumable.');
  return true;
}

function refuseFacebookOnly(params: Params, login: Login): void {
  const refused = login === 'instagram' ? FACEBOOK_ONLY.find((name) => params.text(name) !== undefined) : undefined;
  if (refused) throw invalidParameter(`(#100) Param ${refused} is not supported with Instagram Login.`);
}

function sourceOf(params: Params, kind: Kind): string {
  const name = kind.media_type === 'VIDEO' ? 'video_url' : 'image_url';
  const url = params.text(name);
  if (url === undefined) throw missingParameter(name);
  if (!isUrl(url) || !/^https?:/i.test(url)) throw publishingError(2207052, url);
  return url;
}

function captionOf(params: Params, kind: Kind): string | null {
  const caption = params.text('caption');
  if (caption === undefined || kind.is_carousel_item || kind.surface === 'STORY') return null;
  if (caption.length > 2_200 && [...caption].length > 2_200) throw publishingError(2207010);
  // Meta gives hashtags no code of their own; its text for "caption too long" names all three limits.
  if ((caption.match(/#[\p{L}\p{N}_]+/gu)?.length ?? 0) > 30) throw publishingError(2207010);
  if ((caption.match(/@[\w.]+/g)?.length ?? 0) > 20) throw publishingError(2207040);
  return caption;
}

function childrenOf(params: Params): string[] {
  const children = params.list('children');
  if (!children) throw missingParameter('children');
  if (children.length < 2 || children.length > 10) throw publishingError(2207028);
  return children;
}

function thumbOffset(params: Params): number {
  const offset = params.integer('thumb_offset') ?? 0;
  if (offset < 0) throw publishingError(2207057);
  return offset;
}

function altText(params: Params, kind: Kind): string | null {
  const text = params.text('alt_text');
  if (text === undefined) return null;
  if (kind.media_type !== 'IMAGE' || kind.surface !== 'FEED') {
    throw invalidParameter('(#100) Param alt_text is only supported for images in the feed.');
  }
  if ([...text].length > 1_000) throw invalidParameter('(#100) Param alt_text must be at most 1000 characters.');
  return text;
}

export function invalidLocation(): GraphError {
  return invalidParameter('INSTAGRAM_PLATFORM_API__INVALID_LOCATION_ID');
}

function checkPlaceAndPeople(params: Params, kind: Kind): void {
  const location = params.text('location_id');
  const inCarousel = kind.is_carousel_item;
  if (location !== undefined && (inCarousel || kind.surface === 'STORY')) {
    throw invalidParameter('(#100) param location_id is not allowed');
  }
  if (location !== undefined && !/^\d+$/.test(location)) {
    throw invalidLocation();
  }
  const collaborators = params.list('collaborators');
  if (collaborators && (inCarousel || kind.surface === 'STORY')) {
    throw invalidParameter('(#100) param collaborators is not allowed');
  }
  if (collaborators && collaborators.length > 3) throw invalidParameter('(#100) Too many collaborators: at most 3.');
  if (collaborators?.some((name) => !/^[\w.]{1,30}$/.test(name))) {
    throw invalidParameter('(#100) Param collaborators must be a list of usernames.');
  }
  if (inCarousel && params.text('is_ai_generated') !== undefined) {
    throw invalidParameter('(#100) param is_ai_generated is not allowed');
  }
  checkUserTags(params.jsonList('user_tags'), kind);
}

function checkUserTags(tags: unknown[], kind: Kind): void {
  if (tags.length === 0) return;
  if (kind.media_type === 'CAROUSEL_ALBUM') throw invalidParameter('(#100) param user_tags is not allowed');
  if (tags.length > 20) throw publishingError(2207040);
  for (const tag of tags) {
    if (!isRecord(tag) || typeof tag['username'] !== 'string') {
      throw invalidParameter('(#100) Param user_tags must be a list of {username, x, y}.');
    }
    const placed = tag['x'] !== undefined || tag['y'] !== undefined;
    if (kind.surface === 'STORY' && !placed) continue;
    if (kind.media_type === 'VIDEO' && kind.surface !== 'STORY') {
      if (placed) throw invalidParameter('(#100) Tag positions are not allowed on videos.');
    } else if (!isShare(tag['x']) || !isShare(tag['y'])) {
      throw invalidParameter('(#100) Tag positions x and y must be numbers between 0.0 and 1.0.');
    }
  }
}

function isShare(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= 1;
}

function checkProductTags(params: Params, kind: Kind): void {
  for (const tag of params.jsonList('product_tags')) {
    if (!isRecord(tag) || tag['product_id'] === undefined) throw publishingError(2207037);
    const placed = tag['x'] !== undefined || tag['y'] !== undefined;
    if (kind.media_type === 'VIDEO' && placed) throw publishingError(2207035);
    if (kind.media_type === 'IMAGE' && !placed) throw publishingError(2207036);
  }
}

function isTrial(params: Params, kind: Kind): boolean {
  const trial = params.json('trial_params');
  if (trial === undefined) return false;
  const strategy = isRecord(trial) ? trial['graduation_strategy'] : undefined;
  if (kind.surface !== 'REELS' || (strategy !== 'MANUAL' && strategy !== 'SS_PERFORMANCE')) {
    throw invalidParameter('(#100) Param trial_params is invalid.');
  }
  return true;
}
