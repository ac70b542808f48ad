import { Injectable } from '@nestjs/common';
import { AccountsService } from '../accounts/accounts.service';
import { cutPage, decodeCursor } from '../common/cursor';
import type { ListQuery } from '../common/list-query.dto';
import { Log } from '../common/log';
import { Transactions } from '../database/transactions';
import type { PauseEntryView, PauseHistory, PauseView } from './dto/pause-views.dto';
import type { PauseMove, PauseRow, PauseSwitch } from './pause-switch';
import { PausesRepository, type PauseAuditRow } from './pauses.repository';

/** Whose posts: one account's, all of a user's, or everybody's. */
export type PauseTarget = { userId: number; accountId?: string } | 'all';

const EVERYTHING: PauseSwitch = { scope: 'all', subject: '' };

/** The cursors of one list fit no other. */
const LISTS = { mine: 'pause-history', all: 'all-pause-history' };

/** A switch, and the wider ones that hold the same posts; narrowest first. */
type Chain = [PauseSwitch, ...PauseSwitch[]];

/** Switches that hold posts back. What they mean for a post that is due is up to publishing (pauses.sql.ts). */
@Injectable()
export class PausesService {
  constructor(
    private readonly pauses: PausesRepository,
    private readonly accounts: AccountsService,
    private readonly transactions: Transactions,
    private readonly log: Log,
  ) {}

  /** @throws AppError `account_not_found` when the account is not this user's; so do the others */
  async read(target: PauseTarget): Promise<PauseView> {
    const chain = await this.chainOf(target);
    return viewOf(chain, await this.pauses.which(chain));
  }

  /** Holds these posts. Whoever paused first stays the one who did. */
  pause(target: PauseTarget, byUser: number, reason: string | undefined): Promise<PauseView> {
    return this.move(target, { action: 'paused', byUser, reason: reason ?? null });
  }

  /** Lets these posts go again, as far as no wider switch holds them. */
  resume(target: PauseTarget, byUser: number, reason: string | undefined): Promise<PauseView> {
    return this.move(target, { action: 'resumed', byUser, reason: reason ?? null });
  }

  /** What concerned this user's posts. */
  historyOf(userId: number, query: ListQuery): Promise<PauseHistory> {
    return this.page(LISTS.mine, userId, query);
  }

  historyOfAll(query: ListQuery): Promise<PauseHistory> {
    return this.page(LISTS.all, null, query);
  }

  private async move(target: PauseTarget, move: PauseMove): Promise<PauseView> {
    const chain = await this.chainOf(target);
    const [one] = chain;
    const { moved, view } = await this.transactions.run(async (tx) => {
      const moved = await (move.action === 'paused' ? this.pauses.add(tx, one, move) : this.pauses.remove(tx, one));
      if (moved) await this.pauses.record(tx, one, move);
      return { moved, view: viewOf(chain, await this.pauses.which(chain, tx)) };
    });
    if (moved) this.log.info(`pause.${move.action}`, { ...one, by_user: move.byUser });
    return view;
  }

  private async chainOf(target: PauseTarget): Promise<Chain> {
    if (target === 'all') return [EVERYTHING];
    const { userId, accountId } = target;
    const user: PauseSwitch = { scope: 'user', subject: String(userId) };
    if (accountId === undefined) return [user, EVERYTHING];
    return [{ scope: 'account', subject: String(await this.accounts.rowIdOf(userId, accountId)) }, user, EVERYTHING];
  }

  private async page(list: string, userId: number | null, { limit, cursor }: ListQuery): Promise<PauseHistory> {
    const before = cursor === undefined ? null : decodeCursor(list, cursor);
    const rows = await this.pauses.history(userId, { before, limit: limit + 1 });
    const { page, next_cursor } = cutPage(list, rows, limit);
    return { entries: page.map(entryOf), next_cursor };
  }
}

function viewOf([one]: Chain, on: PauseRow[]): PauseView {
  const own = on.find(({ scope }) => scope === one.scope);
  return {
    paused: own !== undefined,
    reason: own?.reason ?? null,
    paused_at: own?.pausedAt.toISOString() ?? null,
    by_user: own?.pausedBy ?? null,
    effective: on.length > 0,
    held_by: on.map(({ scope }) => scope),
  };
}

function entryOf({ id, at, scope, action, reason, byUser, userId, accountId }: PauseAuditRow): PauseEntryView {
  return { id, at: at.toISOString(), scope, user_id: userId, account_id: accountId, action, reason, by_user: byUser };
}
