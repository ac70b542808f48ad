import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { Log } from '../common/log';
import { Settings } from '../config/settings';
import { AutoPosting } from './auto-posting.service';

/** Every SWEEP_INTERVAL_MS. Safe with any number of workers. */
@Injectable()
export class AutoPostingSchedule implements OnApplicationBootstrap, OnModuleDestroy {
  private running: Promise<void> | null = null;

  constructor(
    private readonly posting: AutoPosting,
    private readonly registry: SchedulerRegistry,
    private readonly settings: Settings,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    const sweep = () => void this.once();
    // eslint-disable-next-line no-restricted-syntax -- a schedule; @nestjs/schedule stops it
    this.registry.addInterval('auto_posts', setInterval(sweep, this.settings.publishing.sweepIntervalMs));
  }

  async onModuleDestroy(): Promise<void> {
    await this.running;
  }

  /** Skips a run while the last one is still at work; a failed run is only late. */
  private async once(): Promise<void> {
    if (this.running) return;
    this.running = this.posting.sweep().catch((error: unknown) => this.log.warn('auto_posts.failed', { error }));
    await this.running;
    this.running = null;
  }
}
