import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

export interface AuditRow {
  id: number;
  at: Date;
  accountId: string | null;
  action: string;
  by: string;
  detail: Record<string, unknown>;
}

/** The record of what was done to accounts; written where it is done. */
@Injectable()
export class AuditRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Newest first, older than `before`. */
  ofUser(userId: number, before: number | null, limit: number): Promise<AuditRow[]> {
    return this.dataSource.query(
      `SELECT id, at, account_id AS "accountId", action, by, detail FROM account_audit
       WHERE user_id = $1 AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
      [userId, before, limit],
    );
  }
}
