import { ApiProperty } from '@nestjs/swagger';
import type { AssetStatus } from '../asset.entity';
import type { MediaKind, MediaProblem } from '../media-rules';

/** Why Instagram would refuse the medium */
export class AssetProblemView {
  /** The `error_type` that publishing it would end with */
  @ApiProperty({ type: String, enum: ['media_invalid_format', 'media_too_large', 'media_aspect_ratio_error'] })
  code!: MediaProblem['code'];
  /**
   * The limit, what was found and what to do
   * @example 'Instagram takes JPEG for a feed image; this is image/png. Convert it.'
   */
  message!: string;
  /** What would mend it here; null: only another file would */
  @ApiProperty({ type: String, nullable: true, example: null })
  remedy!: string | null;
}

/** What became of `auto_post_to_instagram` */
export class AutoPostView {
  /** `waiting`: until the asset is ready; `failed`: no post was made, for this reason */
  @ApiProperty({ type: String, enum: ['waiting', 'posted', 'failed'] })
  status!: 'waiting' | 'posted' | 'failed';
  /** The post that was made of it; how it fares is the post's to tell */
  @ApiProperty({ type: Number, nullable: true, example: 123 })
  post_id!: number | null;
  @ApiProperty({ type: String, nullable: true, example: null })
  error_type!: string | null;
  /** Why there is none, for a person */
  @ApiProperty({ type: String, nullable: true, example: null })
  message!: string | null;
}

/** What can be posted */
export class AssetView {
  /** @example 49 */
  id!: number;
  /** By its bytes */
  @ApiProperty({ type: String, enum: ['image', 'video'] })
  kind!: MediaKind;
  /** Where it can be shown. Of an uploaded file: for a day at least, then read the asset again. Null while it is `uploading`, and once it is `expired` */
  @ApiProperty({ type: String, nullable: true, example: 'https://cdn.example.com/reel.mp4' })
  url!: string | null;
  /**
   * `uploading`: not completed yet. `processing`: the video is being mended and cannot be posted yet. `failed`: that came to
   * nothing, see `error_message`. `expired`: its file was cleared away after its last post
   */
  @ApiProperty({ type: String, enum: ['uploading', 'processing', 'ready', 'failed', 'expired'] })
  status!: AssetStatus;
  @ApiProperty({ type: String, nullable: true, example: 'Sourdough, take 3' })
  title!: string | null;
  @ApiProperty({ type: String, nullable: true, example: null })
  alt_text!: string | null;
  /** @example 'video/mp4' */
  content_type!: string;
  /** Pixels as shown, i.e. turned by EXIF orientation or rotation */
  @ApiProperty({ type: Number, nullable: true, example: 1080 })
  width!: number | null;
  /** Pixels as shown */
  @ApiProperty({ type: Number, nullable: true, example: 1920 })
  height!: number | null;
  /** Null for images */
  @ApiProperty({ type: Number, nullable: true, example: 14.8 })
  duration_seconds!: number | null;
  /** @example 7340032 */
  size_bytes!: number;
  /**
   * The picture's first, then the sound's; empty for images
   * @example ["h264", "aac"]
   */
  codecs!: string[];
  /** Why Instagram would refuse it in the feed (an image) or as a reel (a video); empty: it can be posted */
  problems!: AssetProblemView[];
  /**
   * What was done to it so that Instagram takes it
   * @example ["converted from PNG to JPEG", "transparency laid on white"]
   */
  mended!: string[];
  /** Per cent, while it is `processing` */
  @ApiProperty({ type: Number, nullable: true, example: null })
  progress!: number | null;
  /** Why mending failed; the asset is as it was sent */
  @ApiProperty({ type: String, nullable: true, example: null })
  error_message!: string | null;
  /** What may keep Instagram from fetching it: a slow server, its robots.txt; of media on the web only */
  warnings!: string[];
  /** For the post that it asks to become */
  @ApiProperty({ type: String, nullable: true, example: null })
  caption!: string | null;
  /** Null: it does not ask to be posted */
  @ApiProperty({ type: () => AutoPostView, nullable: true })
  auto_post!: AutoPostView | null;
  /** @example '2026-12-01T09:30:00.000Z' */
  created_at!: string;
}

/** Where to send the bytes: `PUT upload_url` with these headers and the file as the body */
export class UploadTicketView {
  /** @example 'https://api.example.com/uploads/4f6b…?e=1795177020&n=7340032&k=k1&s=…' */
  upload_url!: string;
  /** To be sent as they are */
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' }, example: { 'Content-Type': 'video/mp4' } })
  headers!: Record<string, string>;
  /**
   * `uploading` until `POST /assets/{id}/complete`
   * @example 49
   */
  asset_id!: number;
  /** Later the URL is refused; an upload that was begun goes on */
  @ApiProperty({ type: String, format: 'date-time' })
  expires_at!: string;
}

/** A page of assets, newest first */
export class AssetList {
  assets!: AssetView[];
  /** For the next page; null at the end */
  @ApiProperty({ type: String, nullable: true, example: 'YXNzZXRzOjQ5' })
  next_cursor!: string | null;
}
