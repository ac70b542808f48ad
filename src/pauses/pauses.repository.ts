import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { PauseMove, PauseRow, PauseScope, PauseSwitch } from './pause-switch';
import { SHUT_PAUSE_GATE_SQL } from './pauses.sql';

/** A move of the past. */
export interface PauseAuditRow extends PauseMove {
  id: number;
  at: Date;
  scope: PauseScope;
  /** Whom it held; null: everybody. */
  userId: number | null;
  /** Instagram's id; null: not about one account. */
  accountId: string | null;
}

/** Which switches are on, and the record of every time that one was moved. */
@Injectable()
export class PausesRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** @returns whether this call did it; a switch that is on stays as it was set */
  async add(tx: EntityManager, { scope, subject }: PauseSwitch, { reason, byUser }: PauseMove): Promise<boolean> {
    await tx.query(SHUT_PAUSE_GATE_SQL);
    const rows: unknown[] = await tx.query(
      `INSERT INTO pauses (scope, subject, reason, paused_by) VALUES ($1, $2, $3, $4)
       ON CONFLICT (scope, subject) DO NOTHING RETURNING scope`,
      [scope, subject, reason, byUser],
    );
    return rows.length > 0;
  }

  /** @returns whether this call did it */
  async remove(tx: EntityManager, { scope, subject }: PauseSwitch): Promise<boolean> {
    const [, count]: [unknown, number] = await tx.query('DELETE FROM pauses WHERE scope = $1 AND subject = $2', [
      scope,
      subject,
    ]);
    return count > 0;
  }

  /** Those of these switches that are on, as given. */
  async which(switches: PauseSwitch[], db: Pick<DataSource, 'query'> = this.dataSource): Promise<PauseRow[]> {
    const rows: PauseRow[] = await db.query(
      `SELECT scope, subject, reason, paused_by AS "pausedBy", paused_at AS "pausedAt"
       FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS wanted (scope, subject, place)
       JOIN pauses USING (scope, subject) ORDER BY place`,
      [switches.map(({ scope }) => scope), switches.map(({ subject }) => subject)],
    );
    return rows;
  }

  async record(
    tx: EntityManager,
    { scope, subject }: PauseSwitch,
    { action, reason, byUser }: PauseMove,
  ): Promise<void> {
    await tx.query('INSERT INTO pause_audit (scope, subject, action, reason, by_user) VALUES ($1, $2, $3, $4, $5)', [
      scope,
      subject,
      action,
      reason,
      byUser,
    ]);
  }

  /** Newest first; `before` is the id of the last row of the page before. `userId`: only what held this user's posts. */
  async history(
    userId: number | null,
    { before, limit }: { before: number | null; limit: number },
  ): Promise<PauseAuditRow[]> {
    return this.dataSource.query(
      `SELECT h.id, h.at, h.scope, h.action, h.reason, h.by_user AS "byUser", a.account_id AS "accountId",
         CASE h.scope WHEN 'user' THEN h.subject::bigint WHEN 'account' THEN a.user_id END AS "userId"
       FROM pause_audit h
       LEFT JOIN accounts a ON h.scope = 'account' AND a.id = CASE h.scope WHEN 'account' THEN h.subject::bigint END
       WHERE ($1::bigint IS NULL OR h.scope = 'all' OR (h.scope = 'user' AND h.subject = $1::text) OR a.user_id = $1)
         AND ($2::bigint IS NULL OR h.id < $2)
       ORDER BY h.id DESC LIMIT $3`,
      [userId, before, limit],
    );
  }
}
