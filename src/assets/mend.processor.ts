import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { Job } from 'bullmq';
import { Log } from '../common/log';
import { Settings } from '../config/settings';
import { Ffmpeg } from '../ffmpeg/ffmpeg';
import { MEND_QUEUE, type MendJob } from '../queue/queues';
import { VideoMender } from './video-mender';

/** BullMQ ↔ VideoMender. A worker without ffmpeg takes no job: another one may have it. */
@Processor({ name: MEND_QUEUE }, { autorun: false })
export class MendProcessor extends WorkerHost implements OnApplicationBootstrap, OnModuleDestroy {
  private isRunning = false;
  private stopping = false;

  constructor(
    private readonly mender: VideoMender,
    private readonly ffmpeg: Ffmpeg,
    private readonly settings: Settings,
    private readonly log: Log,
  ) {
    super();
  }

  async onApplicationBootstrap(): Promise<void> {
    this.worker.concurrency = this.settings.media.mendConcurrency;
    await this.start();
    if (!this.isRunning) this.log.info('mending.off', { why: 'no ffmpeg' });
  }

  /** Takes jobs from when there is an ffmpeg. */
  async start(): Promise<void> {
    if (this.isRunning || (await this.ffmpeg.version()) === null || this.stopping) return;
    if (this.isRunning) return;
    this.isRunning = true;
    this.worker.run().catch((error: unknown) => this.log.error('mending.stopped', { error }));
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    this.mender.stop();
    await this.worker.close();
  }

  async process(job: Job<MendJob>): Promise<void> {
    if (job.data.v === 1) await this.mender.mend(job.data.assetId);
  }

  @OnWorkerEvent('failed')
  onFailed(job: Job<MendJob> | undefined, error: Error): void {
    this.log.error('mend.job_failed', { asset_id: job?.data.assetId, error, stack: error.stack });
  }

  @OnWorkerEvent('error')
  onError(error: Error): void {
    this.log.debug('queue.connection_failed', { error });
  }
}
