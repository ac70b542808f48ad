import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error';
import { type Login, type LoginCode } from '../graph/index';
import { AccountJoining } from './account-joining.service';
import { type AccountRow } from './account.entity';
import { asAvailable, choosePage, linkedPages, publishable, type LinkedPage } from './choose-page';
import { FacebookLogin } from './facebook-login.service';
import { InstagramLogin } from './instagram-login.service';
import { type ProvedAccount } from './proved-account';
import { Selections } from './selections';

/** What a dialog handed over, and which account it was about, if anybody said. */
export interface FinishedLogin extends LoginCode {
  login: Login;
  accountId?: string;
}

/** Turns the code of either login into a connected account. Everything is asked of Meta first, then stored in one go. */
@Injectable()
export class LoginCodes {
  constructor(
    private readonly facebook: FacebookLogin,
    private readonly instagram: InstagramLogin,
    private readonly selections: Selections,
    private readonly joining: AccountJoining,
  ) {}

  /**
   * @throws AppError `oauth_code_invalid`, `no_instagram_account`, `account_not_business`, `permission_denied`,
   *   `account_selection_required`, `account_not_found`; GraphError
   */
  async connect(userId: number, { login, code, redirectUri, accountId }: FinishedLogin): Promise<AccountRow> {
    // Instagram appends `#_` to the redirect; a browser drops it, a person who copies the address does not.
    const loginCode = { code: code.replace(/#_(=_)?$/, ''), redirectUri };
    const proved =
      login === 'facebook'
        ? await this.withFacebook(userId, loginCode, accountId)
        : await this.withInstagram(loginCode, accountId);
    return this.joining.join(userId, proved, 'login');
  }

  private async withFacebook(userId: number, code: LoginCode, accountId?: string): Promise<ProvedAccount> {
    const linked = linkedPages(await this.facebook.pages(code));
    const page = choosePage(linked, accountId);
    if (!page) throw await this.toChoose(userId, linked, accountId);
    return this.facebook.prove(publishable(page));
  }

  private async withInstagram(code: LoginCode, accountId?: string): Promise<ProvedAccount> {
    const proved = await this.instagram.prove(code);
    if (accountId !== undefined && proved.accountId !== accountId)
      throw new AppError(
        'account_not_found',
        `The person logged in as @${proved.username}, account ${proved.accountId}, not ${accountId}.`,
        { action_required: `Log in once more as the account ${accountId}, or leave account_id out.` },
      );
    return proved;
  }

  /** The code is used up by now, so what it gave is kept for a choice. */
  private async toChoose(userId: number, linked: LinkedPage[], accountId?: string): Promise<AppError> {
    const extras = {
      action_required:
        'Choose among available_accounts: POST /api/instagram/connect/select with the selection_token and account_ids, within 10 minutes.',
      selection_token: await this.selections.offer(userId, linked),
      available_accounts: linked.map(asAvailable),
    };
    return accountId === undefined
      ? new AppError('account_selection_required', 'This login reaches several Instagram accounts.', extras)
      : new AppError('account_not_found', 'This login does not reach the account named by account_id.', extras);
  }
}
