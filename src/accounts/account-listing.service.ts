import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { decodeCursor, encodeCursor } from '../common/cursor';
import { type ListQuery } from '../common/list-query.dto';
import { AccountFinder } from './account-finder';
import { daysUntil } from './account-health';
import { accountView } from './account-view';
import { AccountsRepository } from './accounts.repository';
import { type AccountAnswer } from './dto/account-answers.dto';
import { type AccountList } from './dto/account-views.dto';

const LIST = 'accounts';

/** The accounts of a user as they stand, without asking Instagram. */
@Injectable()
export class AccountListing {
  constructor(
    private readonly finder: AccountFinder,
    private readonly accounts: AccountsRepository,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError `account_not_found` when the named account is not this user's */
  async describe(userId: number, accountId?: string): Promise<AccountAnswer> {
    const account = await this.finder.find(userId, accountId);
    if (!account || account.disconnectedAt) return NOTHING_CONNECTED;
    const { tokenExpiresAt } = account;
    return {
      connected: true,
      instagram_account_id: account.accountId,
      page_name: account.pageName,
      connected_at: account.connectedAt.toISOString(),
      token_expires_at: tokenExpiresAt?.toISOString() ?? null,
      days_until_expiry: daysUntil(tokenExpiresAt, this.clock.now()),
    };
  }

  /** @throws AppError `invalid_cursor` */
  async list(userId: number, { limit, cursor }: ListQuery): Promise<AccountList> {
    const before = cursor === undefined ? null : decodeCursor(LIST, cursor);
    const rows = await this.accounts.connectedOf(userId, { before, limit: limit + 1 });
    const now = this.clock.now();
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return {
      accounts: rows.slice(0, limit).map((row) => accountView(row, now)),
      next_cursor: last ? encodeCursor(LIST, last.id) : null,
    };
  }
}

const NOTHING_CONNECTED: AccountAnswer = {
  connected: false,
  instagram_account_id: null,
  page_name: null,
  connected_at: null,
  token_expires_at: null,
  days_until_expiry: null,
};
