import { ApiProperty } from '@nestjs/swagger';

const NO_END = 'Null when the token has no end that Meta tells: Page tokens live until they are revoked';

/** An account that was connected with a login code */
export class ConnectedAnswer {
  /** Always true */
  success!: true;
  /** @example '17841405309211844' */
  instagram_account_id!: string;
  /** The Facebook Page the account is linked to */
  @ApiProperty({ type: String, nullable: true, example: 'Cabin & Pine' })
  page_name!: string | null;
  @ApiProperty({ type: String, format: 'date-time', example: '2026-02-10T06:00:00.000Z' })
  connected_at!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: NO_END })
  token_expires_at!: string | null;
}

/** An account that was connected with a token made elsewhere */
export class ManuallyConnectedAnswer {
  /** Always true */
  success!: true;
  /** @example '17841405309211844' */
  instagram_account_id!: string;
  @ApiProperty({ type: String, example: 'Connected @cabin.and.pine.' })
  message!: string;
}

/** How an account stands; all null but `connected` when there is none */
export class AccountAnswer {
  connected!: boolean;
  @ApiProperty({ type: String, nullable: true, example: '17841405309211844' })
  instagram_account_id!: string | null;
  /** The Facebook Page the account is linked to */
  @ApiProperty({ type: String, nullable: true, example: 'Cabin & Pine' })
  page_name!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  connected_at!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: NO_END })
  token_expires_at!: string | null;
  /** Whole days left; 0 on the last day and after it */
  @ApiProperty({ type: Number, nullable: true, example: 58 })
  days_until_expiry!: number | null;
}

/** An account that was disconnected */
export class DisconnectedAnswer {
  /** Always true */
  success!: true;
  @ApiProperty({ type: String, example: 'Disconnected @cabin.and.pine; its token is erased.' })
  message!: string;
}

/** The account that is meant where none is named */
export class DefaultAnswer {
  /** Always true */
  success!: true;
  /** @example '17841405309211844' */
  account_id!: string;
  @ApiProperty({ type: String, example: '@cabin.and.pine is the default account now.' })
  message!: string;
}

/** Where to send the person's browser */
export class AuthorizeAnswer {
  /** The dialog's address, with everything it needs */
  auth_url!: string;
  /** Stands in auth_url and comes back in the redirect; good once, for this user, login and redirect URI */
  state!: string;
  /**
   * Seconds until the state expires
   * @example 600
   */
  expires_in!: number;
}
