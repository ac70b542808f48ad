import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error';
import { Clock } from '../common/clock';
import { detailsOf } from './account-details';
import { AccountFinder } from './account-finder';
import { AccountReading } from './account-reading.service';
import { accountView } from './account-view';
import { type AccountRow } from './account.entity';
import { AccountsRepository } from './accounts.repository';
import { type AccountView } from './dto/account-views.dto';

const KEPT_MS = 24 * 3_600_000;

/** An account with what Instagram shows of it: asked once a day, or when somebody wants it fresh. */
@Injectable()
export class AccountDetails {
  constructor(
    private readonly finder: AccountFinder,
    private readonly accounts: AccountsRepository,
    private readonly reading: AccountReading,
    private readonly clock: Clock,
  ) {}

  /** When Instagram cannot be asked, what is known will do; `details_fetched_at` says how old it is. @throws AppError `account_not_found` */
  async read(userId: number, accountId: string, refresh: boolean): Promise<AccountView> {
    const account = await this.finder.connected(userId, accountId);
    const { detailsAt } = account;
    const isFresh = detailsAt !== null && this.clock.now().getTime() - detailsAt.getTime() < KEPT_MS;
    if (isFresh && !refresh) return accountView(account, this.clock.now());
    await this.renew(account);
    // Also for what the call told about the token.
    return accountView(await this.finder.connected(userId, accountId), this.clock.now());
  }

  private async renew(account: AccountRow): Promise<void> {
    try {
      const shown = await this.reading.ask(account, (graph, credential) =>
        graph.readAccount(credential, account.accountId),
      );
      await this.accounts.keepDetails(account.id, detailsOf(shown), this.clock.now());
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  }
}
