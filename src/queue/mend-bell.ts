import { InjectQueue } from '@nestjs/bullmq';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { Clock } from '../common/clock';
import { Log } from '../common/log';
import { inTime } from './in-time';
import { MEND_QUEUE, type MendJob } from './queues';

/** An asset to look at. */
export interface ToMend {
  assetId: number;
  /** The row's: one wake-up per claim is enough, so it names the job. */
  attempts: number;
  /** As in `Wake`. */
  round?: number;
}

/** Asks a worker to mend a video. Never throws and never takes long; the sweep finds what is due. */
@Injectable()
export class MendBell implements OnModuleInit {
  constructor(
    @InjectQueue(MEND_QUEUE) private readonly queue: Queue<MendJob>,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    // Without a listener an EventEmitter throws its 'error' events.
    this.queue.on('error', (error: Error) => this.log.debug('queue.connection_failed', { error }));
  }

  async ring(due: ToMend[]): Promise<void> {
    if (due.length === 0) return;
    const jobs = due.map(({ assetId, attempts, round }) => ({
      name: 'mend',
      data: { v: 1 as const, assetId },
      opts: { jobId: `asset-${assetId}-${attempts}${round ? `-${round}` : ''}` },
    }));
    try {
      await inTime(this.clock, this.queue.addBulk(jobs));
    } catch (error) {
      this.log.warn('queue.bell_failed', { assets: due.length, error });
    }
  }
}
