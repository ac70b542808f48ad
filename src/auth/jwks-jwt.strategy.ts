import { Injectable } from '@nestjs/common';
import { createRemoteJWKSet, errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { Strategy } from 'passport';
import { ExtractJwt } from 'passport-jwt';
import { AppError } from '../common/app-error';
import { Settings } from '../config/settings';
import { type User } from './current-user';
import { readSubject } from './jwt-claims';
import { UsersRepository } from './users.repository';

/** Asymmetric only: with a public key at hand, an HMAC made with it as the secret must not pass. */
const ALGORITHMS = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ');

const bearerToken = ExtractJwt.fromAuthHeaderAsBearerToken();

/** Tokens of an outside issuer that publishes its keys at JWT_JWKS_URL. passport-jwt knows neither key sets nor EdDSA. */
@Injectable()
export class JwksJwtStrategy extends Strategy {
  private readonly keys: JWTVerifyGetKey | null;

  constructor(
    private readonly settings: Settings,
    private readonly users: UsersRepository,
  ) {
    super();
    const { jwksUrl } = settings.auth;
    this.keys = jwksUrl ? publishedKeys(new URL(jwksUrl)) : null;
  }

  /** Passport's contract: exactly one of `success`, `fail` (a bad token) and `error` (we could not tell) is called. */
  override authenticate(request: { headers: object }): void {
    this.identify(bearerToken(request)).then(
      (user) => (user ? this.success(user) : this.fail()),
      (error: unknown) => (error instanceof errors.JOSEError ? this.fail(error) : this.error(error)),
    );
  }

  private async identify(token: string | null): Promise<User | null> {
    if (!token || !this.keys) return null;
    const { issuer, audience } = this.settings.auth;
    const { payload } = await jwtVerify(token, this.keys, {
      algorithms: ALGORITHMS,
      issuer: issuer ?? undefined,
      audience: audience ?? undefined,
    });
    const named = readSubject(payload);
    return named && this.users.outside(named.issuer ?? 'outside', named.subject);
  }
}

/** The issuer's keys, kept for ten minutes. That they cannot be had is our trouble, not a fault of the token. */
function publishedKeys(url: URL): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(url, { timeoutDuration: 5_000 });
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      throw new AppError('service_unavailable', 'The keys of the identity provider cannot be read right now.', {
        retry_after: 30,
      });
    }
  };
}
