import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, LessThan, type EntityManager, type Repository } from 'typeorm';
import { type KnownDetails } from './account-details';
import { AccountRow } from './account.entity';
import { type ProvedAccount } from './proved-account';

/** An account whose token was proved, with that token sealed. */
export interface SealedAccount extends Omit<ProvedAccount, 'token'> {
  userId: number;
  accessToken: string;
  connectedAt: Date;
}

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

  /** Connected ones, newest first; `before` is the id of the last row of the page before. */
  connectedOf(userId: number, { before, limit }: { before: number | null; limit: number }): Promise<AccountRow[]> {
    return this.rows.find({
      where: { userId, disconnectedAt: IsNull(), ...(before !== null && { id: LessThan(before) }) },
      order: { id: 'DESC' },
      take: limit,
    });
  }

  /** Whether an account of this login will soon tell nothing more, unless its person confirms (reference §11). */
  async dataAccessEnds(userId: number, before: Date): Promise<boolean> {
    return this.rows.exists({
      where: { userId, login: 'facebook', disconnectedAt: IsNull(), dataAccessExpiresAt: LessThan(before) },
    });
  }

  /**
   * Connects in place: an account that was connected before keeps its row, and so its posts. What is not known now leaves
   * what was known before, but for what is true of the old token only.
   */
  async connect(tx: EntityManager, account: SealedAccount): Promise<{ row: AccountRow; isNew: boolean }> {
    const { userId, accountId } = account;
    const [found]: { isNew: boolean }[] = await tx.query(CONNECT_SQL, [
      userId,
      accountId,
      account.login,
      account.username,
      account.pageId,
      account.pageName,
      account.accessToken,
      account.tokenExpiresAt,
      account.connectedAt,
      account.tokenIssuedAt,
      account.dataAccessExpiresAt,
      account.scopes,
      account.appScopedUserId,
    ]);
    const row = await tx.findOneByOrFail(AccountRow, { userId, accountId });
    return { row, isNew: found?.isNew === true };
  }

  /** Erases the token, and what was known of it. @returns whether this call did it */
  async disconnect(tx: EntityManager, id: number, now: Date): Promise<boolean> {
    const [, count]: [unknown, number] = await tx.query(
      `UPDATE accounts SET access_token = NULL, token_expires_at = NULL, token_issued_at = NULL,
         data_access_expires_at = NULL, scopes = '{}', refresh_failed_at = NULL, warned_days = NULL,
         token_version = token_version + 1, disconnected_at = $2, is_default = false, updated_at = $2
       WHERE id = $1 AND disconnected_at IS NULL`,
      [id, now],
    );
    return count === 1;
  }

  /** Where the user's accounts are locked. */
  async makeDefault(
    tx: EntityManager,
    { id, userId }: AccountRow,
  ): Promise<'changed' | 'was_it_already' | 'disconnected'> {
    const account = await tx.findOneBy(AccountRow, { id, disconnectedAt: IsNull() });
    if (!account) return 'disconnected';
    if (account.isDefault) return 'was_it_already';
    await tx.query('UPDATE accounts SET is_default = false WHERE user_id = $1 AND is_default', [userId]);
    await tx.query('UPDATE accounts SET is_default = true, updated_at = now() WHERE id = $1', [id]);
    return 'changed';
  }

  /** What Instagram shows of the account now. */
  async keepDetails(id: number, details: KnownDetails, now: Date): Promise<void> {
    await this.rows.query(
      `UPDATE accounts SET details = $2, details_at = $3, username = coalesce(nullif($4, ''), username) WHERE id = $1`,
      [id, JSON.stringify(details), now, details.username],
    );
  }

  /** Not when it was connected again, or its token refreshed, since then. @returns the account where this is news */
  async needsAction(tx: EntityManager, id: number, reason: string, since: Date): Promise<AccountRow | null> {
    const [, count]: [unknown, number] = await tx.query(
      `UPDATE accounts SET action_required = $2, action_required_at = now(), updated_at = now()
       WHERE id = $1 AND action_required IS NULL AND disconnected_at IS NULL AND connected_at < $3
         AND (token_issued_at IS NULL OR token_issued_at < $3)`,
      [id, reason, since],
    );
    return count === 1 ? tx.findOneBy(AccountRow, { id }) : null;
  }

  /** The token is taken for good again until Instagram says otherwise. */
  async trustAgain(tx: EntityManager, id: number): Promise<void> {
    await tx.query(
      `UPDATE accounts SET action_required = NULL, action_required_at = NULL
       WHERE id = $1 AND action_required IS NOT NULL`,
      [id],
    );
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

const CONNECT_SQL = `
  INSERT INTO accounts AS a (user_id, account_id, login, username, page_id, page_name, access_token, token_expires_at,
    connected_at, token_issued_at, data_access_expires_at, scopes, app_scoped_user_id, is_default)
  VALUES ($1, $2, $3, nullif($4, ''), nullif($5, ''), nullif($6, ''), $7, $8, $9, $10, $11, $12, nullif($13, ''),
    NOT EXISTS (SELECT FROM accounts WHERE user_id = $1 AND is_default))
  ON CONFLICT (user_id, account_id) DO UPDATE SET
    login = excluded.login,
    username = coalesce(excluded.username, a.username),
    page_id = coalesce(excluded.page_id, a.page_id),
    page_name = coalesce(excluded.page_name, a.page_name),
    access_token = excluded.access_token,
    token_version = a.token_version + 1,
    token_expires_at = excluded.token_expires_at,
    token_issued_at = excluded.token_issued_at,
    data_access_expires_at = excluded.data_access_expires_at,
    -- Scopes and people of one login mean nothing to the other.
    scopes = CASE WHEN a.login = excluded.login AND excluded.scopes = '{}' THEN a.scopes ELSE excluded.scopes END,
    app_scoped_user_id = CASE WHEN a.login = excluded.login
      THEN coalesce(excluded.app_scoped_user_id, a.app_scoped_user_id) ELSE excluded.app_scoped_user_id END,
    refresh_failed_at = NULL,
    warned_days = NULL,
    connected_at = excluded.connected_at,
    disconnected_at = NULL,
    action_required = NULL,
    action_required_at = NULL,
    is_default = a.is_default OR excluded.is_default,
    updated_at = excluded.connected_at
  RETURNING xmax = 0 AS "isNew"`;
