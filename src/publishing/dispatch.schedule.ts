import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { CronJob } from 'cron';
import { Nudge } from '../queue/nudge';
import { DueRows, type Due } from './due-rows';
import { HeldRows } from './held-rows';
import { Surroundings } from './surroundings';

/** Longer than a minute, so that no second falls between two runs. */
const DISPATCH_WINDOW_MS = 70_000;
const BATCH = 1_000;

/**
 * Finds rows that want looking at: each minute what falls due soon, every few seconds what was left behind (a lost job, a
 * dead worker, a queue that was wiped). Safe with any number of workers: a wake-up too many is dropped by the claim.
 */
@Injectable()
export class DispatchSchedule implements OnApplicationBootstrap {
  private readonly running = new Set<string>();

  constructor(
    private readonly rows: DueRows,
    private readonly held: HeldRows,
    private readonly nudge: Nudge,
    private readonly registry: SchedulerRegistry,
    private readonly surroundings: Surroundings,
  ) {}

  onApplicationBootstrap(): void {
    const { dispatchCron, cronTimezone, sweepIntervalMs } = this.surroundings.schedule;
    const dispatch = () => void this.once('dispatch', () => this.rows.fallingDue(DISPATCH_WINDOW_MS, BATCH));
    const sweep = () => void this.once('sweep', () => this.sweep());
    const job = CronJob.from({ cronTime: dispatchCron, timeZone: cronTimezone, onTick: dispatch, start: true });
    this.registry.addCronJob('dispatch', job);
    // eslint-disable-next-line no-restricted-syntax -- a schedule, like the cron above; @nestjs/schedule stops it
    this.registry.addInterval('sweep', setInterval(sweep, sweepIntervalMs));
    dispatch();
  }

  private async sweep(): Promise<Due[]> {
    const released = await this.held.release();
    if (released > 0) this.surroundings.log.info('posts.released', { posts: released });
    // Under load a post may be overdue because its wake-up has not had its turn; another one would not help.
    return (await this.nudge.isCrowded()) ? [] : this.rows.leftBehind(BATCH);
  }

  /** Skips a run while the last one is still at work; a failed run is only late. */
  async once(name: string, find: () => Promise<Due[]>): Promise<void> {
    if (this.running.has(name)) return;
    this.running.add(name);
    try {
      const due = await find();
      if (await this.nudge.wake(due)) this.surroundings.log.debug(`${name}.finished`, { woken: due.length });
    } catch (error) {
      this.surroundings.log.warn(`${name}.failed`, { error });
    } finally {
      this.running.delete(name);
    }
  }
}
