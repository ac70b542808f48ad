import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, type EntityManager, type Repository } from 'typeorm';
import { AccountRow } from './account.entity';

/** What connecting knows about an account. Null means not known, and leaves what was known before. */
export type ConnectedAccount = Pick<
  AccountRow,
  'userId' | 'accountId' | 'login' | 'username' | 'pageId' | 'pageName'
> & {
  accessToken: string;
  tokenExpiresAt: Date | null;
  connectedAt: Date;
};

@Injectable()
export class AccountsRepository {
  constructor(@InjectRepository(AccountRow) private readonly rows: Repository<AccountRow>) {}

  byId(id: number): Promise<AccountRow | null> {
    return this.rows.findOneBy({ id });
  }

  /** Also when it is disconnected. */
  byAccountId(userId: number, accountId: string): Promise<AccountRow | null> {
    return this.rows.findOneBy({ userId, accountId });
  }

  defaultOf(userId: number): Promise<AccountRow | null> {
    return this.rows.findOneBy({ userId, isDefault: true });
  }

  /**
   * One after the other for whatever decides which account is the user's default: two first connects at once would each
   * find none. The row of the user stands for all of theirs; foreign keys do not wait for this kind of lock.
   */
  async lockAllOf(tx: EntityManager, userId: number): Promise<void> {
    await tx.query('SELECT 1 FROM users WHERE id = $1 FOR NO KEY UPDATE', [userId]);
  }

  /** Connects in place: an account that was connected before keeps its row, and so its posts. */
  async connect(tx: EntityManager, account: ConnectedAccount): Promise<AccountRow> {
    const { userId, accountId, login, username, pageId, pageName, accessToken, tokenExpiresAt, connectedAt } = account;
    await tx.query(
      `INSERT INTO accounts AS a (user_id, account_id, login, username, page_id, page_name, access_token,
         token_expires_at, connected_at, is_default)
       VALUES ($1, $2, $3, nullif($4, ''), nullif($5, ''), nullif($6, ''), $7, $8, $9,
         NOT EXISTS (SELECT FROM accounts WHERE user_id = $1 AND is_default))
       ON CONFLICT (user_id, account_id) DO UPDATE SET
         login = excluded.login,
         username = coalesce(excluded.username, a.username),
         page_id = coalesce(excluded.page_id, a.page_id),
         page_name = coalesce(excluded.page_name, a.page_name),
         access_token = excluded.access_token,
         token_expires_at = excluded.token_expires_at,
         connected_at = excluded.connected_at,
         disconnected_at = NULL,
         action_required = NULL,
         is_default = a.is_default OR excluded.is_default,
         updated_at = excluded.connected_at`,
      [userId, accountId, login, username, pageId, pageName, accessToken, tokenExpiresAt, connectedAt],
    );
    return tx.findOneByOrFail(AccountRow, { userId, accountId });
  }

  /** Erases the token. @returns whether this call did it */
  async disconnect(tx: EntityManager, id: number, now: Date): Promise<boolean> {
    const { affected } = await tx.update(
      AccountRow,
      { id, disconnectedAt: IsNull() },
      { accessToken: null, tokenExpiresAt: null, disconnectedAt: now, isDefault: false, updatedAt: now },
    );
    return affected === 1;
  }

  /** Not when it was connected again, or its token refreshed, since then. @returns the account where this is news */
  async needsAction(tx: EntityManager, id: number, reason: string, since: Date): Promise<AccountRow | null> {
    const [, count]: [unknown, number] = await tx.query(
      `UPDATE accounts SET action_required = $2, updated_at = now()
       WHERE id = $1 AND action_required IS NULL AND disconnected_at IS NULL AND connected_at < $3
         AND (token_issued_at IS NULL OR token_issued_at < $3)`,
      [id, reason, since],
    );
    return count === 1 ? tx.findOneBy(AccountRow, { id }) : null;
  }

  /** The token is taken for good again until Instagram says otherwise. */
  async trustAgain(tx: EntityManager, id: number): Promise<void> {
    await tx.query('UPDATE accounts SET action_required = NULL WHERE id = $1 AND action_required IS NOT NULL', [id]);
  }

  /** Makes the account that was connected first the default, where there is none. */
  async ensureDefault(tx: EntityManager, userId: number): Promise<void> {
    await tx.query(
      `UPDATE accounts SET is_default = true
       WHERE id = (SELECT id FROM accounts WHERE user_id = $1 AND disconnected_at IS NULL ORDER BY connected_at, id LIMIT 1)
         AND NOT EXISTS (SELECT FROM accounts WHERE user_id = $1 AND is_default)`,
      [userId],
    );
  }

  /** The account of the installation itself (src/tokens/installation-account.ts), where this user may use it. */
  async ofInstallation(userId: number, accountId?: string): Promise<AccountRow | null> {
    const rows: { id: number }[] = await this.rows.query(
      `SELECT a.id FROM accounts a
       JOIN users owner ON owner.id = a.user_id AND owner.issuer = 'installation' AND owner.subject = 'installation'
       JOIN users caller ON caller.id = $1 AND 'ops' = ANY (caller.roles)
       WHERE a.disconnected_at IS NULL AND ($2::text IS NULL OR a.account_id = $2)`,
      [userId, accountId ?? null],
    );
    return rows[0] ? this.byId(rows[0].id) : null;
  }
}
