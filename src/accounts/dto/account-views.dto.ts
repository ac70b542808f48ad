import { ApiProperty } from '@nestjs/swagger';

const instant = { type: String, format: 'date-time', nullable: true } as const;

/** Whether one can publish with the account */
export class AccountHealth {
  /** `expiring`: soon only a person can help. `action_required`: posts wait until the account is connected again */
  @ApiProperty({ enum: ['ok', 'expiring', 'action_required'] })
  status!: 'ok' | 'expiring' | 'action_required';
  /** Such as `invalid_token`, `token_expired`, `token_expires`, `data_access_expired`; null when all is well */
  @ApiProperty({ type: String, nullable: true, example: null })
  reason!: string | null;
  /** Since when action is required, where that is known */
  @ApiProperty({ type: String, format: 'date-time', required: false })
  since?: string;
}

/** A connected account. What Instagram shows of it is at most a day old; null: not known, or Instagram leaves it out */
export class AccountView {
  /** @example '17841405309211844' */
  account_id!: string;
  @ApiProperty({ type: String, nullable: true, example: 'cabin.and.pine' })
  username!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'Cabin & Pine' })
  name!: string | null;
  @ApiProperty({ type: String, nullable: true })
  biography!: string | null;
  /** `BUSINESS` or `MEDIA_CREATOR`; Facebook Login does not tell */
  @ApiProperty({ type: String, nullable: true, example: 'BUSINESS' })
  account_type!: string | null;
  @ApiProperty({ type: Number, nullable: true, example: 12840 })
  followers_count!: number | null;
  @ApiProperty({ type: Number, nullable: true, example: 312 })
  follows_count!: number | null;
  @ApiProperty({ type: Number, nullable: true, example: 427 })
  media_count!: number | null;
  @ApiProperty({ type: String, nullable: true })
  profile_picture_url!: string | null;
  /** Which of Meta's two logins it is connected by */
  @ApiProperty({ enum: ['facebook', 'instagram'] })
  login!: 'facebook' | 'instagram';
  /** The Facebook Page the account is linked to */
  @ApiProperty({ type: String, nullable: true, example: '104000000000001' })
  page_id!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'Cabin & Pine' })
  page_name!: string | null;
  /** Whether it is meant where a request names no account */
  is_default!: boolean;
  @ApiProperty({ type: String, format: 'date-time' })
  connected_at!: string;
  health!: AccountHealth;
  @ApiProperty({ ...instant, description: 'Null: the token has no end that Meta tells' })
  token_expires_at!: string | null;
  /** Whole days left; 0 on the last day and after it */
  @ApiProperty({ type: Number, nullable: true, example: 58 })
  days_until_expiry!: number | null;
  @ApiProperty({ ...instant, description: 'Facebook Login: after this the person must confirm access once more' })
  data_access_expires_at!: string | null;
  /** What the person granted; empty: not known */
  @ApiProperty({ type: [String], example: ['instagram_basic', 'instagram_content_publish'] })
  scopes!: string[];
  @ApiProperty({ ...instant, description: 'When Instagram was last asked for the details; null: never with success' })
  details_fetched_at!: string | null;
}

/** A page of connected accounts, newest first */
export class AccountList {
  accounts!: AccountView[];
  @ApiProperty({ type: String, nullable: true })
  next_cursor!: string | null;
}

/** An account that a login reaches */
export class AvailableAccount {
  /** @example '17841405309211844' */
  account_id!: string;
  @ApiProperty({ type: String, nullable: true, example: 'cabin.and.pine' })
  username!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'Cabin & Pine' })
  name!: string | null;
  /** @example '104000000000001' */
  page_id!: string;
  /** @example 'Cabin & Pine' */
  page_name!: string;
  @ApiProperty({ type: String, nullable: true })
  profile_picture_url!: string | null;
  @ApiProperty({ type: Number, nullable: true, example: 12840 })
  followers_count!: number | null;
}

/** The accounts to choose among */
export class AvailableAccounts {
  accounts!: AvailableAccount[];
}

/** The accounts that were chosen, connected */
export class SelectedAnswer {
  /** Always true */
  success!: true;
  accounts!: AccountView[];
}

/** One thing that a connection needs */
export class ConnectionCheck {
  @ApiProperty({ enum: ['token', 'scopes', 'account_type', 'quota'] })
  name!: 'token' | 'scopes' | 'account_type' | 'quota';
  ok!: boolean;
  /** @example '2 of 100 posts used in 24 hours.' */
  detail!: string;
}

/** Whether one could publish with the account now */
export class ConnectionTestAnswer {
  /** Whether every check is */
  ok!: boolean;
  checks!: ConnectionCheck[];
}
