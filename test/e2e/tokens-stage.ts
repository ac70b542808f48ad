import type { INestApplicationContext } from '@nestjs/common';
import { SystemClock } from '../../src/common/clock';
import { ExpiryWarnings } from '../../src/tokens/expiry-warnings';
import { TokenRuns } from '../../src/tokens/token-runs';
import { type Answer, type Client, House } from '../support/app';
import { BAKERY } from '../support/sandbox';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** Goes as ours does, from another moment on. */
export class MovedClock extends SystemClock {
  movedMs = 0;

  override now(): Date {
    return new Date(super.now().getTime() + this.movedMs);
  }

  /** A year has many breaths. */
  override delay(ms: number, signal?: AbortSignal): Promise<void> {
    return super.delay(Math.min(ms, 5), signal);
  }
}

/** A house whose time a test moves, for us and for the emulator alike. The database keeps its own. */
export class TokensStage {
  private constructor(
    readonly house: House,
    readonly clock: MovedClock,
    readonly worker: INestApplicationContext,
  ) {}

  static async open(env: Partial<NodeJS.ProcessEnv> = {}): Promise<TokensStage> {
    const clock = new MovedClock();
    const never = { DISPATCH_CRON: '0 0 0 1 1 *', SWEEP_INTERVAL_MS: '60000' };
    const house = await House.open({ clock, env: { ...never, ...env } });
    return new TokensStage(house, clock, await house.startWorker());
  }

  pass(ms: number): void {
    this.clock.movedMs += ms;
    this.house.sandbox.advance(ms);
  }

  /** What the crons start. */
  async night(worker = this.worker): Promise<void> {
    await worker.get(TokenRuns).run('users');
    await worker.get(ExpiryWarnings).run();
  }

  /** What the worker does every few minutes. */
  async retries(): Promise<number> {
    return this.worker.get(TokenRuns).run('retries');
  }

  /** A user with an account of Instagram Login that is connected with a token of this age. */
  async instagramUser(ageDays: number, options: object = {}): Promise<{ user: Client; accountId: string }> {
    const { id: accountId } = this.house.sandbox.state.world.addAccount({ username: `tokens.${Math.random()}` });
    const given = { login: 'instagram', age_seconds: Math.floor((ageDays * DAY) / 1_000), ...options };
    const access_token = this.house.sandbox.token(accountId, given);
    const user = await this.house.newUser();
    const answer = await user.post('/api/instagram/manual-connect', { account_id: accountId, access_token });
    if (answer.status !== 200) throw new Error(`manual-connect answered ${JSON.stringify(answer.body)}`);
    // As a login would have told.
    const issued = this.clock.now().getTime() - ageDays * DAY;
    await this.house.query(
      'UPDATE accounts SET token_issued_at = $2, token_expires_at = $3, token_checked_at = $4 WHERE account_id = $1',
      [accountId, new Date(issued), new Date(issued + 60 * DAY), this.clock.now()],
    );
    return { user, accountId };
  }

  async facebookUser(options: object = {}): Promise<{ user: Client; accountId: string; access_token: string }> {
    const access_token = this.house.sandbox.token(BAKERY, options);
    const user = await this.house.newUser();
    const answer = await user.post('/api/instagram/manual-connect', { account_id: BAKERY, access_token });
    if (answer.status !== 200) throw new Error(`manual-connect answered ${JSON.stringify(answer.body)}`);
    return { user, accountId: BAKERY, access_token };
  }

  refresh(user: Client, body: object = {}): Promise<Answer> {
    return user.post('/api/instagram/refresh-token', body);
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a row as it is
  async row(user: Client): Promise<any> {
    const [row] = await this.house.query('SELECT * FROM accounts WHERE user_id = $1', [user.userId]);
    return row;
  }

  async events(user: Client): Promise<{ type: string; data: Record<string, unknown> }[]> {
    return this.house.query(
      `SELECT type, data FROM events WHERE user_id = $1 AND type <> 'account.connected' ORDER BY id`,
      [user.userId],
    );
  }

  async audit(user: Client): Promise<{ action: string; by: string; detail: Record<string, unknown> }[]> {
    return this.house.query(
      `SELECT action, by, detail FROM account_audit WHERE user_id = $1 AND action <> 'connected' ORDER BY id`,
      [user.userId],
    );
  }

  /** Calls for a new token of this account that reached Instagram. */
  refreshes(accountId: string): number {
    return this.house.sandbox.effects('token_issued').filter((effect) => effect.account_id === accountId).length;
  }
}
