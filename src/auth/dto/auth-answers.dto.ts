import { ApiProperty } from '@nestjs/swagger';

/** A new user */
export class RegisteredAnswer {
  /** @example 1 */
  user_id!: number;
  /** @example 'ana@example.com' */
  email!: string;
}

/** A token to call the API with */
export class LoginAnswer {
  /** A JWT, to be sent as `Authorization: Bearer <JWT>` */
  access_token!: string;
  /** Always `Bearer` */
  @ApiProperty({ type: String, enum: ['Bearer'] })
  token_type!: 'Bearer';
  /**
   * Seconds until the token ends
   * @example 86400
   */
  expires_in!: number;
}

/** Whoever sent the request */
export class MeAnswer {
  /** @example 1 */
  user_id!: number;
  /** Null for users of an outside issuer */
  @ApiProperty({ type: String, nullable: true, example: 'ana@example.com' })
  email!: string | null;
  /** `ops` may use the installation's own Instagram account */
  roles!: string[];
}
