import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { AccountAudit } from '../accounts/account-audit';
import { type Login } from '../graph/index';

/** Somebody as Meta names them to us. The logins whose secret signed the request: both, where one app serves both. */
export interface Person {
  logins: Login[];
  appScopedUserId: string;
}

/** An account that was taken from a person. */
export interface TakenAccount {
  id: number;
  userId: number;
  /** Instagram's id of the account. */
  accountId: string;
  username: string | null;
  wasConnected: boolean;
}

const OF_PERSON = 'login = ANY ($1) AND app_scoped_user_id = $2';
const TAKEN = `id, user_id AS "userId", account_id AS "accountId", username, disconnected_at IS NULL AS "wasConnected"`;

/** What we hold of a person: the accounts that were connected through them, of whichever users. */
@Injectable()
export class PeopleRepository {
  constructor(private readonly audits: AccountAudit) {}

  /** Locks them and their users, in one order for everybody. */
  async accountsOf(tx: EntityManager, { logins, appScopedUserId }: Person): Promise<TakenAccount[]> {
    await tx.query(
      `SELECT 1 FROM users WHERE id IN (SELECT user_id FROM accounts WHERE ${OF_PERSON}) ORDER BY id FOR NO KEY UPDATE`,
      [logins, appScopedUserId],
    );
    return tx.query(`SELECT ${TAKEN} FROM accounts WHERE ${OF_PERSON} ORDER BY id FOR UPDATE`, [
      logins,
      appScopedUserId,
    ]);
  }

  /** Erases the token. Not of an account that was connected after `before`: what Meta said then is not about that. */
  async disconnect(tx: EntityManager, { id }: TakenAccount, before: Date, now: Date): Promise<boolean> {
    const [, count]: [unknown, number] = await tx.query(
      `UPDATE accounts SET access_token = NULL, token_expires_at = NULL, disconnected_at = $3, is_default = false,
         updated_at = $3
       WHERE id = $1 AND disconnected_at IS NULL AND connected_at <= $2`,
      [id, before, now],
    );
    return count === 1;
  }

  /** All that Instagram said of the account, its id too. The row stays: the user's posts stand on it. */
  async erase(tx: EntityManager, { id }: TakenAccount, now: Date): Promise<void> {
    await tx.query(
      `UPDATE accounts SET account_id = ${pseudonymOf('id')}, username = NULL, page_id = NULL, page_name = NULL,
         access_token = NULL, token_expires_at = NULL, token_issued_at = NULL, token_checked_at = NULL,
         refresh_failed_at = NULL, data_access_expires_at = NULL, scopes = '{}', app_scoped_user_id = NULL,
         details = NULL, details_at = NULL, warned_days = NULL, action_required = NULL, is_default = false,
         disconnected_at = coalesce(disconnected_at, $2), updated_at = $2
       WHERE id = $1`,
      [id, now],
    );
  }

  /** The account that was connected first becomes the default of each of these users who has none now. */
  async ensureDefaults(tx: EntityManager, userIds: number[]): Promise<void> {
    await tx.query(
      `UPDATE accounts a SET is_default = true
       WHERE a.id IN (SELECT DISTINCT ON (user_id) id FROM accounts WHERE user_id = ANY ($1) AND disconnected_at IS NULL
           ORDER BY user_id, connected_at, id)
         AND NOT EXISTS (SELECT FROM accounts d WHERE d.user_id = a.user_id AND d.is_default)`,
      [userIds],
    );
  }

  async audit(tx: EntityManager, account: TakenAccount, action: 'deauthorized' | 'data_deleted'): Promise<void> {
    const { userId, id: accountRowId, accountId } = account;
    await this.audits.append(tx, { userId, accountRowId, accountId, action, by: 'meta' });
  }
}

/** What stands for the Instagram id of an erased account: our own id, with a zero that no id of Instagram's begins with. */
export function pseudonymOf(rowId: string): string {
  return `'0' || ${rowId}`;
}
