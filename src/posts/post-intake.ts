import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { holdAssets } from '../assets/hold-assets';
import { Transactions } from '../database/transactions';
import { Events } from '../events/events';
import { Nudge } from '../queue/nudge';
import { WAKE_WITHIN_MS } from './lanes';
import { PostTimeline } from './post-timeline';
import { PostsRepository, type NewPost } from './posts.repository';

/** What else has to happen with a new post, in its transaction; what it throws takes the post back. */
export type Along = (tx: EntityManager, postId: number) => Promise<void>;

/** A post becomes a row, its story and its events in one transaction; only then is a worker woken. */
@Injectable()
export class PostIntake {
  constructor(
    private readonly posts: PostsRepository,
    private readonly timeline: PostTimeline,
    private readonly events: Events,
    private readonly transactions: Transactions,
    private readonly nudge: Nudge,
  ) {}

  /** @returns the id of the post, which is committed and can't be lost any more */
  async store(post: NewPost, along?: Along): Promise<number> {
    const { id, inMs } = await this.transactions.run(async (tx) => {
      await holdAssets(tx, post.items);
      const row = await this.posts.insert(tx, post);
      const { status } = post;
      const scheduled_time = post.scheduledTime?.toISOString() ?? null;
      const about = { userId: post.userId, postId: row.id, accountId: post.accountId };
      const data = { post_id: row.id, account_id: post.accountId, status, outcome: 'not_live', scheduled_time };
      await this.events.append(tx, { ...about, type: 'post.created', data });
      if (post.scheduledTime !== null) await this.events.append(tx, { ...about, type: 'post.scheduled', data });
      await this.timeline.append(tx, row.id, [
        { kind: 'state', summary: `accepted as ${status}`, detail: { scheduled_time } },
        ...post.notes.map((summary) => ({ kind: 'decision' as const, summary, detail: {} })),
      ]);
      await along?.(tx, row.id);
      return row;
    });
    const isSoon = inMs !== null && inMs < WAKE_WITHIN_MS;
    // Not awaited: a queue that is away must not hold up the answer, and the sweep finds the row without it.
    if (isSoon && !(await this.posts.isOfACrowd(post.accountId, inMs)))
      void this.nudge.wake([{ postId: id, epoch: 0, inMs }]);
    return id;
  }
}
