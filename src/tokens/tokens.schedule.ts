import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { CronJob } from 'cron';
import { Log } from '../common/log';
import { Settings } from '../config/settings';
import { ExpiryWarnings } from './expiry-warnings';
import { TokenRuns } from './token-runs';

/** The shortest pause after a failed refresh is an hour, so this is often enough to keep to it. */
const RETRIES_EVERY_MS = 600_000;

/** When tokens are looked at. Safe with any number of workers: a token is claimed before it is looked at. */
@Injectable()
export class TokensSchedule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly running = new Map<string, Promise<void>>();
  private readonly stopping = new AbortController();

  constructor(
    private readonly runs: TokenRuns,
    private readonly warnings: ExpiryWarnings,
    private readonly registry: SchedulerRegistry,
    private readonly settings: Settings,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    const { signal } = this.stopping;
    const { refreshCron, envRefreshCron } = this.settings.tokens;
    this.daily('token-refresh', refreshCron, async () => {
      await this.runs.run('users', signal);
      // After the refreshes: a warning is for those that could not be refreshed.
      await this.warnings.run(signal);
    });
    this.daily('env-token-refresh', envRefreshCron, async () => {
      await this.runs.run('installation', signal);
    });
    const retry = () => this.once('token-retries', async () => void (await this.runs.run('retries', signal)));
    // eslint-disable-next-line no-restricted-syntax -- a schedule, like the crons above; @nestjs/schedule stops it
    this.registry.addInterval('token-retries', setInterval(retry, RETRIES_EVERY_MS));
  }

  /** Lets the calls under way come back: an answer that is not kept is a token lost. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.allSettled(this.running.values());
  }

  private daily(name: string, cronTime: string, work: () => Promise<void>): void {
    const timeZone = this.settings.publishing.cronTimezone;
    this.registry.addCronJob(
      name,
      CronJob.from({ cronTime, timeZone, onTick: () => this.once(name, work), start: true }),
    );
  }

  /** Skips a run while the last one is still at work; a failed run is made up for by the next. */
  private once(name: string, work: () => Promise<void>): void {
    if (this.running.has(name) || this.stopping.signal.aborted) return;
    const run = work()
      .catch((error: unknown) => this.log.error(`${name}.failed`, { error }))
      .finally(() => this.running.delete(name));
    this.running.set(name, run);
  }
}
