import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error';
import { asAppError } from '../common/error.filter';
import { Log } from '../common/log';
import { Settings } from '../config/settings';
import { plainPage, redirectTo, type BrowserAnswer, type CallbackEnd } from './callback-page';
import { type CallbackQuery } from './dto/connect.dto';
import { LoginCodes } from './login-codes.service';
import { type LoginState } from './login-states.repository';
import { OauthService } from './oauth.service';
import { browserEnd } from './redirects';

interface Ending {
  end: CallbackEnd;
  /** For a person. */
  detail: string;
}

/** Where Meta's dialogs send a browser back to. Whatever happens, that browser gets something to look at. */
@Injectable()
export class CallbackService {
  constructor(
    private readonly oauth: OauthService,
    private readonly codes: LoginCodes,
    private readonly settings: Settings,
    private readonly log: Log,
  ) {}

  /** Never rejects: what went wrong is told in the address, or on the page. */
  async finish(query: CallbackQuery): Promise<BrowserAnswer> {
    let begun: LoginState | null = null;
    let ending: Ending;
    try {
      begun = await this.oauth.comeBack(shown(query.state) ?? '');
      ending = await this.connect(begun, query);
    } catch (error) {
      ending = this.failed(error);
    }
    const { redirectUri } = this.settings.graph;
    const address = browserEnd(begun?.redirectUri ?? null, {
      redirectUri,
      frontendUrls: this.settings.http.frontendUrls,
    });
    return address ? redirectTo(address, ending.end) : plainPage(ending.end, ending.detail);
  }

  private async connect({ userId, login, redirectUri }: LoginState, query: CallbackQuery): Promise<Ending> {
    const refusal = shown(query.error);
    if (refusal !== null) throw refused(refusal);
    const code = shown(query.code);
    if (code === null)
      throw new AppError('oauth_code_invalid', 'The dialog sent no code.', {
        action_required: 'Start the login again: GET /api/instagram/oauth/authorize.',
      });
    const { accountId, username } = await this.codes.connect(userId, { login, code, redirectUri });
    const detail = `${username ? `@${username}` : accountId} is connected.`;
    return { end: { connected: 'true', account_id: accountId }, detail };
  }

  private failed(thrown: unknown): Ending {
    const { errorType, detail, extras } = asAppError(thrown);
    if (errorType === 'unknown') this.log.error('oauth.failed', { error: thrown });
    else this.log.info('oauth.refused', { error_type: errorType });
    const { selection_token } = extras;
    if (errorType === 'account_selection_required' && typeof selection_token === 'string')
      return { end: { selection_token }, detail: `${detail} ${CHOOSE}` };
    return { end: { error: errorType }, detail: [detail, extras.action_required].filter(Boolean).join(' ') };
  }
}

const CHOOSE =
  'Choose among them where you began: GET /api/instagram/available-accounts, then POST /api/instagram/connect/select, with this selection_token.';

/** One piece of text of the query; of Instagram's with the `#_` that it puts behind every address (reference §1b). */
function shown(value: unknown): string | null {
  const bare = typeof value === 'string' ? value.replace(/#_(=_)?$/, '') : '';
  return /^[\x21-\x7e]{1,4096}$/.test(bare) ? bare : null;
}

function refused(error: string): AppError {
  return error === 'access_denied'
    ? new AppError('oauth_denied', 'The person did not allow access.', {
        action_required: 'Start the login again when they want to.',
      })
    : new AppError('instagram_error', 'The login dialog ended with an error.', {
        action_required: 'Start the login again; if it stays, check the settings of the Meta app.',
      });
}
