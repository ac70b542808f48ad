import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsNotEmpty, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { OptionalField } from '../../common/optional-field';
import type { MediaKind } from '../media-rules';
import { MEND_WISHES, type MendWish } from '../mending-plan';

const MAX_TITLE = 255;
/** Instagram's limit. */
const MAX_ALT_TEXT = 1_000;
/** PostgreSQL's text cannot hold it. */
const WITHOUT_NUL = /^[^\0]*$/;
const noNul = { message: 'must not contain the character U+0000' };

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
