import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Events } from '../events/events';
import { AccountAudit } from './account-audit';
import { type AccountRow } from './account.entity';

/** How an account came to be connected. */
export type ConnectedBy = 'login' | 'selection' | 'manual';

/** Tells what a user did with an account: the feed where it is news to others, the record always. */
@Injectable()
export class AccountNews {
  constructor(
    private readonly events: Events,
    private readonly audit: AccountAudit,
  ) {}

  async connected(tx: EntityManager, account: AccountRow, how: ConnectedBy, isNew: boolean): Promise<void> {
    const { userId, accountId, login, username, pageName } = account;
    const token_expires_at = account.tokenExpiresAt?.toISOString() ?? null;
    await this.record(tx, account, isNew ? 'connected' : 'reconnected', {
      how,
      login,
      username,
      token_expires_at,
      scopes: account.scopes,
    });
    await this.events.append(tx, {
      userId,
      type: 'account.connected',
      accountId,
      data: { account_id: accountId, login, username, page_name: pageName, token_expires_at },
    });
  }

  async disconnected(tx: EntityManager, account: AccountRow): Promise<void> {
    const { userId, accountId, username } = account;
    await this.record(tx, account, 'disconnected', { reason: 'requested' });
    await this.events.append(tx, {
      userId,
      type: 'account.disconnected',
      accountId,
      data: { account_id: accountId, username, reason: 'requested' },
    });
  }

  async madeDefault(tx: EntityManager, account: AccountRow): Promise<void> {
    await this.record(tx, account, 'default_changed');
  }

  private async record(
    tx: EntityManager,
    { id, userId, accountId }: AccountRow,
    action: string,
    detail?: Record<string, unknown>,
  ): Promise<void> {
    await this.audit.append(tx, { userId, accountRowId: id, accountId, action, by: `user:${userId}`, detail });
  }
}
