import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error';
import { Clock } from '../common/clock';
import { Transactions } from '../database/transactions';
import { AccountFinder, unknownAccount } from './account-finder';
import { AccountNews } from './account-news';
import { AccountsRepository } from './accounts.repository';
import { type DefaultAnswer, type DisconnectedAnswer } from './dto/account-answers.dto';

/** What a user does with accounts that are connected. */
@Injectable()
export class AccountUpkeep {
  constructor(
    private readonly finder: AccountFinder,
    private readonly accounts: AccountsRepository,
    private readonly news: AccountNews,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /**
   * Forgets the token for good; posts stay. The next account that was connected becomes the default.
   * @throws AppError `account_not_found`, `account_not_connected`
   */
  async disconnect(userId: number, namedId?: string): Promise<DisconnectedAnswer> {
    const account = await this.finder.connected(userId, namedId);
    // The installation's own is the environment's to give and to take.
    if (account.userId !== userId) throw unknownAccount(account.accountId);
    await this.transactions.run(async (tx) => {
      await this.accounts.lockAllOf(tx, userId);
      if (!(await this.accounts.disconnect(tx, account.id, this.clock.now()))) return;
      await this.accounts.ensureDefault(tx, userId);
      await this.news.disconnected(tx, account);
    });
    return { success: true, message: `Disconnected ${nameOf(account)}; its token is erased.` };
  }

  /** From now on this account is meant where none is named. @throws AppError `account_not_found` */
  async makeDefault(userId: number, accountId: string): Promise<DefaultAnswer> {
    const account = await this.finder.connected(userId, accountId);
    if (account.userId !== userId) throw unknownAccount(accountId);
    await this.transactions.run(async (tx) => {
      await this.accounts.lockAllOf(tx, userId);
      const outcome = await this.accounts.makeDefault(tx, account);
      if (outcome === 'disconnected')
        throw new AppError('account_not_found', `The account ${accountId} was disconnected.`);
      if (outcome === 'changed') await this.news.madeDefault(tx, account);
    });
    return { success: true, account_id: account.accountId, message: `${nameOf(account)} is the default account now.` };
  }
}

function nameOf({ username, accountId }: { username: string | null; accountId: string }): string {
  return username ? `@${username}` : accountId;
}
