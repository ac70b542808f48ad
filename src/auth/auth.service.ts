import { Injectable } from '@nestjs/common';
import { AppError, validationError } from '../common/app-error';
import { isCommonPassword } from './common-passwords';
import { type LoginAnswer, type RegisteredAnswer } from './dto/auth-answers.dto';
import { type LoginRequest, type RegisterRequest } from './dto/credentials.dto';
import { OwnTokens } from './own-tokens';
import { Passwords } from './passwords';
import { UsersRepository } from './users.repository';

/** Users who sign in here. All of it answers `not_found` where an outside issuer is in charge. */
@Injectable()
export class AuthService {
  constructor(
    private readonly users: UsersRepository,
    private readonly passwords: Passwords,
    private readonly tokens: OwnTokens,
  ) {}

  /** @throws AppError `email_taken`, `validation_error` (a common password) */
  async register({ email, password }: RegisterRequest): Promise<RegisteredAnswer> {
    this.tokens.secret();
    if (isCommonPassword(password))
      throw validationError([{ pointer: '/password', message: 'is among the first that anyone would guess' }]);
    const user = await this.users.register(email, await this.passwords.hash(password));
    if (!user)
      throw new AppError('email_taken', 'Somebody has registered with this e-mail address before.', {
        action_required: 'Log in with POST /api/auth/login, or register with another address.',
      });
    return { user_id: user.id, email: user.email };
  }

  /** @throws AppError `unauthorized`, in the same words and time whether the e-mail or the password is wrong */
  async login({ email, password }: LoginRequest): Promise<LoginAnswer> {
    this.tokens.secret();
    const user = await this.users.byEmail(email);
    const matches = await this.passwords.matches(user?.passwordHash ?? null, password);
    if (!user || !matches) throw new AppError('unauthorized', 'The e-mail or the password is wrong.');
    const { accessToken, expiresIn } = await this.tokens.issue(user.id);
    return { access_token: accessToken, token_type: 'Bearer', expires_in: expiresIn };
  }
}
