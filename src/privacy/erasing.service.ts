import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { Transactions } from '../database/transactions';
import { DeletionsRepository } from './deletions.repository';
import { TracesRepository } from './traces.repository';

/** How long the users' own systems have to read which account's data they have to erase, too. */
const NOTICE_DAYS = 7;
const DAY_MS = 86_400_000;

/** Erases what accounts have left behind. A post in flight comes to rest first: its request stays pending until then. */
@Injectable()
export class ErasingService {
  constructor(
    private readonly deletions: DeletionsRepository,
    private readonly traces: TracesRepository,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /** Any number of processes may do this at once. @returns how many requests were completed */
  async finishPending(): Promise<number> {
    let completed = 0;
    for (let behind: number | null = 0; behind !== null;) {
      const after: number = behind;
      const step = await this.transactions.run(async (tx) => {
        const pending = await this.deletions.nextPending(tx, after);
        if (!pending) return null;
        let inFlight = false;
        for (const account of pending.accounts) if ((await this.traces.erase(tx, account)).inFlight) inFlight = true;
        if (!inFlight) await this.deletions.complete(tx, pending.id, this.clock.now());
        return { id: pending.id, done: !inFlight };
      });
      if (step?.done) completed += 1;
      behind = step?.id ?? null;
    }
    const before = new Date(this.clock.now().getTime() - NOTICE_DAYS * DAY_MS);
    await this.transactions.run((tx) => this.traces.forgetNotices(tx, before));
    return completed;
  }
}
