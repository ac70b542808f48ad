import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Passport } from 'passport';
import { AppError } from '../common/app-error';
import { type AuthenticatedRequest, type User } from './current-user';
import { JwksJwtStrategy } from './jwks-jwt.strategy';
import { Public } from '../common/public';
import { SecretJwtStrategy } from './secret-jwt.strategy';

type Middleware = (request: object, response: object, next: (error: unknown) => void) => void;

/** Asks every route for a bearer token, but those marked `@Public()`, and puts its user on the request. */
@Injectable()
export class JwtGuard implements CanActivate {
  // Not the package's global instance, which two apps in one process would share: the later one's users for both.
  private readonly passport = new Passport();

  constructor(
    private readonly reflector: Reflector,
    secret: SecretJwtStrategy,
    jwks: JwksJwtStrategy,
  ) {
    this.passport.use('secret', secret);
    this.passport.use('jwks', jwks);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.reflector.getAllAndOverride(Public, [context.getHandler(), context.getClass()])) return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    request.user = await this.callerOf(request);
    return true;
  }

  /** @throws AppError `unauthorized`, or whatever kept a strategy from deciding */
  private callerOf({ headers }: AuthenticatedRequest): Promise<User> {
    if (!headers.authorization) throw unauthorized('This route needs a token.');
    return new Promise((resolve, reject) => {
      const answer = (error: Error | null, user: User | false | undefined, failures: unknown[]) => {
        if (error) reject(error);
        else if (user) resolve(user);
        else reject(unauthorized(failures.some(isExpiry) ? 'The token has expired.' : 'The token is not valid here.'));
      };
      const run = this.passport.authenticate(['secret', 'jwks'], { session: false }, answer) as Middleware;
      // Passport decorates the request that it is given; a copy of the one thing it reads keeps ours clean.
      run({ headers }, {}, reject);
    });
  }
}

function unauthorized(detail: string): AppError {
  return new AppError('unauthorized', detail, {
    action_required: "Send 'Authorization: Bearer <JWT>', with a token of POST /api/auth/login or of your own issuer.",
  });
}

/** jsonwebtoken's name for it, and jose's. */
function isExpiry(failure: unknown): boolean {
  return failure instanceof Error && (failure.name === 'TokenExpiredError' || failure.name === 'JWTExpired');
}
