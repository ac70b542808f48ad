import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsInt,
  IsNumber,
  IsObject,
  IsString,
  IsUrl,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { OptionalField } from '../../common/optional-field';
import { CAROUSEL_LIMITS } from '../carousel-rules';
import { A_URL } from './media-url';

/** A person who is shown. */
export class UserTagBody {
  /**
   * Of a public account, without the @
   * @example 'ada.baker'
   */
  @Matches(/^[a-z0-9._]{1,30}$/i, { message: 'must be an Instagram username, without the @' })
  username!: string;

  /** Images: from the left edge, as a share of the width; videos: left out */
  @OptionalField()
  @IsNumber()
  @Min(0)
  @Max(1)
  x?: number;

  /** Images: from the upper edge, as a share of the height; videos: left out */
  @OptionalField()
  @IsNumber()
  @Min(0)
  @Max(1)
  y?: number;
}

/** One medium of a carousel: exactly one of `video_url`, `image_url` and `asset_id`. */
export class CarouselItemBody {
  /** Public URL of a video of 3 to 60 seconds; Instagram fetches it itself */
  @OptionalField()
  @IsUrl(A_URL, { message: 'must be an http(s) URL' })
  @MaxLength(2_048)
  video_url?: string;

  /**
   * Public URL of a JPEG; Instagram fetches it itself
   * @example 'https://media.example/loaf.jpg'
   */
  @OptionalField()
  @IsUrl(A_URL, { message: 'must be an http(s) URL' })
  @MaxLength(2_048)
  image_url?: string;

  /** Id of an asset of any kind */
  @OptionalField()
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  asset_id?: number;

  /** Images: what people hear who can't see it */
  @OptionalField()
  @IsString()
  @MaxLength(1_000)
  alt_text?: string;

  /** Who is shown; on images `x` and `y` say where, on videos they are left out */
  @OptionalField()
  @IsArray()
  @ArrayMaxSize(CAROUSEL_LIMITS.tagsOfAnItem)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => UserTagBody)
  user_tags?: UserTagBody[];
}
