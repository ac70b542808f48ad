import { Injectable } from '@nestjs/common';
import type { AuditEntry } from '../accounts/account-audit';
import { AccountsService } from '../accounts/accounts.service';
import { AppError } from '../common/app-error';
import { Clock } from '../common/clock';
import { GraphError } from '../graph';
import { type RefreshTokenAnswer } from './dto/refresh-token.dto';
import { TokenKeeper, type Kept } from './token-keeper';
import { isFresh } from './token-policy';
import { TokensRepository, type KeptToken } from './tokens.repository';

/** How long a request waits for another refresh of the same account, and how often it looks. */
const PATIENCE_MS = 20_000;
const LOOK_EVERY_MS = 100;

/** A person wants to know now whether the token is good. */
@Injectable()
export class TokensService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly repository: TokensRepository,
    private readonly keeper: TokenKeeper,
    private readonly clock: Clock,
  ) {}

  /**
   * Two at once are one call to Instagram; both are answered what it gave.
   * @throws AppError `account_not_found`, `account_not_connected`, `service_unavailable`; what Instagram says (`invalid_token`, …)
   */
  async refresh(userId: number, namedId?: string): Promise<RefreshTokenAnswer> {
    const { rowId } = await this.accounts.forPosting(userId, namedId);
    const before = await this.repository.read(rowId);
    const deadline = this.clock.monotonicMs() + PATIENCE_MS;
    do {
      const token = await this.repository.claim(rowId);
      const now = await this.repository.read(rowId);
      if (before && now && now.version !== before.version) {
        if (token) await this.repository.leave(token, null);
        return answer(now.expiresAt, 'The token was refreshed.');
      }
      if (token) return this.refreshed(token, `user:${userId}`);
      if (!now) throw gone();
      await this.clock.delay(LOOK_EVERY_MS);
    } while (this.clock.monotonicMs() < deadline);
    throw new AppError('service_unavailable', 'Another refresh of this account is still at work.', {
      action_required: 'Ask again in a minute.',
      retry_after: 60,
    });
  }

  private async refreshed(token: KeptToken, by: AuditEntry['by']): Promise<RefreshTokenAnswer> {
    if (token.login === 'facebook') {
      const expiresAt = await this.endOf(await this.keeper.check(token, by), token);
      const end = expiresAt ? 'it cannot be prolonged: connect the account again before it ends' : 'it has no end';
      return answer(expiresAt, `Meta confirms the token of Facebook Login; ${end}.`);
    }
    if (isFresh(token, this.clock.now())) {
      await this.repository.leave(token, null);
      return answer(token.expiresAt, 'The token is fresh: Instagram refreshes none that may be under 24 hours old.');
    }
    return answer(await this.endOf(await this.keeper.refresh(token, by), token), 'The token was refreshed.');
  }

  /** @throws AppError why there is none */
  private async endOf(kept: Kept, { rowId }: KeptToken): Promise<Date | null> {
    if (kept.did === 'failed') throw forClients(kept.error);
    if ('expiresAt' in kept) return kept.expiresAt;
    const newer = await this.repository.read(rowId);
    if (!newer) throw gone();
    return newer.expiresAt;
  }
}

/** Instagram's word that our call was wrong is no word about the client's request. */
function forClients(error: AppError): AppError {
  if (!(error instanceof GraphError) || error.errorType !== 'validation_error') return error;
  return new AppError(
    'instagram_error',
    'Instagram refused to refresh the token; the present one is kept.',
    error.extras,
  );
}

function gone(): AppError {
  return new AppError('account_not_found', 'The account was disconnected.', {
    action_required: 'Connect it again, or name another account.',
  });
}

function answer(expiresAt: Date | null, message: string): RefreshTokenAnswer {
  return { success: true, new_expires_at: expiresAt?.toISOString() ?? null, message };
}
