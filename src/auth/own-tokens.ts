import { Injectable } from '@nestjs/common';
import { SignJWT } from 'jose';
import { AppError } from '../common/app-error';
import { type Secret } from '../common/secret';
import { Settings } from '../config/settings';

/** The `iss` of the tokens that `POST /api/auth/login` gives out; `sub` is then our own user id. */
export const OWN_ISSUER = 'instagram-publisher';

/** Our own access tokens: HS256 with JWT_SECRET. Without that secret an outside issuer alone decides who may call. */
@Injectable()
export class OwnTokens {
  constructor(private readonly settings: Settings) {}

  /** @throws AppError `not_found` when the installation gives out no tokens of its own */
  secret(): Secret {
    const { jwtSecret } = this.settings.auth;
    if (!jwtSecret)
      throw new AppError('not_found', 'Users of this installation sign in with an outside issuer, not here.', {
        action_required: "Get a token from your identity provider and send it as 'Authorization: Bearer <JWT>'.",
      });
    return jwtSecret;
  }

  /** @returns a signed token and how many seconds it lives */
  async issue(userId: number): Promise<{ accessToken: string; expiresIn: number }> {
    const { audience, expiresInSeconds } = this.settings.auth;
    const token = new SignJWT()
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuer(OWN_ISSUER)
      .setSubject(String(userId))
      .setIssuedAt()
      .setExpirationTime(`${expiresInSeconds}s`);
    if (audience) token.setAudience(audience);
    const accessToken = await token.sign(new TextEncoder().encode(this.secret().reveal()));
    return { accessToken, expiresIn: expiresInSeconds };
  }
}
