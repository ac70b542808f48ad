import { IsIn, IsString, IsUrl, Matches, MaxLength } from 'class-validator';
import { OptionalField } from '../../common/optional-field';

/** What the login dialog handed over */
export class ConnectRequest {
  /** The `code` of the redirect; it works once, within the hour */
  @IsString()
  @Matches(/^[\x21-\x7e]+$/, { message: 'must be the code as it stands in the redirect, without white space' })
  @MaxLength(4096)
  code!: string;

  /**
   * Where the dialog sent the person back to, to the byte; left out: INSTAGRAM_REDIRECT_URI
   * @example 'https://app.example.com/callback'
   */
  @OptionalField()
  @IsUrl({ protocols: ['http', 'https'], require_tld: false, require_protocol: true })
  @MaxLength(2048)
  redirect_uri?: string;

  /** Which login gave the code */
  @OptionalField()
  @IsIn(['facebook'])
  login?: 'facebook';

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
export class DisconnectRequest {
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
