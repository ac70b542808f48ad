import { InjectQueue } from '@nestjs/bullmq';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { Clock } from '../common/clock';
import { Log } from '../common/log';
import { inTime } from './in-time';
import { PUBLISH_QUEUE, type PublishJob } from './queues';

/** A row to look at: in `inMs` milliseconds, or at once. */
export interface Wake {
  postId: number;
  /** The row's epoch: one wake-up per claim is enough, so it names the job. */
  epoch: number;
  inMs: number;
  /** Counts on while a row stays overdue: the job of a worker that died, or one that failed, keeps its name taken. */
  round?: number;
}

/** Wake-ups that wait for a worker. */
const CROWD = 200;
const PAUSE_AFTER_FAILURE_MS = 1_000;

/**
 * Asks a worker to look at a post. Never throws and never takes long: a queue that is away costs nothing but time,
 * since the sweep finds every row that is due.
 */
@Injectable()
export class Nudge implements OnModuleInit {
  private pausedUntil = 0;

  constructor(
    @InjectQueue(PUBLISH_QUEUE) private readonly queue: Queue<PublishJob>,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    // Without a listener an EventEmitter throws its 'error' events.
    this.queue.on('error', (error: Error) => this.log.debug('queue.connection_failed', { error }));
  }

  /** Whether so many wake-ups wait already that more would only be in their way. A queue that is away is not. */
  async isCrowded(): Promise<boolean> {
    if (this.clock.monotonicMs() < this.pausedUntil) return false;
    try {
      return (await inTime(this.clock, this.queue.getWaitingCount())) > CROWD;
    } catch (error) {
      this.log.debug('queue.not_counted', { error });
      return false;
    }
  }

  /** @returns whether the queue took it */
  async wake(wakes: Wake[]): Promise<boolean> {
    if (wakes.length === 0) return true;
    // While the queue is away its client keeps commands in memory: don't pile them up.
    if (this.clock.monotonicMs() < this.pausedUntil) return false;
    const jobs = wakes.map(({ postId, epoch, inMs, round }) => ({
      name: 'look',
      data: { v: 1 as const, postId },
      opts: { jobId: `post-${postId}-${epoch}${round ? `-${round}` : ''}`, delay: Math.max(0, Math.ceil(inMs)) },
    }));
    try {
      await inTime(this.clock, this.queue.addBulk(jobs));
      return true;
    } catch (error) {
      this.pausedUntil = this.clock.monotonicMs() + PAUSE_AFTER_FAILURE_MS;
      this.log.warn('queue.nudge_failed', { posts: wakes.length, error });
      return false;
    }
  }
}
