import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { Log } from '../common/log';
import { Settings, type PublishingSettings } from '../config/settings';
import { after, type Rules } from './publishing-state';

/** What a publisher needs of its process: settings, time and the log. */
@Injectable()
export class Surroundings {
  readonly rules: Rules;
  readonly schedule: Pick<PublishingSettings, 'dispatchCron' | 'cronTimezone' | 'sweepIntervalMs'>;
  readonly leaseMs: number;
  /** How many posts this process works on at once. */
  readonly concurrency: number;

  constructor(
    settings: Settings,
    private readonly clock: Clock,
    readonly log: Log,
  ) {
    this.rules = settings.publishing;
    this.schedule = settings.publishing;
    this.leaseMs = settings.publishing.leaseMs;
    this.concurrency = settings.queue.concurrency;
  }

  /** The database's clock, carried on by a clock of ours that nobody sets. */
  since(readAt: Date): () => Date {
    const start = this.clock.monotonicMs();
    return () => after(readAt, this.clock.monotonicMs() - start);
  }
}
