import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { Log } from '../common/log';
import { Notifier } from './notifier';

const EVERY_MS = 10_000;

/** Every ten seconds. Safe with any number of workers. */
@Injectable()
export class NotifySchedule implements OnApplicationBootstrap, OnModuleDestroy {
  private running: Promise<void> | null = null;

  constructor(
    private readonly notifier: Notifier,
    private readonly registry: SchedulerRegistry,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    const tell = () => void this.once();
    // eslint-disable-next-line no-restricted-syntax -- a schedule; @nestjs/schedule stops it
    this.registry.addInterval('notify', setInterval(tell, EVERY_MS));
    tell();
  }

  /** A message that is being sent is finished and marked: else another worker would send it again. */
  async onModuleDestroy(): Promise<void> {
    this.notifier.stop();
    await this.running;
  }

  /** Skips a run while the last one is still at work; a failed run is only late. */
  private async once(): Promise<void> {
    if (this.running) return;
    this.running = this.notifier.tell().catch((error: unknown) => this.log.warn('notify.failed', { error }));
    await this.running;
    this.running = null;
  }
}
