import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error';
import { Clock } from '../common/clock';
import { Transactions } from '../database/transactions';
import { AccountJoining } from './account-joining.service';
import { accountView } from './account-view';
import { asAvailable, publishable, type LinkedPage } from './choose-page';
import { type AvailableAccounts, type SelectedAnswer } from './dto/account-views.dto';
import { type SelectRequest } from './dto/connect.dto';
import { FacebookLogin } from './facebook-login.service';
import { Selections } from './selections';

/** Connects what a person chose among the accounts of a login. */
@Injectable()
export class AccountSelection {
  constructor(
    private readonly selections: Selections,
    private readonly facebook: FacebookLogin,
    private readonly joining: AccountJoining,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError `oauth_state_invalid` */
  async available(userId: number, token: string): Promise<AvailableAccounts> {
    return { accounts: (await this.selections.pages(userId, token)).map(asAvailable) };
  }

  /**
   * All of them or none. The token is used up only when they are connected, so whatever is refused can be mended.
   * @throws AppError `oauth_state_invalid`, `account_not_found`, `permission_denied`; GraphError
   */
  async select(userId: number, { selection_token: token, account_ids }: SelectRequest): Promise<SelectedAnswer> {
    const pages = await this.selections.pages(userId, token);
    const chosen = account_ids.map((id) => publishable(pageOf(pages, id)));
    const proved = await Promise.all(chosen.map((page) => this.facebook.prove(page)));
    const rows = await this.transactions.run(async (tx) => {
      await this.selections.use(tx, userId, token);
      return this.joining.joinAll(tx, userId, proved, 'selection');
    });
    return { success: true, accounts: rows.map((row) => accountView(row, this.clock.now())) };
  }
}

function pageOf(pages: LinkedPage[], accountId: string): LinkedPage {
  const page = pages.find(({ instagramAccount: { id } }) => id === accountId);
  if (page) return page;
  throw new AppError('account_not_found', `This login does not reach the account ${accountId}.`, {
    action_required: 'Name some of available_accounts, or log in once more and choose the account in the dialog.',
    available_accounts: pages.map(asAvailable),
  });
}
