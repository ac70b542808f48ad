import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { DelayedError, type Job } from 'bullmq';
import { FirstCommenter } from '../first-comments/first-commenter';
import { Nudge } from '../queue/nudge';
import { PUBLISH_QUEUE, type PublishJob } from '../queue/queues';
import { DueRows } from './due-rows';
import { Publisher } from './publisher';
import type { ClaimedPost } from './publishing-rows';
import { Surroundings } from './surroundings';

/** BullMQ ↔ publisher. A job carries nothing but where to look; whatever becomes of it, the row decides. */
@Processor({ name: PUBLISH_QUEUE }, { autorun: false })
export class PublishProcessor extends WorkerHost implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(
    private readonly publisher: Publisher,
    private readonly due: DueRows,
    private readonly nudge: Nudge,
    private readonly surroundings: Surroundings,
    private readonly firstComments: FirstCommenter,
  ) {
    super();
  }

  onApplicationBootstrap(): void {
    // Before the first job is taken: a worker that has one already looks at this only when that one is done.
    this.worker.concurrency = this.surroundings.concurrency;
    this.worker.run().catch((error: Error) => this.onError(error));
  }

  /** The steps that run end first: the rooms below close their connections, to Meta too, in hooks that come after this. */
  async onModuleDestroy(): Promise<void> {
    await this.worker.close();
  }

  async process(job: Job<PublishJob>, token?: string): Promise<void> {
    if (job.data.v !== 1) return;
    const { postId } = job.data;
    const { post, lookAgainInMs } = await this.publisher.advance(postId);
    if (post) {
      await this.nudge.wake(await this.due.afterLeaving(post, lookAgainInMs));
      // At once, and not with the next sweep: it is meant to be the first.
      if (wantsComment(post)) await this.firstComments.advance(postId);
      return;
    }
    const inMs = await this.due.dueIn(postId);
    if (inMs === null) return;
    // The bell rang before its time; a new job with this id would be swallowed while this one is active.
    await job.moveToDelayed(this.surroundings.wallClockMs(inMs), token);
    throw new DelayedError();
  }

  /** The lease of the post runs out and the sweep finds it, so a failed job needs no hand. */
  @OnWorkerEvent('failed')
  onFailed(job: Job<PublishJob> | undefined, error: Error): void {
    this.surroundings.log.error('publish.job_failed', { post_id: job?.data.postId, error, stack: error.stack });
  }

  @OnWorkerEvent('error')
  onError(error: Error): void {
    this.surroundings.log.debug('queue.connection_failed', { error });
  }
}

function wantsComment({ status, instagramPostId, options }: ClaimedPost): boolean {
  return status === 'completed' && instagramPostId !== null && options.first_comment !== undefined;
}
