import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { Settings } from '../config/settings';
import { type User } from './current-user';
import { readSubject } from './jwt-claims';
import { OWN_ISSUER } from './own-tokens';
import { UsersRepository } from './users.repository';

/**
 * Tokens signed with JWT_SECRET (HS256 and nothing else): our own, and those of an outside issuer that shares the secret.
 * Times are judged by the process's own clock, as by the package that signs: neither can be handed the injected one.
 */
@Injectable()
export class SecretJwtStrategy extends PassportStrategy(Strategy, 'secret-jwt') {
  constructor(
    settings: Settings,
    private readonly users: UsersRepository,
  ) {
    const { jwtSecret, issuer, audience } = settings.auth;
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKeyProvider: (_request, _token, done) =>
        jwtSecret ? done(null, jwtSecret.reveal()) : done(new Error('JWT_SECRET is not set')),
      algorithms: ['HS256'],
      issuer: issuer ? [OWN_ISSUER, issuer] : undefined,
      audience: audience ?? undefined,
    });
  }

  /** Called with the payload of a token whose signature, times, issuer and audience are right. */
  async validate(payload: unknown): Promise<User | null> {
    const token = readSubject(payload);
    if (!token) return null;
    if (token.issuer !== OWN_ISSUER) return this.users.outside(token.issuer ?? 'outside', token.subject);
    return /^[1-9]\d{0,14}$/.test(token.subject) ? this.users.own(Number(token.subject)) : null;
  }
}
