import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error';
import { GraphError } from '../graph/index';
import { AccountFinder } from './account-finder';
import { AccountReading } from './account-reading.service';
import { type AccountRow } from './account.entity';
import { type ConnectionCheck, type ConnectionTestAnswer } from './dto/account-views.dto';
import { missingToPublish } from './login-scopes';

/** Tries everything that publishing needs, short of publishing. */
@Injectable()
export class ConnectionTest {
  constructor(
    private readonly finder: AccountFinder,
    private readonly reading: AccountReading,
  ) {}

  /** What cannot be found out is not ok, and says why. @throws AppError `account_not_found`, `account_not_connected` */
  async run(userId: number, accountId?: string): Promise<ConnectionTestAnswer> {
    const account = await this.finder.connected(userId, accountId);
    const [token, type] = await this.readAccount(account);
    const checks = token.ok
      ? [token, await this.scopes(account), type, await this.quota(account)]
      : [token, unchecked('scopes'), type, unchecked('quota')];
    return { ok: checks.every(({ ok }) => ok), checks };
  }

  private async readAccount(account: AccountRow): Promise<[ConnectionCheck, ConnectionCheck]> {
    const { accountId } = account;
    try {
      const shown = await this.reading.ask(account, (graph, credential) => graph.readAccount(credential, accountId));
      const type = shown.accountType?.toLowerCase().replace('_', ' ') ?? 'professional';
      return [
        passed('token', `Instagram takes it for @${shown.username}.`),
        passed('account_type', `A ${type} account.`),
      ];
    } catch (error) {
      if (error instanceof GraphError && error.kind === 'account_not_business')
        return [passed('token', 'Instagram takes it.'), failed('account_type', error)];
      return [failed('token', error), unchecked('account_type')];
    }
  }

  private async scopes(account: AccountRow): Promise<ConnectionCheck> {
    try {
      const granted = await this.granted(account);
      const missing = missingToPublish(account.login, granted);
      if (missing.length > 0)
        return { name: 'scopes', ok: false, detail: `Not granted: ${missing.join(', ')}. Connect the account again.` };
      return passed('scopes', granted.length > 0 ? granted.join(', ') : 'Instagram does not tell; see quota.');
    } catch (error) {
      return failed('scopes', error);
    }
  }

  /**
   * Facebook tells what a token may do, if it was made for our app; of Instagram's, and where it does not, there is only
   * what was said at the login (reference §1a).
   */
  private async granted(account: AccountRow): Promise<string[]> {
    if (account.login === 'instagram') return account.scopes;
    try {
      const { scopes } = await this.reading.ask(account, (graph, { accessToken }) => graph.inspectToken(accessToken));
      return scopes;
    } catch (error) {
      if (error instanceof GraphError) return account.scopes;
      throw error;
    }
  }

  private async quota(account: AccountRow): Promise<ConnectionCheck> {
    const { accountId } = account;
    try {
      const { quotaTotal, quotaUsed } = await this.reading.ask(account, (graph, credential) =>
        graph.publishingLimit(credential, accountId),
      );
      const detail = `${quotaUsed} of ${quotaTotal ?? 'an unknown number of'} posts used in 24 hours.`;
      return { name: 'quota', ok: quotaTotal === null || quotaUsed < quotaTotal, detail };
    } catch (error) {
      return failed('quota', error);
    }
  }
}

function passed(name: ConnectionCheck['name'], detail: string): ConnectionCheck {
  return { name, ok: true, detail };
}

function unchecked(name: ConnectionCheck['name']): ConnectionCheck {
  return { name, ok: false, detail: 'Not checked, since the token does not work.' };
}

function failed(name: ConnectionCheck['name'], error: unknown): ConnectionCheck {
  if (!(error instanceof AppError)) throw error;
  const { detail, extras } = error;
  return { name, ok: false, detail: [detail, extras.action_required].filter(Boolean).join(' ') };
}
