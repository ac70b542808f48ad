import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { Settings } from '../config/settings';
import { after, type Rules } from './comment-state';

/** What writing first comments needs of its process: settings and time. */
@Injectable()
export class CommentSurroundings {
  readonly rules: Rules;
  readonly leaseMs: number;
  readonly sweepIntervalMs: number;

  constructor(
    settings: Settings,
    private readonly clock: Clock,
  ) {
    const { verifyDelaysMs, leaseMs, sweepIntervalMs } = settings.publishing;
    this.rules = { verifyDelaysMs };
    this.leaseMs = leaseMs;
    this.sweepIntervalMs = sweepIntervalMs;
  }

  /** The database's clock, carried on by a clock of ours that nobody sets. */
  since(readAt: Date): () => Date {
    const start = this.clock.monotonicMs();
    return () => after(readAt, this.clock.monotonicMs() - start);
  }
}
