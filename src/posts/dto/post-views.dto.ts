import { ApiProperty } from '@nestjs/swagger';
import { GRADUATION_STRATEGIES } from '../kind-rules';
import { OUTCOMES, STATUSES, WAIT_REASONS, type Outcome, type PostStatus, type WaitReason } from '../post-state';

/** The answer to "publish this now". */
export class PostAccepted {
  /** @example true */
  success!: boolean;
  /** @example 123 */
  post_id!: number;
  /**
   * The first wake-up of this post in the queue, as the dashboard shows it
   * @example 'post-123-0'
   */
  task_id!: string;
  /** @example processing */
  status!: 'processing';
  /** @example 'Publishing has begun. GET /api/instagram/posts/123/status tells how far it is.' */
  message!: string;
}

/** The answer to "publish this then". */
export class PostScheduled {
  /** @example true */
  success!: boolean;
  /** @example 124 */
  post_id!: number;
  /**
   * As it was sent
   * @example '2026-12-15T18:00:00+09:00'
   */
  scheduled_time!: string;
  /** @example 'The post will be published at 2026-12-15T09:00:00.000Z.' */
  message!: string;
}

/** A person who is shown; on images with a place, as shares of width and height. */
export class UserTagView {
  /** @example 'ada.baker' */
  username!: string;
  x?: number;
  y?: number;
}

/** One medium of a post. */
export class PostItemView {
  @ApiProperty({ enum: ['image', 'video'] })
  kind!: 'image' | 'video';
  /**
   * Of an asset: as it was when the post was made; the asset itself has one that is still good
   * @example 'https://media.example/loaf.jpg'
   */
  url!: string;
  /** Null: it is not of the library */
  @ApiProperty({ type: Number, nullable: true, example: 49 })
  asset_id!: number | null;
  /** Of an item of a carousel */
  alt_text?: string;
  user_tags?: UserTagView[];
}

/** A reel that is shown to others before it is shown to followers. */
export class TrialParamsView {
  @ApiProperty({ enum: GRADUATION_STRATEGIES })
  graduation_strategy!: 'MANUAL' | 'SS_PERFORMANCE';
}

/** The comment that follows a post. Whatever becomes of it, the post is what its own status says. */
export class FirstCommentView {
  /** @example 'Recipe in our bio #sourdough' */
  text!: string;
  /**
   * `pending`: the post is not live yet, or it is about to be written; `failed`: proved not to be there; `unknown`: nobody
   * can tell, and it is never written again; `canceled` with its post
   */
  @ApiProperty({ type: String, enum: ['pending', 'posted', 'failed', 'unknown', 'canceled'], example: 'posted' })
  status!: 'pending' | 'posted' | 'failed' | 'unknown' | 'canceled';
  /** Instagram's id of the comment */
  @ApiProperty({ type: String, nullable: true, example: '17873440459141021' })
  comment_id!: string | null;
  @ApiProperty({ type: String, nullable: true })
  error_type!: string | null;
  @ApiProperty({ type: String, nullable: true })
  error_message!: string | null;
}

/** A post. */
export class PostView {
  /** @example 123 */
  id!: number;
  /** @example '17841400000000001' */
  account_id!: string;
  /** @example REELS */
  media_type!: 'IMAGE' | 'REELS' | 'STORIES' | 'CAROUSEL';
  /** The asset of kind `video` it was made of */
  @ApiProperty({ type: Number, nullable: true, example: 49 })
  video_id!: number | null;
  /** What it shows, in order: one medium, or the 2 to 10 of a carousel */
  items!: PostItemView[];
  @ApiProperty({ enum: STATUSES, example: 'completed' })
  status!: PostStatus;
  /** Whether it is on Instagram, as far as can be proved */
  @ApiProperty({ enum: OUTCOMES, example: 'live' })
  outcome!: Outcome;
  /** Whether making it again can never put a second copy on Instagram */
  safe_to_retry!: boolean;
  /** Instagram's id of the medium */
  @ApiProperty({ type: String, nullable: true, example: '17920238422030506' })
  instagram_post_id!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'https://www.instagram.com/reel/CRyZpjhDO_k/' })
  permalink!: string | null;
  /** Null: published at once */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  scheduled_time!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  posted_at!: string | null;
  /** Why nothing is done although the time has come; null: it is not so */
  @ApiProperty({ enum: WAIT_REASONS, nullable: true })
  wait_reason!: WaitReason | null;
  /** Later than this after its time the post is `missed`; null: never too late */
  @ApiProperty({ type: Number, nullable: true, example: 3600 })
  max_lateness_seconds!: number | null;
  /** What you call it; no other post of yours has the same */
  @ApiProperty({ type: String, nullable: true, example: 'entry-2026-117' })
  external_id!: string | null;
  /** Whether it may bring to its account what another post brings */
  allow_duplicate!: boolean;
  @ApiProperty({ type: String, nullable: true, example: 'Fresh from the oven #bakery' })
  caption!: string | null;
  /**
   * As they were sent; Instagram shows them below the caption
   * @example ['bread', '#sourdough']
   */
  hashtags!: string[];
  /** Null: no reel */
  @ApiProperty({ type: Boolean, nullable: true })
  share_to_feed!: boolean | null;
  @ApiProperty({ type: String, nullable: true })
  location_id!: string | null;
  @ApiProperty({ type: String, nullable: true })
  cover_url!: string | null;
  /** Milliseconds */
  @ApiProperty({ type: Number, nullable: true })
  thumb_offset!: number | null;
  @ApiProperty({ type: String, nullable: true })
  audio_name!: string | null;
  /** Of a single image */
  @ApiProperty({ type: String, nullable: true })
  alt_text!: string | null;
  /** Of a single medium; the items of a carousel have their own */
  user_tags!: UserTagView[];
  collaborators!: string[];
  @ApiProperty({ type: TrialParamsView, nullable: true })
  trial_params!: TrialParamsView | null;
  /** Null: nothing was said about it */
  @ApiProperty({ type: Boolean, nullable: true })
  is_ai_generated!: boolean | null;
  /** Null: none is wished for */
  @ApiProperty({ type: () => FirstCommentView, nullable: true })
  first_comment!: FirstCommentView | null;
  @ApiProperty({ type: String, nullable: true })
  error_message!: string | null;
  @ApiProperty({ type: String, nullable: true })
  error_type!: string | null;
  @ApiProperty({ type: Number, nullable: true })
  instagram_error_code!: number | null;
  @ApiProperty({ type: Number, nullable: true })
  instagram_error_subcode!: number | null;
  @ApiProperty({ type: String, nullable: true })
  fbtrace_id!: string | null;
  @ApiProperty({ type: String, format: 'date-time' })
  created_at!: string;
  @ApiProperty({ type: String, format: 'date-time' })
  updated_at!: string;
}

/** A page of posts, newest first. */
export class PostList {
  posts!: PostView[];
  /** How many posts the filters match, on all pages */
  total!: number;
  @ApiProperty({ type: String, nullable: true })
  next_cursor!: string | null;
}

/** How the user's posts fared. */
export class StatsView {
  /**
   * All that ended with a clear outcome: successful and failed
   * @example 42
   */
  total_posts!: number;
  /** @example 40 */
  successful_posts!: number;
  /**
   * `failed` and `missed`
   * @example 2
   */
  failed_posts!: number;
  /**
   * Those that wait for their time
   * @example 3
   */
  scheduled_posts!: number;
  /**
   * Successful of total, in per cent with one decimal; 0 when there are none
   * @example 95.2
   */
  success_rate!: number;
}

/** How far a post has come: made for polling. */
export class PostStatusView {
  /** @example 123 */
  post_id!: number;
  @ApiProperty({ enum: STATUSES, example: 'processing' })
  status!: PostStatus;
  @ApiProperty({ enum: OUTCOMES, example: 'not_live' })
  outcome!: Outcome;
  safe_to_retry!: boolean;
  @ApiProperty({ type: String, nullable: true })
  instagram_post_id!: string | null;
  @ApiProperty({ type: String, nullable: true })
  permalink!: string | null;
  @ApiProperty({ type: String, nullable: true })
  error_message!: string | null;
  @ApiProperty({ type: String, nullable: true })
  error_type!: string | null;
  /** When we look at it next; null when nothing is left to do */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  next_action_at!: string | null;
  /** Why nothing is done although the time has come; null: it is not so */
  @ApiProperty({ enum: WAIT_REASONS, nullable: true })
  wait_reason!: WaitReason | null;
  @ApiProperty({ type: String, format: 'date-time' })
  updated_at!: string;
}

/** One step, Graph call or decision. */
export class TimelineEntryView {
  @ApiProperty({ type: String, format: 'date-time' })
  at!: string;
  /** `fetch`: Instagram came for a file that we serve */
  @ApiProperty({ enum: ['state', 'call', 'decision', 'fetch'] })
  kind!: 'state' | 'call' | 'decision' | 'fetch';
  /** @example 'POST /{ig-id}/media_publish: 200' */
  summary!: string;
  /** Codes, durations and ids; never a token or a URL */
  @ApiProperty({ type: 'object', additionalProperties: true })
  detail!: Record<string, unknown>;
}

/** The whole story of a post, oldest first. */
export class TimelineView {
  /** @example 123 */
  post_id!: number;
  timeline!: TimelineEntryView[];
}
