import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error';
import { type AccountRow } from './account.entity';
import { AccountsRepository } from './accounts.repository';

/** Finds an account for its user; another user's looks like none. */
@Injectable()
export class AccountFinder {
  constructor(private readonly accounts: AccountsRepository) {}

  /**
   * The named account, connected or not; none named: the default one.
   * @returns null only when none was named and none is connected
   * @throws AppError `account_not_found`
   */
  async find(userId: number, accountId?: string): Promise<AccountRow | null> {
    if (accountId !== undefined) return this.named(userId, accountId);
    return (await this.accounts.defaultOf(userId)) ?? this.accounts.ofInstallation(userId);
  }

  /** @throws AppError `account_not_found` when this user has no such account, connected or not */
  async named(userId: number, accountId: string): Promise<AccountRow> {
    // May come from a path, unchecked; and text that is not digits may be such that PostgreSQL cannot hold it.
    const account = /^\d{1,32}$/.test(accountId) ? await this.byId(userId, accountId) : null;
    if (account) return account;
    throw unknownAccount(accountId);
  }

  /** Their own, or the installation's where they may use it. */
  private async byId(userId: number, accountId: string): Promise<AccountRow | null> {
    const own = await this.accounts.byAccountId(userId, accountId);
    if (own && !own.disconnectedAt) return own;
    return (await this.accounts.ofInstallation(userId, accountId)) ?? own;
  }

  /** @throws AppError `account_not_found` (also when it is disconnected), `account_not_connected` (none named, none there) */
  async connected(userId: number, accountId?: string): Promise<AccountRow> {
    const account = await this.find(userId, accountId);
    if (!account)
      throw new AppError('account_not_connected', 'No Instagram account is connected.', {
        action_required: 'Connect one with POST /api/instagram/connect or POST /api/instagram/manual-connect.',
      });
    if (account.disconnectedAt)
      throw new AppError('account_not_found', `The account ${account.accountId} was disconnected.`, {
        action_required: 'Connect it again, or name another account.',
      });
    return account;
  }
}

export function unknownAccount(accountId: string): AppError {
  return new AppError('account_not_found', `You have connected no account ${accountId.slice(0, 40)}.`, {
    action_required: 'Name an account that you connected, or leave account_id out to use your default one.',
  });
}
