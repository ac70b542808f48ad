import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error';
import { Clock } from '../common/clock';
import { Transactions } from '../database/transactions';
import { GraphError, type Credential, type InstagramGraph } from '../graph/index';
import { PacedReading } from '../pace/paced-reading';
import { type AccountRow } from './account.entity';
import { AccountsService } from './accounts.service';

/** Asks Instagram about a connected account. A token that it takes no more is noted, as when publishing meets it. */
@Injectable()
export class AccountReading {
  constructor(
    private readonly accounts: AccountsService,
    private readonly reading: PacedReading,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError `account_not_found` when it was disconnected meanwhile, `rate_limit_exceeded`; GraphError */
  async ask<T>(account: AccountRow, ask: (graph: InstagramGraph, credential: Credential) => Promise<T>): Promise<T> {
    const since = this.clock.now();
    const credential = await this.accounts.credential(account.id);
    if (!credential) throw new AppError('account_not_found', `The account ${account.accountId} was disconnected.`);
    try {
      return await this.reading.read(account, (graph) => ask(graph, credential));
    } catch (error) {
      if (error instanceof GraphError && isOfTheToken(error))
        await this.transactions.run((tx) => this.accounts.needsAction(tx, account.id, error, since));
      throw error;
    }
  }
}

function isOfTheToken({ kind }: GraphError): boolean {
  return kind === 'invalid_token' || kind === 'token_expired' || kind === 'account_action_required';
}
