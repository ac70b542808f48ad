import { Transform } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { IsInstant } from '../instant';

const A_URL = { protocols: ['http', 'https'], require_protocol: true, require_tld: false };
const OnNull = () => Transform(({ value }: { value: unknown }) => (value === null ? undefined : value));

/** What to publish. Exactly one of `video_id`, `asset_id`, `video_url` and `image_url`. */
export class CreatePostBody {
  /**
   * Id of an asset of kind `video`
   * @example 49
   */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  video_id?: number;

  /** Id of an asset of any kind */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  asset_id?: number;

  /** Public URL of a video; Instagram fetches it itself */
  @IsOptional()
  @IsUrl(A_URL, { message: 'must be an http(s) URL' })
  @MaxLength(2_048)
  video_url?: string;

  /** Public URL of a JPEG; Instagram fetches it itself */
  @IsOptional()
  @IsUrl(A_URL, { message: 'must be an http(s) URL' })
  @MaxLength(2_048)
  image_url?: string;

  /** Inferred where it is left out: a video becomes `REELS`, an image `IMAGE` */
  @IsOptional()
  @IsIn(['REELS', 'IMAGE', 'STORIES'])
  media_type?: 'REELS' | 'IMAGE' | 'STORIES';

  /**
   * At most 2,200 characters, 30 hashtags and 20 mentions; over a limit is refused, never trimmed
   * @example 'Fresh from the oven #bakery'
   */
  @IsOptional()
  @IsString()
  caption?: string;

  /** Reels: also in the feed, not only in the Reels tab */
  @OnNull()
  @IsBoolean()
  share_to_feed?: boolean = true;

  /** Id of a Facebook Page that has a location */
  @IsOptional()
  @Matches(/^\d{1,32}$/, { message: 'must be the digits of a Page id' })
  location_id?: string;

  /** Reels: public URL of a JPEG for the cover; wins over `thumb_offset` */
  @IsOptional()
  @IsUrl(A_URL, { message: 'must be an http(s) URL' })
  @MaxLength(2_048)
  cover_url?: string;

  /** Reels: which frame becomes the cover, in milliseconds from the start */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(900_000)
  thumb_offset?: number;

  /** Reels: the name of the original audio */
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(255)
  audio_name?: string;

  /** Images: what people hear who can't see it */
  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  alt_text?: string;

  /**
   * Instagram's id of the account; left out: the default account
   * @example '17841400000000001'
   */
  @IsOptional()
  @Matches(/^\d{1,32}$/, { message: 'must be a string of digits' })
  account_id?: string;
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
