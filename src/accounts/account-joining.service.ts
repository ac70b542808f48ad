import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Clock } from '../common/clock';
import { Transactions } from '../database/transactions';
import { AccountNews, type ConnectedBy } from './account-news';
import { AccountTokens } from './account-tokens';
import { type AccountRow } from './account.entity';
import { AccountsRepository } from './accounts.repository';
import { type ProvedAccount } from './proved-account';

/** Stores accounts whose tokens were proved, each with its token sealed: in a new row, or the one it had before. */
@Injectable()
export class AccountJoining {
  constructor(
    private readonly accounts: AccountsRepository,
    private readonly tokens: AccountTokens,
    private readonly news: AccountNews,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  join(userId: number, proved: ProvedAccount, how: ConnectedBy): Promise<AccountRow> {
    return this.transactions.run(async (tx) => {
      await this.accounts.lockAllOf(tx, userId);
      return this.joinOne(tx, userId, proved, how);
    });
  }

  /** All of them or none, in the order given: the first becomes the default where there is none. */
  async joinAll(tx: EntityManager, userId: number, all: ProvedAccount[], how: ConnectedBy): Promise<AccountRow[]> {
    await this.accounts.lockAllOf(tx, userId);
    const rows: AccountRow[] = [];
    for (const proved of all) rows.push(await this.joinOne(tx, userId, proved, how));
    return rows;
  }

  private async joinOne(
    tx: EntityManager,
    userId: number,
    { token, ...proved }: ProvedAccount,
    how: ConnectedBy,
  ): Promise<AccountRow> {
    const accessToken = this.tokens.seal(token, { userId, accountId: proved.accountId });
    const sealed = { ...proved, userId, accessToken, connectedAt: this.clock.now() };
    const { row, isNew } = await this.accounts.connect(tx, sealed);
    await this.news.connected(tx, row, how, isNew);
    return row;
  }
}
