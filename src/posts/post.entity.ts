import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { MediaKind, MediaType } from './post-rules';
import type { Outcome, PostStatus, Step, WaitReason } from './post-state';

/** One medium of a post: an asset of ours, or somebody's public URL. */
export interface PostItem {
  kind: MediaKind;
  asset_id: number | null;
  url: string;
  /** These two of items of a carousel; a single medium has its own among the options. */
  alt_text?: string;
  user_tags?: ItemTag[];
}

/** A person who is shown: on images at a place, as shares of width and height. */
export interface ItemTag {
  username: string;
  x?: number;
  y?: number;
}

/** What Instagram may be told besides media and caption. Meta: IG User media; reference §2.1. */
export interface PostOptions {
  share_to_feed?: boolean;
  location_id?: string;
  cover_url?: string;
  /** Milliseconds. */
  thumb_offset?: number;
  audio_name?: string;
  alt_text?: string;
  /** As they were sent, with or without `#`; Instagram is given them below the caption. */
  hashtags?: string[];
  user_tags?: ItemTag[];
  collaborators?: string[];
  trial_params?: { graduation_strategy: 'MANUAL' | 'SS_PERFORMANCE' };
  is_ai_generated?: boolean;
  /** Not of the container: a comment that is written once the post is live. */
  first_comment?: string;
}

/** A row of `posts` as the API reads it; publishing has its own statements (publishing/publishing-rows.ts). */
@Entity('posts')
export class PostEntity {
  @PrimaryColumn({ type: 'bigint' }) id!: number;
  @Column({ name: 'user_id', type: 'bigint' }) userId!: number;
  @Column({ name: 'account_row_id', type: 'bigint' }) accountRowId!: number;
  @Column({ name: 'account_id', type: 'text' }) accountId!: string;
  @Column({ name: 'media_type', type: 'text' }) mediaType!: MediaType;
  @Column({ name: 'video_id', type: 'bigint', nullable: true }) videoId!: number | null;
  @Column({ type: 'jsonb' }) items!: PostItem[];
  @Column({ type: 'text', nullable: true }) caption!: string | null;
  @Column({ type: 'jsonb' }) options!: PostOptions;
  @Column({ name: 'scheduled_time', type: 'timestamptz', nullable: true }) scheduledTime!: Date | null;
  @Column({ name: 'due_at', type: 'timestamptz' }) dueAt!: Date;
  @Column({ name: 'max_lateness_seconds', type: 'integer', nullable: true }) maxLatenessSeconds!: number | null;
  @Column({ name: 'external_id', type: 'text', nullable: true }) externalId!: string | null;
  @Column({ name: 'allow_duplicate', type: 'boolean' }) allowDuplicate!: boolean;
  @Column({ type: 'text' }) status!: PostStatus;
  @Column({ type: 'text' }) outcome!: Outcome;
  @Column({ type: 'text' }) step!: Step;
  @Column({ name: 'next_action_at', type: 'timestamptz', nullable: true }) nextActionAt!: Date | null;
  @Column({ name: 'wait_reason', type: 'text', nullable: true }) waitReason!: WaitReason | null;
  @Column({ type: 'integer' }) epoch!: number;
  @Column({ name: 'intent_at', type: 'timestamptz', nullable: true }) intentAt!: Date | null;
  @Column({ name: 'instagram_post_id', type: 'text', nullable: true }) instagramPostId!: string | null;
  @Column({ type: 'text', nullable: true }) permalink!: string | null;
  @Column({ name: 'posted_at', type: 'timestamptz', nullable: true }) postedAt!: Date | null;
  @Column({ name: 'error_type', type: 'text', nullable: true }) errorType!: string | null;
  @Column({ name: 'error_message', type: 'text', nullable: true }) errorMessage!: string | null;
  @Column({ name: 'instagram_error_code', type: 'integer', nullable: true }) instagramErrorCode!: number | null;
  @Column({ name: 'instagram_error_subcode', type: 'integer', nullable: true }) instagramErrorSubcode!: number | null;
  @Column({ name: 'fbtrace_id', type: 'text', nullable: true }) fbtraceId!: string | null;
  @Column({ name: 'created_at', type: 'timestamptz' }) createdAt!: Date;
  @Column({ name: 'updated_at', type: 'timestamptz' }) updatedAt!: Date;
}
