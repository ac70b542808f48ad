import { ApiProperty } from '@nestjs/swagger';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  Min,
  ValidateBy,
} from 'class-validator';
import { OptionalField } from '../../common/optional-field';
import type { MediaKind } from '../media-rules';
import { MEND_WISHES, type MendWish } from '../mending-plan';

const MAX_TITLE = 255;
/** Instagram's limit. */
const MAX_ALT_TEXT = 1_000;
/** Instagram's limit, in code points. */
const MAX_CAPTION = 2_200;
/** PostgreSQL's text cannot hold it. */
const WITHOUT_NUL = /^[^\0]*$/;
const noNul = { message: 'must not contain the character U+0000' };

function MaxCodePoints(most: number): PropertyDecorator {
  const validate = (value: unknown) => typeof value === 'string' && [...value].length <= most;
  const message = `must not have more than ${most} characters`;
  return ValidateBy({ name: 'maxCodePoints', validator: { validate, defaultMessage: () => message } });
}

/** What an asset may be given to carry along. */
export class AssetTexts {
  /**
   * For you to find it again; Instagram never sees it
   * @example 'Sourdough, take 3'
   */
  @IsOptional()
  @IsString()
  @MaxLength(MAX_TITLE)
  @Matches(WITHOUT_NUL, noNul)
  title?: string;

  /**
   * What people hear who can't see it; for images
   * @example 'A loaf of bread on a wooden board'
   */
  @IsOptional()
  @IsString()
  @MaxLength(MAX_ALT_TEXT)
  @Matches(WITHOUT_NUL, noNul)
  alt_text?: string;

  /**
   * Posted as soon as it is ready, on your default account: a video as a reel, an image in the feed. `auto_post` of the
   * asset tells what became of it
   * @example false
   */
  @OptionalField()
  @IsBoolean()
  auto_post_to_instagram?: boolean;

  /**
   * Of that post: at most 2,200 characters
   * @example 'Fresh from the oven #bakery'
   */
  @OptionalField()
  @IsString()
  @MaxCodePoints(MAX_CAPTION)
  @Matches(WITHOUT_NUL, noNul)
  caption?: string;
}

/** What a new asset may be given */
export class NewAssetFields extends AssetTexts {
  /**
   * What may be done to it so that Instagram takes it. `auto` (default): anything but changing its shape; `pad`, `crop`: the
   * shape of an image too, to the nearest that the feed allows; `off`: nothing
   */
  @ApiProperty({ type: String, enum: MEND_WISHES, required: false, default: 'auto' })
  @OptionalField()
  @IsIn(MEND_WISHES)
  mend?: MendWish;
}

/** Media that is on the web already */
export class CreateAssetBody extends NewAssetFields {
  /**
   * Public http(s) URL that answers a plain GET, for us now and for Instagram when it is published
   * @example 'https://cdn.example.com/reel.mp4'
   */
  @IsString()
  @IsNotEmpty()
  url!: string;

  /** What you take it for; refused when the bytes are something else */
  @ApiProperty({ type: String, enum: ['image', 'video'], required: false })
  @OptionalField()
  @IsIn(['image', 'video'])
  kind?: MediaKind;
}

/** Media as a file, sent as `multipart/form-data` */
export class UploadAssetBody extends NewAssetFields {
  /** The image or video; its bytes decide what it is, not its name */
  @ApiProperty({ type: 'string', format: 'binary' })
  file!: unknown;
}

/** Media that will be sent to a URL of its own */
export class PresignAssetBody extends AssetTexts {
  /**
   * Becomes the title where none is given
   * @example 'sourdough.mp4'
   */
  @OptionalField()
  @IsString()
  @MaxLength(MAX_TITLE)
  @Matches(WITHOUT_NUL, noNul)
  filename?: string;

  /**
   * Sent along with the bytes; what they really are is looked at once they are there
   * @example 'video/mp4'
   */
  @Matches(/^(image|video)\/[\w.+-]{1,100}$/, { message: 'must be an image/… or video/… type' })
  content_type!: string;

  /**
   * Exactly: another number of bytes is refused
   * @example 7340032
   */
  @IsInt()
  @Min(1)
  size_bytes!: number;
}

/** What to change; what is left out stays, null clears */
export class UpdateAssetBody {
  /** For you to find it again; Instagram never sees it */
  @ApiProperty({ type: String, nullable: true, required: false })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_TITLE)
  @Matches(WITHOUT_NUL, noNul)
  title?: string | null;

  /** What people hear who can't see it; for images */
  @ApiProperty({ type: String, nullable: true, required: false })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_ALT_TEXT)
  @Matches(WITHOUT_NUL, noNul)
  alt_text?: string | null;
}
