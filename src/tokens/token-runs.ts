import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { Log } from '../common/log';
import { TokenKeeper } from './token-keeper';
import { TokensRepository, type KeptToken, type Which } from './tokens.repository';

/** So many at once, then a breath: a night is long, and Instagram counts calls. */
const BATCH = 5;
const BREATH_MS = 100;

/** Goes through all tokens that are due, a few at a time, sharing them with whatever other worker does the same. */
@Injectable()
export class TokenRuns {
  constructor(
    private readonly repository: TokensRepository,
    private readonly keeper: TokenKeeper,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Until none is due or `signal` aborts. @returns how many were looked at */
  async run(which: Which, signal?: AbortSignal): Promise<number> {
    let looked = 0;
    while (!signal?.aborted) {
      const batch = await this.repository.claimDue(which, this.clock.now(), BATCH);
      if (batch.length === 0) break;
      await Promise.all(batch.map((token) => this.one(token)));
      looked += batch.length;
      await this.clock.delay(BREATH_MS);
    }
    return looked;
  }

  /** One that can't be kept, such as when its key is gone, keeps its lease for a while and nobody else from their turn. */
  private async one(token: KeptToken): Promise<void> {
    try {
      await this.keeper.keep(token, 'worker');
    } catch (error) {
      this.log.error('account.token_not_kept', { user_id: token.userId, account_id: token.accountId, error });
    }
  }
}
