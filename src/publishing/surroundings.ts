import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { Log } from '../common/log';
import { Settings, type PublishingSettings } from '../config/settings';
import { after, type Rules } from './publishing-state';

/** A post is claimed so long before its second, or less where leases are short. */
const LONGEST_LEAD_MS = 2_000;

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
    this.rules = { ...settings.publishing, claimLeadMs: Math.min(LONGEST_LEAD_MS, settings.publishing.leaseMs / 10) };
    this.schedule = settings.publishing;
    this.leaseMs = settings.publishing.leaseMs;
    this.concurrency = settings.queue.concurrency;
  }

  /** Waits until `now` says so, to the millisecond and never shorter. */
  async until(instant: Date, now: () => Date): Promise<void> {
    for (let ms = instant.getTime() - now().getTime(); ms > 0; ms = instant.getTime() - now().getTime())
      await this.clock.delay(ms);
  }

  /** A moment of the wall clock, which is the queue's: milliseconds since the epoch. */
  wallClockMs(inMs: number): number {
    return this.clock.now().getTime() + Math.ceil(inMs);
  }

  /** The database's clock, carried on by a clock of ours that nobody sets. */
  since(readAt: Date): () => Date {
    const start = this.clock.monotonicMs();
    return () => after(readAt, this.clock.monotonicMs() - start);
  }
}
