import { Injectable } from '@nestjs/common';
import { AccountsService, type PostingAccount } from '../accounts/accounts.service';
import { AppError } from '../common/app-error';
import { Clock } from '../common/clock';
import { Transactions } from '../database/transactions';
import { PacedReading } from '../pace/paced-reading';
import type { PublishingLimitView } from './dto/publishing-limit.dto';
import { isStale } from './quota';
import { QuotaRepository } from './quota.repository';

/** How much an account may still publish. */
@Injectable()
export class QuotaService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly quotas: QuotaRepository,
    private readonly reading: PacedReading,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError `account_not_found`, `account_not_connected`; what Instagram says when it was never asked before */
  async limit(userId: number, namedId?: string): Promise<PublishingLimitView> {
    const account = await this.accounts.forPosting(userId, namedId);
    const { accountId } = account;
    const known = await this.transactions.run((tx) => this.quotas.ledger(tx, accountId));
    if (isStale(known, this.clock.now())) await this.ask(account, { isNeeded: known.seenAt === null });
    return this.transactions.run(async (tx) => {
      const { total, ours, external } = await this.quotas.ledger(tx, accountId);
      return {
        quota_total: total,
        quota_used: ours + external,
        quota_reserved: await this.quotas.reserved(tx, accountId),
        window_seconds: WINDOW_SECONDS,
      };
    });
  }

  /** Not `isNeeded`: what is known already will do when Instagram can't be asked now. */
  private async ask(account: PostingAccount, { isNeeded }: { isNeeded: boolean }): Promise<void> {
    const { rowId, accountId } = account;
    const credential = await this.accounts.credential(rowId);
    if (!credential) return;
    try {
      const limit = await this.reading.read(account, (graph) => graph.publishingLimit(credential, accountId));
      await this.transactions.run((tx) => this.quotas.learn(tx, accountId, limit));
    } catch (error) {
      if (isNeeded || !(error instanceof AppError)) throw error;
    }
  }
}

/** Meta's window rolls over a day, by its documentation and by every answer seen (reference §2.6). */
const WINDOW_SECONDS = 86_400;
