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

/** What can be posted */
export class AssetView {
  /** @example 49 */
  id!: number;
  /** By its bytes */
  @ApiProperty({ type: String, enum: ['image', 'video'] })
  kind!: MediaKind;
  /**
   * Where it can be fetched, by Instagram too
   * @example 'https://cdn.example.com/reel.mp4'
   */
  url!: string;
  /** `processing`: the video is being mended and cannot be posted yet. `failed`: that came to nothing, see `error_message` */
  @ApiProperty({ type: String, enum: ['processing', 'ready', 'failed'] })
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
  /** @example '2026-12-01T09:30:00.000Z' */
  created_at!: string;
}

/** A page of assets, newest first */
export class AssetList {
  assets!: AssetView[];
  /** For the next page; null at the end */
  @ApiProperty({ type: String, nullable: true, example: 'YXNzZXRzOjQ5' })
  next_cursor!: string | null;
}
