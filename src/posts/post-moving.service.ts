import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { notFound, type AppError } from '../common/app-error';
import { Transactions } from '../database/transactions';
import { type EventType } from '../events/event-type';
import { Events } from '../events/events';
import { Nudge } from '../queue/nudge';
import type { PostEntity } from './post.entity';
import { WAKE_WITHIN_MS } from './lanes';
import { PostMovesRepository } from './post-moves.repository';
import { mayBecome } from './post-state';
import { PostTimeline } from './post-timeline';

/** One thing that a client does to a post. */
export interface Move {
  /** The sentence of the timeline. */
  summary: string;
  /** What else the timeline tells. */
  detail?: Record<string, unknown>;
  /** Asked of the row before and while it is locked. */
  refuse: (post: PostEntity) => AppError | null;
  write: (tx: EntityManager, post: PostEntity) => Promise<void>;
  event?: { type: EventType; data?: (post: PostEntity) => Record<string, unknown> };
}

/** Makes a move: it happens wholly, told in timeline and events, or not at all; no worker can come in between. */
@Injectable()
export class PostMoving {
  constructor(
    private readonly rows: PostMovesRepository,
    private readonly timeline: PostTimeline,
    private readonly events: Events,
    private readonly transactions: Transactions,
    private readonly nudge: Nudge,
  ) {}

  /**
   * @returns the post afterwards; null when it was deleted
   * @throws AppError `not_found`, and what the move refuses with; then nothing has changed
   */
  async make(userId: number, id: number, move: Move): Promise<PostEntity | null> {
    const after = await this.transactions.run(async (tx) => {
      // Looked at without a lock first: a worker passes over a locked row, so a refusal would make the post late.
      allowed(await this.rows.read(tx, userId, id), move);
      const post = allowed(await this.rows.lock(tx, userId, id), move);
      await move.write(tx, post);
      const moved = await this.rows.after(tx, id);
      if (moved) await this.tell(tx, post, moved.post, move);
      return moved;
    });
    if (!after) return null;
    const { post, inMs } = after;
    // Not awaited, as in PostIntake: the sweep finds the row without it.
    if (inMs !== null && inMs < WAKE_WITHIN_MS) void this.nudge.wake([{ postId: id, epoch: post.epoch, inMs }]);
    return post;
  }

  private async tell(
    tx: EntityManager,
    before: PostEntity,
    after: PostEntity,
    { summary, detail, event }: Move,
  ): Promise<void> {
    const { id, userId, accountId, status, outcome } = after;
    if (!mayBecome(before.status, status)) throw new Error(`A ${before.status} post cannot become ${status}`);
    const change = before.status === status ? '' : `: ${before.status} → ${status}`;
    const facts = { ...detail, status, outcome, by_user: userId };
    await this.timeline.append(tx, id, [{ kind: 'state', summary: `${summary}${change}`, detail: facts }]);
    if (!event) return;
    const data = { post_id: id, account_id: accountId, status, outcome, ...event.data?.(after) };
    await this.events.append(tx, { userId, type: event.type, postId: id, accountId, data });
  }
}

function allowed(post: PostEntity | null, { refuse }: Move): PostEntity {
  if (!post) throw notFound('post');
  const refusal = refuse(post);
  if (refusal) throw refusal;
  return post;
}
