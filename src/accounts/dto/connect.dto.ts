import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsString,
  IsUrl,
  Length,
  Matches,
  MaxLength,
} from 'class-validator';
import { OptionalField } from '../../common/optional-field';

/** What the login dialog handed over */
export class ConnectRequest {
  /** The `code` of the redirect; it works once, within the hour */
  @IsString()
  @Matches(/^[\x21-\x7e]+$/, { message: 'must be the code as it stands in the redirect, without white space' })
  @MaxLength(4096)
  code!: string;

  /**
   * Where the dialog sent the person back to, to the byte; left out: that of the state, or INSTAGRAM_REDIRECT_URI
   * @example 'https://app.example.com/callback'
   */
  @OptionalField()
  @IsUrl({ protocols: ['http', 'https'], require_tld: false, require_protocol: true })
  @MaxLength(2048)
  redirect_uri?: string;

  /** Of GET /oauth/authorize, as it came back in the redirect; it is used up with this call, whatever comes of it */
  @OptionalField()
  @IsString()
  @Length(1, 512)
  state?: string;

  /** Which login gave the code; left out: the one that the state was made for, or Facebook Login */
  @OptionalField()
  @IsIn(['facebook', 'instagram'])
  login?: 'facebook' | 'instagram';

  /**
   * Which account, where the login reaches several
   * @example '17841405309211844'
   */
  @OptionalField()
  @Matches(/^\d{1,32}$/, { message: 'must be a string of digits' })
  account_id?: string;
}

/** A token made elsewhere: a Page or user token of Facebook Login, or one of Instagram Login */
export class ManualConnectRequest {
  /** @example '17841405309211844' */
  @Matches(/^\d{1,32}$/, { message: 'must be a string of digits' })
  account_id!: string;

  /** Proved against Instagram before it is stored, and sealed */
  @IsString()
  @Matches(/^[\w|.-]+$/, { message: 'must be a token: letters, digits and -_.| only' })
  @MaxLength(4096)
  access_token!: string;
}

/** Which account */
export class AccountRequest {
  /**
   * Left out: the default account
   * @example '17841405309211844'
   */
  @OptionalField()
  @Matches(/^\d{1,32}$/, { message: 'must be a string of digits' })
  account_id?: string;
}

/** Which account */
export class AccountQuery {
  /**
   * Left out: the default account
   * @example '17841405309211844'
   */
  @OptionalField()
  @Matches(/^\d{1,32}$/, { message: 'must be a string of digits' })
  account_id?: string;
}

/** How somebody wants to log in */
export class AuthorizeQuery {
  /** Left out: `facebook` */
  @OptionalField()
  @IsIn(['facebook', 'instagram'])
  login?: 'facebook' | 'instagram';

  /**
   * Where the dialog sends the browser back to, with code and state: a page of a front end (FRONTEND_URL), which then calls
   * POST /connect. Left out: the callback of this service, which connects by itself
   * @example 'https://app.example.com/instagram/callback'
   */
  @OptionalField()
  @IsString()
  @MaxLength(2048)
  redirect_uri?: string;
}

/** Which choice */
export class SelectionQuery {
  /** Of an `account_selection_required`, or of the redirect that followed it */
  @IsString()
  @Length(1, 512)
  selection_token!: string;
}

/** Which accounts of a login to connect */
export class SelectRequest {
  /** Of an `account_selection_required`, or of the redirect that followed it; it works once, within 10 minutes */
  @IsString()
  @Length(1, 512)
  selection_token!: string;

  /** The first becomes the default, where there is none */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @ArrayUnique()
  @Matches(/^\d{1,32}$/, { each: true, message: 'must be strings of digits' })
  account_ids!: string[];
}

/** How fresh */
export class DetailsQuery {
  /** `true`: ask Instagram now, instead of once a day */
  @OptionalField()
  @IsIn(['true', 'false'])
  refresh?: 'true' | 'false';
}

/** What Meta's dialog puts behind the address of the callback. A browser brings it, so nothing is refused for its shape. */
export interface CallbackQuery {
  code?: unknown;
  state?: unknown;
  error?: unknown;
}
