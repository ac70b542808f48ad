import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AccountAudit, type AuditEntry } from '../accounts/account-audit';
import type { TokenLife } from './token-policy';

/** Longer than all calls about one token may take together. */
const LEASE = `interval '120 seconds'`;

/** A token that this process alone is at, until the lease ends. */
export interface KeptToken extends TokenLife {
  /** Our own id of the account's row. */
  rowId: number;
  userId: number;
  accountId: string;
  username: string | null;
  sealed: string;
  version: number;
  /** Instagram took it no more when it was claimed. */
  wasRefused: boolean;
  /** Failures in a row. */
  attempts: number;
}

/** Whose tokens: those that people connected, the environment's, or any whose last try failed. */
export type Which = 'users' | 'installation' | 'retries';

const WHOSE: Record<Which, string> = {
  users: 'env_token_sha256 IS NULL',
  installation: 'env_token_sha256 IS NOT NULL',
  retries: 'refresh_failed_at IS NOT NULL',
};

const KEPT = `id AS "rowId", user_id AS "userId", account_id AS "accountId", username, login, access_token AS sealed,
  token_version AS version, token_attempts AS attempts, token_issued_at AS "issuedAt", connected_at AS "connectedAt",
  token_expires_at AS "expiresAt", token_checked_at AS "checkedAt", action_required IS NOT NULL AS "wasRefused"`;

/** The token is still the one that was claimed. The sealed text differs with every sealing, whoever forgot the version. */
const SAME = 'id = $1 AND token_version = $2 AND access_token = $3';
const same = ({ rowId, version, sealed }: KeptToken) => [rowId, version, sealed];

/** What a look at a token found out. Undefined leaves what was known before. */
export interface TokenFacts {
  issuedAt?: Date;
  expiresAt?: Date | null;
  dataAccessExpiresAt?: Date;
  scopes?: string[];
  appScopedUserId?: string;
  username?: string;
}

export interface NewToken {
  sealed: string;
  issuedAt: Date;
  checkedAt: Date;
  expiresAt: Date | null;
  appScopedUserId: string;
  nextAt: Date;
}

/** Tokens in the table of accounts: which to look at, who is at them, what became of them. Times are the caller's clock. */
@Injectable()
export class TokensRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AccountAudit,
  ) {}

  /** The most urgent first. Any number of workers share them out: none is claimed twice. */
  async claimDue(which: Which, now: Date, limit: number): Promise<KeptToken[]> {
    const [rows]: [KeptToken[], number] = await this.dataSource.query(
      `UPDATE accounts SET token_lease_until = now() + ${LEASE}
       WHERE id IN (SELECT id FROM accounts
         WHERE access_token IS NOT NULL AND action_required IS NULL AND ${WHOSE[which]}
           AND (token_next_at IS NULL OR token_next_at <= $1) AND (token_lease_until IS NULL OR token_lease_until < now())
         ORDER BY token_expires_at NULLS LAST, id LIMIT $2 FOR UPDATE SKIP LOCKED)
       RETURNING ${KEPT}`,
      [now, limit],
    );
    return rows;
  }

  /** Also before its time, and when it was given up. @returns null while somebody else is at it, or it is disconnected */
  async claim(rowId: number): Promise<KeptToken | null> {
    const [rows]: [KeptToken[], number] = await this.dataSource.query(
      `UPDATE accounts SET token_lease_until = now() + ${LEASE}
       WHERE id = $1 AND access_token IS NOT NULL AND (token_lease_until IS NULL OR token_lease_until < now())
       RETURNING ${KEPT}`,
      [rowId],
    );
    return rows[0] ?? null;
  }

  /** @returns the token's version and end; null when it is disconnected */
  async read(rowId: number): Promise<{ version: number; expiresAt: Date | null } | null> {
    const rows: { version: number; expiresAt: Date | null }[] = await this.dataSource.query(
      `SELECT token_version AS version, token_expires_at AS "expiresAt" FROM accounts
       WHERE id = $1 AND access_token IS NOT NULL`,
      [rowId],
    );
    return rows[0] ?? null;
  }

  /** @returns whether it was still the claimed one, which is then locked until the transaction ends */
  async isStill(tx: EntityManager, token: KeptToken): Promise<boolean> {
    const rows: unknown[] = await tx.query(`SELECT 1 FROM accounts WHERE ${SAME} FOR UPDATE`, same(token));
    return rows.length === 1;
  }

  /**
   * Puts the new token in the place of the claimed one, in two steps: the first makes it a new version and forgets all
   * that was noted about the old (a trigger, see the migration). @returns whether it was still the claimed one
   */
  async replace(tx: EntityManager, token: KeptToken, fresh: NewToken): Promise<boolean> {
    const { sealed, issuedAt, checkedAt, expiresAt, appScopedUserId, nextAt } = fresh;
    const [, count]: [unknown, number] = await tx.query(
      `UPDATE accounts SET access_token = $4, token_issued_at = $5, token_checked_at = $6, token_expires_at = $7,
         app_scoped_user_id = $8, action_required = NULL, updated_at = now() WHERE ${SAME}`,
      [...same(token), sealed, issuedAt, checkedAt, expiresAt, appScopedUserId],
    );
    await tx.query('UPDATE accounts SET token_next_at = $2 WHERE id = $1 AND access_token = $3', [
      token.rowId,
      nextAt,
      sealed,
    ]);
    return count === 1;
  }

  /** Meta took the token. */
  async checked(tx: EntityManager, token: KeptToken, facts: TokenFacts, { at, nextAt }: { at: Date; nextAt: Date }) {
    await tx.query(
      `UPDATE accounts SET token_checked_at = $4, token_next_at = $5, token_attempts = 0, refresh_failed_at = NULL,
         token_lease_until = NULL, action_required = CASE WHEN $13 THEN NULL ELSE action_required END,
         token_issued_at = coalesce($6, token_issued_at),
         token_expires_at = CASE WHEN $7 THEN $8::timestamptz ELSE token_expires_at END,
         data_access_expires_at = coalesce($9, data_access_expires_at), scopes = coalesce($10, scopes),
         app_scoped_user_id = coalesce($11, app_scoped_user_id), username = coalesce(username, $12),
         warned_days = CASE WHEN $9::timestamptz > data_access_expires_at OR $8::timestamptz > token_expires_at
           THEN NULL ELSE warned_days END
       WHERE ${SAME}`,
      [
        ...same(token),
        at,
        nextAt,
        facts.issuedAt ?? null,
        facts.expiresAt !== undefined,
        facts.expiresAt ?? null,
        facts.dataAccessExpiresAt ?? null,
        facts.scopes ?? null,
        facts.appScopedUserId ?? null,
        facts.username ?? null,
        token.wasRefused,
      ],
    );
  }

  /** It is as it was, and is tried again at `nextAt`. */
  async failed(tx: EntityManager, token: KeptToken, { at, nextAt }: { at: Date; nextAt: Date }): Promise<void> {
    await tx.query(
      `UPDATE accounts SET refresh_failed_at = $4, token_next_at = $5, token_attempts = token_attempts + 1,
         token_lease_until = NULL WHERE ${SAME}`,
      [...same(token), at, nextAt],
    );
  }

  /** Nothing is to be done before `nextAt`. */
  async leave(token: KeptToken, nextAt: Date | null): Promise<void> {
    await this.dataSource.query(
      `UPDATE accounts SET token_lease_until = NULL, token_next_at = coalesce($4, token_next_at) WHERE ${SAME}`,
      [...same(token), nextAt],
    );
  }

  async record(
    tx: EntityManager,
    { rowId: accountRowId, userId, accountId }: KeptToken,
    what: Pick<AuditEntry, 'action' | 'by' | 'detail'>,
  ): Promise<void> {
    await this.audit.append(tx, { userId, accountRowId, accountId, ...what });
  }
}
