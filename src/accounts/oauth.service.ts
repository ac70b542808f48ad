import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error';
import { Clock } from '../common/clock';
import { Settings } from '../config/settings';
import { InstagramGraph, type Login } from '../graph/index';
import { AccountsRepository } from './accounts.repository';
import { type AuthorizeAnswer } from './dto/account-answers.dto';
import { type AuthorizeQuery } from './dto/connect.dto';
import { SCOPES_ASKED } from './login-scopes';
import { LoginStatesRepository, type LoginState } from './login-states.repository';
import { isAllowedRedirect } from './redirects';

const STATE_LIFE_SECONDS = 600;
/** So long ahead the dialog also asks for access to data that is about to lapse. */
const DATA_ACCESS_AHEAD_MS = 14 * 86_400_000;

/** The way to Meta's dialogs and back: addresses with a state, and that state when it returns. */
@Injectable()
export class OauthService {
  constructor(
    private readonly graph: InstagramGraph,
    private readonly states: LoginStatesRepository,
    private readonly accounts: AccountsRepository,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError `redirect_not_allowed`, `service_unavailable` (no Meta app for this login) */
  async authorize(userId: number, { login = 'facebook', redirect_uri }: AuthorizeQuery): Promise<AuthorizeAnswer> {
    this.requireApp(login);
    const { redirectUri: usual } = this.settings.graph;
    const redirectUri = redirect_uri ?? usual;
    if (!isAllowedRedirect(redirectUri, { redirectUri: usual, frontendUrls: this.settings.http.frontendUrls }))
      throw new AppError('redirect_not_allowed', 'This installation sends no browser to that redirect_uri.', {
        action_required:
          'Leave redirect_uri out, or send a page of a front end of this installation (FRONTEND_URL), without login and #.',
      });
    const state = await this.states.create({ userId, login, redirectUri }, STATE_LIFE_SECONDS);
    const request = { redirectUri, state, scopes: SCOPES_ASKED[login] };
    return {
      auth_url:
        login === 'instagram'
          ? this.graph.instagramAuthorizeUrl(request)
          : this.graph.facebookAuthorizeUrl({ ...request, authType: await this.authType(userId) }),
      state,
      expires_in: STATE_LIFE_SECONDS,
    };
  }

  /** Uses the state up. @throws AppError `oauth_state_invalid` when it is unknown, used or expired */
  async comeBack(state: string): Promise<LoginState> {
    const known = await this.states.use(state);
    if (!known) throw stateInvalid('This state is unknown, was used before, or has expired.');
    return known;
  }

  /** @throws AppError `service_unavailable` */
  requireApp(login: Login): void {
    const { app, instagramLoginApp } = this.settings.graph;
    if (login === 'facebook' ? app : instagramLoginApp) return;
    throw new AppError('service_unavailable', 'This installation has no Meta app to log in with.', {
      action_required:
        'Set INSTAGRAM_APP_ID and INSTAGRAM_APP_SECRET, or connect with a token: POST /api/instagram/manual-connect.',
    });
  }

  /** Facebook asks for what was declined only when told to, and for lapsing access to data likewise (reference §1a, §11). */
  private async authType(userId: number): Promise<'rerequest' | 'reauthorize'> {
    const soon = new Date(this.clock.now().getTime() + DATA_ACCESS_AHEAD_MS);
    return (await this.accounts.dataAccessEnds(userId, soon)) ? 'reauthorize' : 'rerequest';
  }
}

export function stateInvalid(detail: string): AppError {
  return new AppError('oauth_state_invalid', detail, {
    action_required: 'Start the login again: GET /api/instagram/oauth/authorize.',
  });
}
