import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { Log } from '../common/log';
import { CommentRows } from './comment-rows';
import { FirstCommenter } from './first-commenter';
import { CommentSurroundings } from './surroundings';

/** Looked for at once, and worked on side by side. */
const BATCH = 200;
const SIDE_BY_SIDE = 8;

/**
 * Every SWEEP_INTERVAL_MS: first comments whose next step is due, be it a look, a wait that is over, or what a dead worker
 * left. No queue is in between, so none can lose one. Safe with any number of workers: claims are fenced.
 */
@Injectable()
export class FirstCommentSchedule implements OnApplicationBootstrap, OnModuleDestroy {
  private running: Promise<void> | null = null;
  private stopping = false;

  constructor(
    private readonly rows: CommentRows,
    private readonly commenter: FirstCommenter,
    private readonly registry: SchedulerRegistry,
    private readonly surroundings: CommentSurroundings,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    const sweep = () => void this.once();
    // eslint-disable-next-line no-restricted-syntax -- a schedule; @nestjs/schedule stops it
    this.registry.addInterval('first_comments', setInterval(sweep, this.surroundings.sweepIntervalMs));
  }

  /** A call that was sent is waited for: its answer would be lost, and the comment a matter of looking. */
  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    await this.running;
  }

  /** Skips a run while the last one is still at work; a failed run is only late. */
  private async once(): Promise<void> {
    if (this.running || this.stopping) return;
    this.running = this.sweep().catch((error: unknown) => this.log.warn('first_comments.failed', { error }));
    await this.running;
    this.running = null;
  }

  private async sweep(): Promise<void> {
    const due = await this.rows.due(BATCH);
    const turn = async () => {
      for (let id = due.shift(); id !== undefined && !this.stopping; id = due.shift()) await this.commenter.advance(id);
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, turn));
  }
}
