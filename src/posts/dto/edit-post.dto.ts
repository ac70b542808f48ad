import { ApiPropertyOptional, PickType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsInt,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { OptionalField } from '../../common/optional-field';
import { IsInstant } from '../instant';
import { UserTagBody } from './carousel-item.dto';
import { CreatePostBody, LONGEST_LATENESS_SECONDS, TrialParamsBody } from './create-post.dto';
import { EXTERNAL_ID, NOT_AN_EXTERNAL_ID } from './external-id';
import { A_URL } from './media-url';

/**
 * What to change; what is left out stays. Where null is allowed, it takes away what the post had. One of `video_id`,
 * `asset_id`, `video_url`, `image_url` and `items` brings other media, all of them; fields that the new kind of post does not take have to be
 * taken away with it.
 */
export class EditPostBody extends PickType(CreatePostBody, [
  'video_id',
  'asset_id',
  'video_url',
  'image_url',
  'items',
  'media_type',
  'account_id',
]) {
  @ApiPropertyOptional({ type: String, nullable: true, example: 'Fresh from the oven #bakery' })
  @IsOptional()
  @IsString()
  caption?: string | null;

  /** Put below the caption, in this order, with a blank line between; with or without the `#` */
  @ApiPropertyOptional({ type: [String], nullable: true, example: ['bread', '#sourdough'] })
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  hashtags?: string[] | null;

  /** Also in the feed, not only in the Reels tab */
  @OptionalField()
  @IsBoolean()
  share_to_feed?: boolean;

  /** Id of a Facebook Page that has a location */
  @ApiPropertyOptional({ type: String, nullable: true })
  @IsOptional()
  @Matches(/^\d{1,32}$/, { message: 'must be the digits of a Page id' })
  location_id?: string | null;

  /** Public URL of a JPEG for the cover; wins over `thumb_offset` */
  @ApiPropertyOptional({ type: String, nullable: true })
  @IsOptional()
  @IsUrl(A_URL, { message: 'must be an http(s) URL' })
  @MaxLength(2_048)
  cover_url?: string | null;

  /** Which frame becomes the cover, in milliseconds from the start */
  @ApiPropertyOptional({ type: Number, nullable: true })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(900_000)
  thumb_offset?: number | null;

  /** The name of the original audio */
  @ApiPropertyOptional({ type: String, nullable: true })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(255)
  audio_name?: string | null;

  /** What people hear who can't see it */
  @ApiPropertyOptional({ type: String, nullable: true })
  @IsOptional()
  @IsString()
  alt_text?: string | null;

  /** Who is shown, and where */
  @ApiPropertyOptional({ type: [UserTagBody], nullable: true })
  @IsOptional()
  @IsArray()
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => UserTagBody)
  user_tags?: UserTagBody[] | null;

  /** Usernames of accounts that are asked to show the post as theirs, too, without the @ */
  @ApiPropertyOptional({ type: [String], nullable: true, example: ['ada.baker'] })
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  collaborators?: string[] | null;

  /** A trial reel; Instagram refuses it from accounts that are not eligible */
  @ApiPropertyOptional({ type: TrialParamsBody, nullable: true })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => TrialParamsBody)
  trial_params?: TrialParamsBody | null;

  /** Says on Instagram that it was made with AI; for a carousel as a whole */
  @ApiPropertyOptional({ type: Boolean, nullable: true })
  @IsOptional()
  @IsBoolean()
  is_ai_generated?: boolean | null;

  /** Written under the post once it is live; null: none */
  @ApiPropertyOptional({ type: String, nullable: true })
  @IsOptional()
  @IsString()
  @Matches(/\S/, { message: 'must not be empty; send null for no comment' })
  first_comment?: string | null;

  /** Later than this after its time the post is `missed`; null: never too late */
  @ApiPropertyOptional({ type: Number, nullable: true })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(LONGEST_LATENESS_SECONDS)
  max_lateness_seconds?: number | null;

  /** What you call it: no other post of yours may have the same */
  @ApiPropertyOptional({ type: String, nullable: true })
  @IsOptional()
  @Matches(EXTERNAL_ID, { message: NOT_AN_EXTERNAL_ID })
  external_id?: string | null;

  /** Publish it although the same media with the same caption is or goes live on the account about then */
  @OptionalField()
  @IsBoolean()
  allow_duplicate?: boolean;

  /** RFC 3339 with an offset; makes a draft a scheduled post, and null makes a scheduled post a draft */
  @ApiPropertyOptional({ type: String, format: 'date-time', nullable: true, example: '2026-12-15T18:00:00+09:00' })
  @IsOptional()
  @IsInstant()
  scheduled_time?: string | null;
}
