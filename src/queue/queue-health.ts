import { InjectQueue } from '@nestjs/bullmq';
import { Injectable } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { MEND_QUEUE, PUBLISH_QUEUE } from './queues';

/** Whether the queue answers, and how many posts wait in it. */
@Injectable()
export class QueueHealth {
  constructor(
    @InjectQueue(PUBLISH_QUEUE) private readonly queue: Queue,
    @InjectQueue(MEND_QUEUE) private readonly mending: Queue,
  ) {}

  /** For the dashboard. */
  get queues(): Queue[] {
    return [this.queue, this.mending];
  }

  /** @throws whatever the backend throws when it is away */
  async depth(): Promise<Record<string, number>> {
    return this.queue.getJobCounts('waiting', 'active', 'delayed', 'failed');
  }
}
