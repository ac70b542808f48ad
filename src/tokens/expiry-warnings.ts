import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock';
import { Log } from '../common/log';
import { Transactions } from '../database/transactions';
import { Events } from '../events/events';
import { expiryWarning, FIRST_WARNING_MS, type Ends, type ExpiryWarning } from './expiry-warning';

const PAGE = 100;

interface EndingAccount extends Ends {
  id: number;
  userId: number;
  accountId: string;
  username: string | null;
  version: number;
  warnedDays: number | null;
}

/** Tells users that an account's token is about to end, and what it would take along. Any number of workers: once each. */
@Injectable()
export class ExpiryWarnings {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly events: Events,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** @returns how many warnings were given */
  async run(signal?: AbortSignal): Promise<number> {
    let warned = 0;
    for (let page = await this.after(0); page.length > 0 && !signal?.aborted; page = await this.after(lastOf(page))) {
      for (const account of page) {
        const warning = expiryWarning(account, account.warnedDays, this.clock.now());
        if (warning && (await this.warn(account, warning))) warned += 1;
      }
    }
    return warned;
  }

  /** Not the ones that Instagram refuses already: of those the user knows. */
  private async after(id: number): Promise<EndingAccount[]> {
    const now = this.clock.now();
    return this.dataSource.query(
      `SELECT id, user_id AS "userId", account_id AS "accountId", username, token_version AS version,
         token_expires_at AS "expiresAt", data_access_expires_at AS "dataAccessExpiresAt", warned_days AS "warnedDays"
       FROM accounts
       WHERE id > $1 AND access_token IS NOT NULL AND action_required IS NULL
         AND least(token_expires_at, data_access_expires_at) BETWEEN $2 AND $3
       ORDER BY id LIMIT $4`,
      [id, now, new Date(now.getTime() + FIRST_WARNING_MS), PAGE],
    );
  }

  private async warn(account: EndingAccount, { endsAt, reason, daysLeft, threshold }: ExpiryWarning): Promise<boolean> {
    const { id, userId, accountId, username, version } = account;
    const first = await this.transactions.run(async (tx) => {
      const [, count]: [unknown, number] = await tx.query(
        `UPDATE accounts SET warned_days = $3
         WHERE id = $1 AND token_version = $2 AND (warned_days IS NULL OR warned_days > $3)`,
        [id, version, threshold],
      );
      if (count !== 1) return false;
      const [posts]: { scheduled: number; atRisk: number }[] = await tx.query(
        `SELECT count(*)::integer AS scheduled, count(*) FILTER (WHERE due_at >= $2)::integer AS "atRisk"
         FROM posts WHERE account_row_id = $1 AND status = 'scheduled'`,
        [id, endsAt],
      );
      const data = {
        account_id: accountId,
        username,
        reason,
        expires_at: endsAt.toISOString(),
        days_left: daysLeft,
        scheduled_posts: posts?.scheduled ?? 0,
        at_risk: posts?.atRisk ?? 0,
        message: `${MESSAGE[reason]} Connect the account again before then.`,
      };
      await this.events.append(tx, { userId, type: 'account.token_expiring', accountId, data });
      return true;
    });
    if (first) this.log.warn('account.token_expiring', { user_id: userId, account_id: accountId, days_left: daysLeft });
    return first;
  }
}

const MESSAGE: Record<ExpiryWarning['reason'], string> = {
  token_expires: "Instagram's access token ends then, and nothing has prolonged it so far.",
  data_access_expires: 'Facebook lets nobody use the data of the account after that, unless the person confirms it.',
};

function lastOf(page: EndingAccount[]): number {
  return page.at(-1)?.id ?? Infinity;
}
