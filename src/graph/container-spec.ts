/** A tagged person. Photos need `x` and `y` (0–1 from the upper left corner), videos must not have them. */
export interface UserTag {
  username: string;
  x?: number;
  y?: number;
}

interface Labelled {
  /** Instagram then says that it was made with AI. Of a carousel as a whole, never of its children. */
  isAiGenerated?: boolean;
}

interface Captioned extends Labelled {
  caption?: string;
  /** Id of a Facebook Page that has a location. */
  locationId?: string;
  /** Up to three usernames. */
  collaborators?: string[];
}

/** Where Instagram fetches a video; null: it is sent with `uploadVideo` once there is a container (Facebook Login only). */
type VideoUrl = string | null;

/**
 * What to make a container of: one kind per thing that Instagram can show, each with only the fields it may have.
 * URLs must be public, plain ASCII and answer with the file itself. Meta: IG User media; reference §2.1.
 */
export type ContainerSpec =
  | ({ kind: 'image'; imageUrl: string; altText?: string; userTags?: UserTag[] } & Captioned)
  | ({
      kind: 'reel';
      videoUrl: VideoUrl;
      coverUrl?: string;
      /** Frame to use as the cover, in milliseconds from the start; `coverUrl` wins over it. */
      thumbOffsetMs?: number;
      /** Default (Instagram's own): false, the Reels tab only. */
      shareToFeed?: boolean;
      audioName?: string;
      userTags?: UserTag[];
      /** A trial reel, and when followers see it, too. Not every account is eligible. */
      trialParams?: { graduation_strategy: 'MANUAL' | 'SS_PERFORMANCE' };
    } & Captioned)
  | ({ kind: 'story_image'; imageUrl: string; userTags?: UserTag[] } & Labelled)
  | ({ kind: 'story_video'; videoUrl: VideoUrl; userTags?: UserTag[] } & Labelled)
  | { kind: 'carousel_image'; imageUrl: string; altText?: string; userTags?: UserTag[] }
  | { kind: 'carousel_video'; videoUrl: VideoUrl; userTags?: UserTag[] }
  /** `children`: 2 to 10 ids of finished `carousel_image` and `carousel_video` containers, in the order to show. */
  | ({ kind: 'carousel'; children: string[] } & Captioned);

/** The body of `POST /{ig-id}/media`; fields that are left out stay out. */
export function containerBody(spec: ContainerSpec): Record<string, unknown> {
  switch (spec.kind) {
    case 'image':
      return { image_url: spec.imageUrl, alt_text: spec.altText, user_tags: spec.userTags, ...captioned(spec) };
    case 'reel':
      return {
        media_type: 'REELS',
        ...videoFrom(spec.videoUrl),
        cover_url: spec.coverUrl,
        thumb_offset: spec.thumbOffsetMs,
        share_to_feed: spec.shareToFeed,
        audio_name: spec.audioName,
        user_tags: spec.userTags,
        trial_params: spec.trialParams,
        ...captioned(spec),
      };
    case 'story_image':
      return { media_type: 'STORIES', image_url: spec.imageUrl, user_tags: spec.userTags, ...labelled(spec) };
    case 'story_video':
      return { media_type: 'STORIES', ...videoFrom(spec.videoUrl), user_tags: spec.userTags, ...labelled(spec) };
    case 'carousel_image':
      return { is_carousel_item: true, image_url: spec.imageUrl, alt_text: spec.altText, user_tags: spec.userTags };
    case 'carousel_video':
      // VIDEO is gone for feed posts, yet a video child sent without it is taken for an image (reference §0.8).
      return { is_carousel_item: true, media_type: 'VIDEO', ...videoFrom(spec.videoUrl), user_tags: spec.userTags };
    case 'carousel':
      return { media_type: 'CAROUSEL', children: spec.children.join(','), ...captioned(spec) };
  }
}

function videoFrom(url: VideoUrl): Record<string, unknown> {
  return url === null ? { upload_type: 'resumable' } : { video_url: url };
}

function captioned({ caption, locationId, collaborators, ...more }: Captioned): Record<string, unknown> {
  return { caption, location_id: locationId, collaborators, ...labelled(more) };
}

function labelled({ isAiGenerated }: Labelled): Record<string, unknown> {
  return { is_ai_generated: isAiGenerated };
}
