import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type ErasedAccount } from './traces.repository';

/** How far a request to erase somebody's data has come. */
export interface DeletionStatus {
  status: 'pending' | 'completed';
  requestedAt: Date;
  completedAt: Date | null;
}

@Injectable()
export class DeletionsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** @returns whether it is a new one; a repetition keeps its code */
  async open(
    tx: EntityManager,
    code: string,
    requestHash: string,
    now: Date,
  ): Promise<{ isNew: boolean; code: string }> {
    const fresh: { id: number }[] = await tx.query(
      `INSERT INTO data_deletions (confirmation_code, request_hash, status, requested_at)
       VALUES ($1, $2, 'pending', $3) ON CONFLICT (request_hash) DO NOTHING RETURNING id`,
      [code, requestHash, now],
    );
    if (fresh.length > 0) return { isNew: true, code };
    const [known]: { code: string }[] = await tx.query(
      'SELECT confirmation_code AS code FROM data_deletions WHERE request_hash = $1',
      [requestHash],
    );
    return { isNew: false, code: known?.code ?? code };
  }

  async remember(tx: EntityManager, code: string, accounts: ErasedAccount[]): Promise<void> {
    await tx.query('UPDATE data_deletions SET accounts = $2 WHERE confirmation_code = $1', [
      code,
      JSON.stringify(accounts.map(({ id, userId, accountId }) => ({ id, userId, accountId }))),
    ]);
  }

  /** One that is pending, held by this transaction; null when there is none, or others hold them all. */
  async nextPending(tx: EntityManager, behind: number): Promise<{ id: number; accounts: ErasedAccount[] } | null> {
    const [row]: { id: number; accounts: ErasedAccount[] }[] = await tx.query(
      `SELECT id, accounts FROM data_deletions WHERE status = 'pending' AND id > $1
       ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED`,
      [behind],
    );
    return row ?? null;
  }

  async complete(tx: EntityManager, id: number, now: Date): Promise<void> {
    await tx.query(`UPDATE data_deletions SET status = 'completed', completed_at = $2, accounts = '[]' WHERE id = $1`, [
      id,
      now,
    ]);
  }

  async byCode(code: string): Promise<DeletionStatus | null> {
    const [row]: DeletionStatus[] = await this.dataSource.query(
      `SELECT status, requested_at AS "requestedAt", completed_at AS "completedAt"
       FROM data_deletions WHERE confirmation_code = $1`,
      [code],
    );
    return row ?? null;
  }
}
