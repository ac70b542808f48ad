import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { MediaKind, MediaProblem, VideoFacts } from './media-rules';

/**
 * `uploading`: a client was given a URL to send it to, and has not said yet that it is there; what is known of it is what
 * the client said. `processing`: ffmpeg mends it. `failed`: that came to nothing; the original is what it was. `expired`:
 * its file was cleared away.
 */
export type AssetStatus = 'uploading' | 'processing' | 'ready' | 'failed' | 'expired';

/** Why Instagram would refuse an asset, and what would mend it. */
export interface AssetProblem extends Pick<MediaProblem, 'code' | 'message'> {
  /** Missing in rows from before there was mending. */
  remedy?: string | null;
}

/** A row of `assets`. It lives in one place: our storage (storageKey) or somebody's server (sourceUrl). */
@Entity('assets')
export class AssetEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: number;

  @Column({ name: 'user_id', type: 'bigint' })
  userId!: number;

  @Column({ type: 'text' })
  kind!: MediaKind;

  @Column({ type: 'text' })
  status!: AssetStatus;

  @Column({ type: 'text', nullable: true })
  title!: string | null;

  @Column({ name: 'alt_text', type: 'text', nullable: true })
  altText!: string | null;

  @Column({ name: 'source_url', type: 'text', nullable: true })
  sourceUrl!: string | null;

  @Column({ name: 'storage_key', type: 'text', nullable: true })
  storageKey!: string | null;

  /** Where an upload is waited for. */
  @Column({ name: 'upload_key', type: 'text', nullable: true })
  uploadKey!: string | null;

  @Column({ name: 'upload_expires_at', type: 'timestamptz', nullable: true })
  uploadExpiresAt!: Date | null;

  @Column({ name: 'content_type', type: 'text' })
  contentType!: string;

  @Column({ name: 'size_bytes', type: 'bigint' })
  sizeBytes!: number;

  @Column({ type: 'integer', nullable: true })
  width!: number | null;

  @Column({ type: 'integer', nullable: true })
  height!: number | null;

  @Column({ name: 'duration_seconds', type: 'double precision', nullable: true })
  durationSeconds!: number | null;

  @Column({ type: 'text', array: true })
  codecs!: string[];

  /** Null for images. */
  @Column({ type: 'jsonb', nullable: true })
  video!: VideoFacts | null;

  /** As its default target; see media-rules.ts. */
  @Column({ type: 'jsonb' })
  problems!: AssetProblem[];

  /** What was done to it, in words. */
  @Column({ type: 'text', array: true })
  mended!: string[];

  /** While it is processing: 0 to 100. */
  @Column({ type: 'smallint', nullable: true })
  progress!: number | null;

  /** Of a failed one: why. */
  @Column({ name: 'error_message', type: 'text', nullable: true })
  errorMessage!: string | null;

  /** How often a worker has taken it up; also the fence of who has it. */
  @Column({ name: 'mend_attempts', type: 'integer' })
  mendAttempts!: number;

  /** While it is processing: when it is due, or when the lease of who has it ends. */
  @Column({ name: 'mend_at', type: 'timestamptz', nullable: true })
  mendAt!: Date | null;

  /** What may keep Meta from fetching it; of URLs only. */
  @Column({ type: 'text', array: true })
  warnings!: string[];

  /** Of the post that it asks to become. */
  @Column({ type: 'text', nullable: true })
  caption!: string | null;

  /** Whether it is to be posted once it is ready, and what became of that (posts/auto-posting.service.ts); null: it isn't. */
  @Column({ name: 'auto_post', type: 'text', nullable: true })
  autoPost!: 'waiting' | 'posted' | 'failed' | null;

  @Column({ name: 'auto_post_id', type: 'bigint', nullable: true })
  autoPostId!: number | null;

  @Column({ name: 'auto_post_error_type', type: 'text', nullable: true })
  autoPostErrorType!: string | null;

  @Column({ name: 'auto_post_message', type: 'text', nullable: true })
  autoPostMessage!: string | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;
}
