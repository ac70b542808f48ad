import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Events } from '../events/events';
import { type Credential, type Login } from '../graph/index';
import { AccountFinder } from './account-finder';
import { AccountTokens } from './account-tokens';
import { AccountsRepository } from './accounts.repository';

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
  /** Why Instagram takes its token no more: its posts wait until it is connected again. Null: nobody said so. */
  actionRequired: string | null;
}

/** The door for other rooms: which account is meant, what opens it, and what became of its token. */
@Injectable()
export class AccountsService {
  constructor(
    private readonly finder: AccountFinder,
    private readonly accounts: AccountsRepository,
    private readonly tokens: AccountTokens,
    private readonly events: Events,
  ) {}

  /**
   * The account that a post goes to: the named one, else the user's default.
   * @throws AppError `account_not_found` (not this user's, or disconnected), `account_not_connected` (none named, none there)
   */
  async forPosting(userId: number, namedId?: string): Promise<PostingAccount> {
    const { id, accountId, login, username, actionRequired } = await this.finder.connected(userId, namedId);
    return { rowId: id, accountId, login, username, actionRequired };
  }

  /**
   * Our own id of an account of the user's, also of one that is disconnected.
   * @throws AppError `account_not_found`
   */
  async rowIdOf(userId: number, accountId: string): Promise<number> {
    return (await this.finder.named(userId, accountId)).id;
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
}
