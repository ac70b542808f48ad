import { Type } from 'class-transformer';
import {
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
import { NOT_A_USERNAME } from '../field-rules';
import { USERNAME } from '../kind-rules';
import { A_URL } from './media-url';

/** A person who is shown. */
export class UserTagBody {
  /**
   * Of a public account, without the @
   * @example 'ada.baker'
   */
  @Matches(USERNAME, { message: NOT_A_USERNAME })
  username!: string;

  /** From the left edge, as a share of the width */
  @OptionalField()
  @IsNumber()
  @Min(0)
  @Max(1)
  x?: number;

  /** From the upper edge, as a share of the height */
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
}
