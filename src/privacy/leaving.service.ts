import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../common/clock';
import { Transactions } from '../database/transactions';
import { Events } from '../events/events';
import { DeletionsRepository } from './deletions.repository';
import { PeopleRepository, type Person, type TakenAccount } from './people.repository';

/** Lets go of a person's accounts, each kind of going in one transaction. Posts are left to whoever looks at them next. */
@Injectable()
export class LeavingService {
  constructor(
    private readonly people: PeopleRepository,
    private readonly deletions: DeletionsRepository,
    private readonly events: Events,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /** Erases the tokens of what was connected before Meta said so. @returns how many accounts that were */
  async deauthorize(person: Person, before: Date): Promise<number> {
    return this.transactions.run(async (tx) => {
      const now = this.clock.now();
      const gone: TakenAccount[] = [];
      for (const account of await this.people.accountsOf(tx, person)) {
        if (!(await this.people.disconnect(tx, account, before, now))) continue;
        gone.push(account);
        await this.people.audit(tx, account, 'deauthorized');
        await this.tell(tx, account, { username: account.username, reason: 'deauthorized' });
      }
      await this.people.ensureDefaults(tx, usersOf(gone));
      return gone.length;
    });
  }

  /**
   * Erases what the accounts' rows say. `requestHash` tells the same request from a new one.
   * @returns the code to ask with, and how many accounts were erased; none where the request is known already
   */
  async eraseAccounts(person: Person, code: string, requestHash: string): Promise<{ code: string; erased: number }> {
    return this.transactions.run(async (tx) => {
      const now = this.clock.now();
      const request = await this.deletions.open(tx, code, requestHash, now);
      if (!request.isNew) return { code: request.code, erased: 0 };
      const accounts = await this.people.accountsOf(tx, person);
      for (const account of accounts) {
        await this.people.audit(tx, account, 'data_deleted');
        await this.people.erase(tx, account, now);
        if (account.wasConnected) await this.tell(tx, account, { reason: 'data_deletion' });
      }
      await this.people.ensureDefaults(tx, usersOf(accounts));
      await this.deletions.remember(tx, code, accounts);
      return { code, erased: accounts.length };
    });
  }

  private tell(tx: EntityManager, { userId, accountId }: TakenAccount, about: Record<string, unknown>): Promise<void> {
    const data = { account_id: accountId, ...about };
    return this.events.append(tx, { userId, type: 'account.disconnected', accountId, data });
  }
}

function usersOf(accounts: TakenAccount[]): number[] {
  return [...new Set(accounts.map(({ userId }) => userId))];
}
