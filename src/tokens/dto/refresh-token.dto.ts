import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { OptionalField } from '../../common/optional-field';

/** Which account */
export class RefreshTokenRequest {
  /**
   * Left out: the default account
   * @example '17841405309211844'
   */
  @OptionalField()
  @Matches(/^\d{1,32}$/, { message: 'must be a string of digits' })
  account_id?: string;
}

/** An account whose token is good */
export class RefreshTokenAnswer {
  /** Always true */
  success!: true;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Null when the token has no end that Meta tells: Page tokens live until they are revoked',
  })
  new_expires_at!: string | null;
  /** @example 'The token was refreshed.' */
  message!: string;
}
