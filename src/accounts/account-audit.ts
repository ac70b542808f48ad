import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';

/** One thing that was done to an account. */
export interface AuditEntry {
  userId: number;
  /** Our own id of the row. */
  accountRowId: number;
  /** Instagram's id: digits. */
  accountId: string;
  /** In the past tense: `connected`, `reconnected`, `disconnected`, `default_changed`, … */
  action: string;
  /** Who did it: `user:<id>`, `worker` or `meta`. */
  by: `user:${number}` | 'worker' | 'meta';
  /** JSON in snake_case. Never a token, a code or a state. */
  detail?: Record<string, unknown>;
}

/** The record of what was done to accounts: written in the transaction of what it records, never changed. */
@Injectable()
export class AccountAudit {
  async append(tx: EntityManager, entry: AuditEntry): Promise<void> {
    const { userId, accountRowId, accountId, action, by, detail = {} } = entry;
    await tx.query(
      `INSERT INTO account_audit (user_id, account_row_id, account_id, action, by, detail)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [userId, accountRowId, accountId, action, by, JSON.stringify(detail)],
    );
  }
}
