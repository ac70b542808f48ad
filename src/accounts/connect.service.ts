import { Injectable } from '@nestjs/common';
import { AppError, validationError, type ErrorType } from '../common/app-error';
import { Secret } from '../common/secret';
import { Settings } from '../config/settings';
import { GraphError, InstagramGraph, type Credential, type TokenInspection } from '../graph/index';
import { AccountsService, type ProvedAccount } from './accounts.service';
import { choosePage } from './choose-page';
import { type ConnectedAnswer, type ManuallyConnectedAnswer } from './dto/account-answers.dto';
import { type ConnectRequest, type ManualConnectRequest } from './dto/connect.dto';

/** The scope that publishing needs (reference §1a, §1b). */
const PUBLISHING_SCOPE = { facebook: 'instagram_content_publish', instagram: 'instagram_business_content_publish' };

/** Joins an Instagram account to a user. Everything is asked of Meta first; then it is stored in one go. */
@Injectable()
export class ConnectService {
  constructor(
    private readonly graph: InstagramGraph,
    private readonly accounts: AccountsService,
    private readonly settings: Settings,
  ) {}

  /**
   * With the code of Facebook Login. Kept is the Page's token: made from a long-lived user token it has no end of its own.
   * @throws AppError those of `choosePage`, `service_unavailable` (no Meta app), GraphError (`oauth_code_invalid`, …)
   */
  async withCode(userId: number, { code, redirect_uri, account_id }: ConnectRequest): Promise<ConnectedAnswer> {
    const redirectUri = this.redirectUri(redirect_uri);
    const shortLived = await this.graph.exchangeFacebookCode({ code, redirectUri }).catch(
      // A code that Facebook cannot even read is a wrong parameter to it (100, without a subcode).
      rethrow(['validation_error'], 'oauth_code_invalid', 'Facebook does not know this login code.', {
        action_required: 'Have the person log in once more, and send the new code as it comes.',
      }),
    );
    const longLived = await this.graph.extendFacebookToken(shortLived.accessToken);
    const page = choosePage(await this.graph.listPages(longLived.accessToken), account_id);
    const inspection = await this.inspect(page.token);
    const account = await this.accounts.connect(userId, {
      ...page,
      login: 'facebook',
      tokenExpiresAt: inspection?.expiresAt ?? null,
    });
    return {
      success: true,
      instagram_account_id: account.accountId,
      page_name: account.pageName,
      connected_at: account.connectedAt.toISOString(),
      token_expires_at: account.tokenExpiresAt?.toISOString() ?? null,
    };
  }

  /**
   * With a token made elsewhere, after it was proved to be of this account and able to publish.
   * @throws AppError `account_not_found` (a token of another account), `permission_denied`, GraphError (`invalid_token`, …)
   */
  async manually(userId: number, request: ManualConnectRequest): Promise<ManuallyConnectedAnswer> {
    const accessToken = new Secret(request.access_token);
    // Tokens of Instagram Login start with IGAA or IGQ, those of Facebook Login with EA (reference §1).
    const login = request.access_token.startsWith('IG') ? 'instagram' : 'facebook';
    const proved = await this.prove({ login, accessToken }, request.account_id);
    const { accountId, username } = await this.accounts.connect(userId, proved);
    return { success: true, instagram_account_id: accountId, message: `Connected @${username ?? accountId}.` };
  }

  private async prove(credential: Credential, accountId: string): Promise<ProvedAccount> {
    const { login, accessToken } = credential;
    const { id, username } = await this.readAccount(credential, accountId);
    if (id !== accountId)
      throw new AppError(
        'account_not_found',
        `This token belongs to @${username}, account ${id}, not to ${accountId}.`,
        {
          action_required: `Send the account_id ${id}, or a token of the account ${accountId}.`,
        },
      );
    await this.graph.publishingLimit(credential, accountId).catch(
      rethrow(
        ['permission_denied'],
        'permission_denied',
        `The token lacks the permission ${PUBLISHING_SCOPE[login]}.`,
        {
          action_required: `Make the token again with ${PUBLISHING_SCOPE[login]} granted.`,
        },
      ),
    );
    const inspection = login === 'facebook' && this.settings.graph.app ? await this.inspect(accessToken) : null;
    const tokenExpiresAt = inspection?.expiresAt ?? null;
    return { accountId, login, username, pageId: null, pageName: null, token: accessToken, tokenExpiresAt };
  }

  private async readAccount(credential: Credential, accountId: string): Promise<{ id: string; username: string }> {
    if (credential.login === 'facebook')
      return this.graph.readAccount(credential, accountId).catch(
        rethrow(
          ['object_missing', 'account_not_found'],
          'account_not_found',
          `This token does not reach an Instagram account ${accountId}.`,
          {
            action_required:
              'Check the account_id (the id of the Instagram professional account, not of the Page), and that the person behind the token may use it.',
          },
        ),
      );
    // An Instagram token knows whose it is; asking for the id of somebody else's account would only say "not found".
    const user = await this.graph.identifyInstagramUser(credential.accessToken);
    if (user.accountType === 'PERSONAL')
      throw new AppError('account_not_business', `@${user.username} is a personal account, which has no API.`, {
        action_required: 'Switch the account to Business or Creator in the Instagram app, and make the token again.',
      });
    return user;
  }

  /**
   * What Meta says about a token, where it says anything: a token of another app, for one, it does not show to ours.
   * @throws AppError `invalid_token`, `permission_denied` when it says that we could not publish with it
   */
  private async inspect(token: Secret): Promise<TokenInspection | null> {
    let inspection: TokenInspection;
    try {
      inspection = await this.graph.inspectToken(token);
    } catch (error) {
      if (error instanceof GraphError) return null;
      throw error;
    }
    if (!inspection.isValid)
      throw new AppError('invalid_token', 'Meta says that this token is not valid.', {
        action_required: 'Log in once more, or make a new token.',
      });
    if (inspection.scopes.length > 0 && !inspection.scopes.includes(PUBLISHING_SCOPE.facebook))
      throw new AppError('permission_denied', `The permission ${PUBLISHING_SCOPE.facebook} was not granted.`, {
        action_required: `Log in once more and grant ${PUBLISHING_SCOPE.facebook}.`,
      });
    return inspection;
  }

  private redirectUri(given: string | undefined): string {
    if (!this.settings.graph.app)
      throw new AppError('service_unavailable', 'This installation has no Meta app to log in with.', {
        action_required:
          'Set INSTAGRAM_APP_ID and INSTAGRAM_APP_SECRET, or connect with a token: POST /api/instagram/manual-connect.',
      });
    const redirectUri = given ?? this.settings.graph.redirectUri;
    if (!redirectUri)
      throw validationError([
        { pointer: '/redirect_uri', message: 'must be sent, since INSTAGRAM_REDIRECT_URI is not set' },
      ]);
    return redirectUri;
  }
}

/** Says in our words what these kinds mean here; every other failure stays as it is. */
function rethrow(kinds: string[], type: ErrorType, detail: string, extras: { action_required: string }) {
  return (error: unknown): never => {
    if (!(error instanceof GraphError) || !kinds.includes(error.kind)) throw error;
    throw new AppError(type, detail, {
      ...extras,
      instagram_error_code: error.code ?? undefined,
      instagram_error_subcode: error.subcode ?? undefined,
      fbtrace_id: error.fbtraceId ?? undefined,
    });
  };
}
