import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AppError } from '../common/app-error';
import { Clock } from '../common/clock';
import { type Secret } from '../common/secret';
import { Transactions } from '../database/transactions';
import { Events } from '../events/events';
import { type Credential, type Login } from '../graph/index';
import { type AccountRow } from './account.entity';
import { AccountTokens } from './account-tokens';
import { AccountsRepository } from './accounts.repository';
import { type AccountAnswer, type DisconnectedAnswer } from './dto/account-answers.dto';

const DAY_MS = 86_400_000;

/** An account whose token was proved. Null fields are not known and leave what was known before. */
export interface ProvedAccount {
  accountId: string;
  login: Login;
  username: string | null;
  pageId: string | null;
  pageName: string | null;
  token: Secret;
  tokenExpiresAt: Date | null;
}

/** What Instagram said against a token. */
export interface TokenFailure {
  kind: string;
  /** For a person: what happened and what to do. */
  advice: string;
}

/** A connected account, as posts and publishing need it. */
export interface PostingAccount {
  /** Our own id of the row. */
  rowId: number;
  /** Instagram's id: digits. */
  accountId: string;
  login: Login;
  username: string | null;
}

/** The Instagram accounts of a user: how they stand, and what opens them. */
@Injectable()
export class AccountsService {
  constructor(
    private readonly accounts: AccountsRepository,
    private readonly tokens: AccountTokens,
    private readonly events: Events,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError `account_not_found` when the named account is not this user's */
  async describe(userId: number, accountId?: string): Promise<AccountAnswer> {
    const account = await this.find(userId, accountId);
    if (!account || account.disconnectedAt) return NOTHING_CONNECTED;
    const { tokenExpiresAt } = account;
    const msLeft = tokenExpiresAt && tokenExpiresAt.getTime() - this.clock.now().getTime();
    return {
      connected: true,
      instagram_account_id: account.accountId,
      page_name: account.pageName,
      connected_at: account.connectedAt.toISOString(),
      token_expires_at: tokenExpiresAt?.toISOString() ?? null,
      days_until_expiry: msLeft === null ? null : Math.max(0, Math.floor(msLeft / DAY_MS)),
    };
  }

  /** Stores the proved account with its token sealed: a new row, or the one it had before. */
  async connect(userId: number, { token, ...proved }: ProvedAccount): Promise<AccountRow> {
    const { accountId } = proved;
    const accessToken = this.tokens.seal(token, { userId, accountId });
    return this.transactions.run(async (tx) => {
      await this.accounts.lockAllOf(tx, userId);
      const account = await this.accounts.connect(tx, {
        ...proved,
        userId,
        accessToken,
        connectedAt: this.clock.now(),
      });
      await this.events.append(tx, {
        userId,
        type: 'account.connected',
        accountId,
        data: {
          account_id: accountId,
          login: account.login,
          username: account.username,
          page_name: account.pageName,
          token_expires_at: account.tokenExpiresAt?.toISOString() ?? null,
        },
      });
      return account;
    });
  }

  /**
   * Forgets the token for good; posts stay. The next account that was connected becomes the default.
   * @throws AppError `account_not_found`, `account_not_connected`
   */
  async disconnect(userId: number, namedId?: string): Promise<DisconnectedAnswer> {
    const { id, accountId, username, userId: ownerId } = await this.connected(userId, namedId);
    // The installation's own is the environment's to give and to take.
    if (ownerId !== userId) throw unknownAccount(accountId);
    await this.transactions.run(async (tx) => {
      await this.accounts.lockAllOf(tx, userId);
      if (!(await this.accounts.disconnect(tx, id, this.clock.now()))) return;
      await this.accounts.ensureDefault(tx, userId);
      await this.events.append(tx, {
        userId,
        type: 'account.disconnected',
        accountId,
        data: { account_id: accountId, username, reason: 'requested' },
      });
    });
    return { success: true, message: `Disconnected ${username ? `@${username}` : accountId}; its token is erased.` };
  }

  /**
   * The account that a post goes to: the named one, else the user's default.
   * @throws AppError `account_not_found` (not this user's, or disconnected), `account_not_connected` (none named, none there)
   */
  async forPosting(userId: number, namedId?: string): Promise<PostingAccount> {
    const { id, accountId, login, username } = await this.connected(userId, namedId);
    return { rowId: id, accountId, login, username };
  }

  /**
   * Our own id of an account of the user's, also of one that is disconnected.
   * @throws AppError `account_not_found`
   */
  async rowIdOf(userId: number, accountId: string): Promise<number> {
    // Comes from a path, unchecked; and text that is not digits may be such that PostgreSQL cannot hold it.
    const account = /^\d{1,32}$/.test(accountId)
      ? ((await this.accounts.byAccountId(userId, accountId)) ??
        (await this.accounts.ofInstallation(userId, accountId)))
      : null;
    if (!account) throw unknownAccount(accountId);
    return account.id;
  }

  /** What a call to Instagram is made with. To be asked right before the call. @returns null when disconnected */
  async credential(rowId: number): Promise<Credential | null> {
    const account = await this.accounts.byId(rowId);
    if (!account?.accessToken) return null;
    return { login: account.login, accessToken: this.tokens.open(account.accessToken, account) };
  }

  /**
   * Instagram took the account's token no more, at a call that began at `since`: its posts wait until it is connected again.
   * Its user hears of it once.
   */
  async needsAction(tx: EntityManager, rowId: number, { kind, advice }: TokenFailure, since: Date): Promise<void> {
    const account = await this.accounts.needsAction(tx, rowId, kind, since);
    if (!account) return;
    const { userId, accountId, username } = account;
    const data = { account_id: accountId, username, reason: kind, message: advice };
    await this.events.append(tx, { userId, type: 'account.action_required', accountId, data });
  }

  /** A person asks for one more call with a token that Instagram refused: only that shows whether it still does. */
  async trustAgain(tx: EntityManager, rowId: number): Promise<void> {
    await this.accounts.trustAgain(tx, rowId);
  }

  private async connected(userId: number, accountId?: string): Promise<AccountRow> {
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

  /** @returns null only when none was named and none is connected */
  private async find(userId: number, accountId?: string): Promise<AccountRow | null> {
    const account =
      accountId === undefined
        ? await this.accounts.defaultOf(userId)
        : await this.accounts.byAccountId(userId, accountId);
    if (account && !account.disconnectedAt) return account;
    const shared = await this.accounts.ofInstallation(userId, accountId);
    if (!shared && !account && accountId !== undefined) throw unknownAccount(accountId);
    return shared ?? account;
  }
}

function unknownAccount(accountId: string): AppError {
  return new AppError('account_not_found', `You have connected no account ${accountId}.`, {
    action_required: 'Name an account that you connected, or leave account_id out to use your default one.',
  });
}

const NOTHING_CONNECTED: AccountAnswer = {
  connected: false,
  instagram_account_id: null,
  page_name: null,
  connected_at: null,
  token_expires_at: null,
  days_until_expiry: null,
};
