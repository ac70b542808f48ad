import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings';
import { type ConnectedAnswer } from './dto/account-answers.dto';
import { type ConnectRequest } from './dto/connect.dto';
import { LoginCodes } from './login-codes.service';
import { OauthService, stateInvalid } from './oauth.service';

/** Joins an account to the user who brings the code of a login themselves. */
@Injectable()
export class ConnectService {
  constructor(
    private readonly oauth: OauthService,
    private readonly codes: LoginCodes,
    private readonly settings: Settings,
  ) {}

  /** @throws AppError `oauth_state_invalid`, `service_unavailable` (no Meta app); those of `LoginCodes.connect` */
  async withCode(userId: number, request: ConnectRequest): Promise<ConnectedAnswer> {
    const { code, account_id: accountId } = request;
    const { login, redirectUri } = await this.begun(userId, request);
    this.oauth.requireApp(login);
    const account = await this.codes.connect(userId, { login, code, redirectUri, accountId });
    return {
      success: true,
      instagram_account_id: account.accountId,
      page_name: account.pageName,
      connected_at: account.connectedAt.toISOString(),
      token_expires_at: account.tokenExpiresAt?.toISOString() ?? null,
    };
  }

  /** Which login this is the end of. A state settles it, and must agree with what else is said. */
  private async begun(userId: number, { state, login, redirect_uri }: ConnectRequest) {
    if (state === undefined)
      return { login: login ?? 'facebook', redirectUri: redirect_uri ?? this.settings.graph.redirectUri } as const;
    const begun = await this.oauth.comeBack(state.replace(/#_(=_)?$/, ''));
    if (begun.userId !== userId) throw stateInvalid('This state is unknown, was used before, or has expired.');
    if (login !== undefined && login !== begun.login)
      throw stateInvalid(`This state was made for the login ${begun.login}.`);
    if (redirect_uri !== undefined && redirect_uri !== begun.redirectUri)
      throw stateInvalid('This state was made for another redirect_uri.');
    return begun;
  }
}
