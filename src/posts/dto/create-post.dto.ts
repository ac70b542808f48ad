import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsObject,
  IsString,
  IsUrl,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import type { FieldProblem } from '../../common/app-error';
import { OptionalField } from '../../common/optional-field';
import { IsInstant } from '../instant';
import { GRADUATION_STRATEGIES, LIMITS } from '../kind-rules';
import { requestProblems } from '../request-rules';
import { CarouselItemBody, UserTagBody } from './carousel-item.dto';
import { EXTERNAL_ID, NOT_AN_EXTERNAL_ID } from './external-id';
import { A_URL } from './media-url';

export const LONGEST_LATENESS_SECONDS = 31_536_000;

/** A reel that is shown to others before it is shown to followers. */
export class TrialParamsBody {
  /** When followers see it, too: `MANUAL` when somebody decides it in the app, `SS_PERFORMANCE` when it does well */
  @IsIn(GRADUATION_STRATEGIES)
  graduation_strategy!: 'MANUAL' | 'SS_PERFORMANCE';
}

/** What to publish. Exactly one of `video_id`, `asset_id`, `video_url`, `image_url` and `items`. */
export class CreatePostBody {
  /** @see RulesAcrossFields */
  static rulesBroken(body: Partial<Record<keyof CreatePostBody, unknown>>): FieldProblem[] {
    return requestProblems(body);
  }

  /**
   * Id of an asset of kind `video`
   * @example 49
   */
  @OptionalField()
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  video_id?: number;

  /** Id of an asset of any kind */
  @OptionalField()
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  asset_id?: number;

  /** Public URL of a video; Instagram fetches it itself */
  @OptionalField()
  @IsUrl(A_URL, { message: 'must be an http(s) URL' })
  @MaxLength(2_048)
  video_url?: string;

  /** Public URL of a JPEG; Instagram fetches it itself */
  @OptionalField()
  @IsUrl(A_URL, { message: 'must be an http(s) URL' })
  @MaxLength(2_048)
  image_url?: string;

  /** A carousel: 2 to 10 images and videos, shown in this order and cropped to the shape of the first */
  @ApiPropertyOptional({ type: [CarouselItemBody], minItems: LIMITS.minItems, maxItems: LIMITS.maxItems })
  @OptionalField()
  @IsArray()
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => CarouselItemBody)
  items?: CarouselItemBody[];

  /** Inferred where it is left out: a video becomes `REELS`, an image `IMAGE`, items a `CAROUSEL` */
  @OptionalField()
  @IsIn(['REELS', 'IMAGE', 'STORIES', 'CAROUSEL'])
  media_type?: 'REELS' | 'IMAGE' | 'STORIES' | 'CAROUSEL';

  /**
   * Its limits count what `hashtags` adds, too; over a limit is refused, never trimmed
   * @example 'Fresh from the oven #bakery'
   */
  @OptionalField()
  @IsString()
  caption?: string;

  /**
   * Put below the caption, in this order, with a blank line between; with or without the `#`
   * @example ['bread', '#sourdough']
   */
  @OptionalField()
  @IsArray()
  @IsString({ each: true })
  hashtags?: string[];

  /** Also in the feed, not only in the Reels tab */
  @Transform(({ value }: { value: unknown }) => value ?? true)
  @IsBoolean()
  share_to_feed?: boolean = true;

  /** Id of a Facebook Page that has a location */
  @OptionalField()
  @Matches(/^\d{1,32}$/, { message: 'must be the digits of a Page id' })
  location_id?: string;

  /** Public URL of a JPEG for the cover; wins over `thumb_offset` */
  @OptionalField()
  @IsUrl(A_URL, { message: 'must be an http(s) URL' })
  @MaxLength(2_048)
  cover_url?: string;

  /** Which frame becomes the cover, in milliseconds from the start */
  @OptionalField()
  @IsInt()
  @Min(0)
  @Max(900_000)
  thumb_offset?: number;

  /** The name of the original audio */
  @OptionalField()
  @IsString()
  @IsNotEmpty()
  @MaxLength(255)
  audio_name?: string;

  /** What people hear who can't see it */
  @OptionalField()
  @IsString()
  alt_text?: string;

  /** Who is shown, and where */
  @OptionalField()
  @IsArray()
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => UserTagBody)
  user_tags?: UserTagBody[];

  /**
   * Usernames of accounts that are asked to show the post as theirs, too, without the @
   * @example ['ada.baker']
   */
  @OptionalField()
  @IsArray()
  @IsString({ each: true })
  collaborators?: string[];

  /** A trial reel; Instagram refuses it from accounts that are not eligible */
  @OptionalField()
  @IsObject()
  @ValidateNested()
  @Type(() => TrialParamsBody)
  trial_params?: TrialParamsBody;

  /** Says on Instagram that it was made with AI; for a carousel as a whole */
  @OptionalField()
  @IsBoolean()
  is_ai_generated?: boolean;

  /**
   * Written under the post once it is live, by its own account; never twice, and whatever becomes of it, the post stays
   * `completed`. At most 2,200 characters and 30 hashtags; not on stories
   * @example 'Recipe in our bio #sourdough'
   */
  @OptionalField()
  @IsString()
  @Matches(/\S/, { message: 'must not be empty; leave it out for no comment' })
  first_comment?: string;

  /**
   * Instagram's id of the account; left out: the default account
   * @example '17841400000000001'
   */
  @OptionalField()
  @Matches(/^\d{1,32}$/, { message: 'must be a string of digits' })
  account_id?: string;

  /** Later than this after its time the post becomes `missed` instead of going live; left out: never too late */
  @OptionalField()
  @IsInt()
  @Min(1)
  @Max(LONGEST_LATENESS_SECONDS)
  max_lateness_seconds?: number;

  /** Only check it: the answer is that of `POST /posts/validate`, and nothing is stored */
  @OptionalField()
  @IsBoolean()
  dry_run?: boolean;

  /**
   * What you call it: no other post of yours may have the same (409 `external_id_taken`); a canceled one keeps it
   * @example 'entry-2026-117'
   */
  @OptionalField()
  @Matches(EXTERNAL_ID, { message: NOT_AN_EXTERNAL_ID })
  external_id?: string;

  /** Publish it although the same media with the same caption is or goes live on the account about then (409 `duplicate_post`) */
  @OptionalField()
  @IsBoolean()
  allow_duplicate?: boolean;
}

/** What to publish, and when. */
export class SchedulePostBody extends CreatePostBody {
  /**
   * RFC 3339 with an offset, not more than 60 s in the past
   * @example '2026-12-15T18:00:00+09:00'
   */
  @IsInstant()
  scheduled_time!: string;
}

/** What to publish, and when: at `scheduled_time`, not yet (`status: "draft"`), or now where both are left out. */
export class NewPostBody extends CreatePostBody {
  /** @see RulesAcrossFields */
  static override rulesBroken(body: Partial<Record<keyof NewPostBody, unknown>>): FieldProblem[] {
    return [...super.rulesBroken(body), ...NewPostBody.timeOfADraft(body)];
  }

  static timeOfADraft({ status, scheduled_time }: Partial<Record<keyof NewPostBody, unknown>>): FieldProblem[] {
    if ((status ?? null) === null || (scheduled_time ?? null) === null) return [];
    return [{ pointer: '/status', message: 'a draft has no scheduled_time; leave one of the two out' }];
  }

  /** RFC 3339 with an offset, not more than 60 s in the past */
  @OptionalField()
  @IsInstant()
  scheduled_time?: string;

  /** Stored, and published when you say so */
  @OptionalField()
  @IsIn(['draft'])
  status?: 'draft';
}
