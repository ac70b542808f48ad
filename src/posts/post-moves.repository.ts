import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Settings } from '../config/settings';
import { FirstComments } from './first-comments';
import { DuplicateGuard } from './duplicate-guard';
import type { PostContent } from './post-content';
import { PostEntity } from './post.entity';
import { isGuardedAlike } from './same-content';

/** Whatever a worker holds of the row, it may not write it back. */
const FENCE =
  'epoch = epoch + 1, lease_until = NULL, wait_reason = NULL, takeovers = 0, blamed = 0, updated_at = now()';

/** As if nothing had been sent to Instagram yet. Only ever where it is proved that nothing is live. */
const FROM_SCRATCH = `step = 'create', outcome = 'not_live', container_id = NULL, container_created_at = NULL,
  upload = NULL, children = '[]', intent_at = NULL, publish_calls = 0, doubts = 0, refusal = NULL, failures = '{}'`;

const NO_ERROR = `error_type = NULL, error_message = NULL, instagram_error_code = NULL, instagram_error_subcode = NULL,
  fbtrace_id = NULL`;

/**
 * What clients make of a post, in SQL. Each statement is for a row that this transaction has locked, and each takes the
 * row away from the worker that may hold it: that one then writes nothing (publishing/publishing-rows.ts).
 */
@Injectable()
export class PostMovesRepository {
  private readonly prepareAheadMs: number;

  constructor(
    settings: Settings,
    private readonly comments: FirstComments,
    private readonly guard: DuplicateGuard,
  ) {
    this.prepareAheadMs = settings.publishing.prepareAheadMs;
  }

  read(tx: EntityManager, userId: number, id: number): Promise<PostEntity | null> {
    return tx.findOneBy(PostEntity, { id, userId });
  }

  /** The user's post as it is now and stays until the transaction ends. */
  lock(tx: EntityManager, userId: number, id: number): Promise<PostEntity | null> {
    return tx.findOne(PostEntity, { where: { id, userId }, lock: { mode: 'pessimistic_write' } });
  }

  /**
   * Containers that were made ahead are left behind: they hold what the post was before.
   * @throws AppError `duplicate_post`, and the database's error where the external_id is taken
   */
  async edit(tx: EntityManager, before: PostEntity, content: PostContent): Promise<void> {
    await tx.query(
      `UPDATE posts SET ${FENCE}, ${FROM_SCRATCH}, ${NO_ERROR},
         account_row_id = $2, account_id = $3, media_type = $4, video_id = $5, items = $6, caption = $7, options = $8,
         max_lateness_seconds = $9, external_id = $12, allow_duplicate = $13,
         scheduled_time = $10::timestamptz, due_at = coalesce($10::timestamptz, now()),
         status = CASE WHEN $10::timestamptz IS NULL THEN 'draft' ELSE 'scheduled' END,
         next_action_at = CASE WHEN $10::timestamptz IS NOT NULL
           THEN greatest(now(), $10::timestamptz - $11 * interval '1 ms') END
       WHERE id = $1`,
      [
        before.id,
        content.accountRowId,
        content.accountId,
        content.mediaType,
        content.videoId,
        JSON.stringify(content.items),
        content.caption,
        JSON.stringify(content.options),
        content.maxLatenessSeconds,
        content.scheduledTime,
        this.prepareAheadMs,
        content.externalId,
        content.allowDuplicate,
      ],
    );
    if (content.scheduledTime === null) await this.guard.leave(tx, before.id);
    else if (!isGuardedAlike(before, content)) await this.guard.enterAgain(tx, before.id, content);
  }

  async deleteDraft(tx: EntityManager, id: number): Promise<void> {
    await tx.query(`DELETE FROM posts WHERE id = $1 AND status = 'draft'`, [id]);
  }

  async cancel(tx: EntityManager, id: number): Promise<void> {
    await tx.query(
      `UPDATE posts SET ${FENCE}, status = 'canceled', step = 'done', next_action_at = NULL WHERE id = $1`,
      [id],
    );
  }

  /** A container that was made ahead is used. @throws AppError `duplicate_post` */
  async publishNow(tx: EntityManager, post: PostEntity): Promise<void> {
    await tx.query(
      `UPDATE posts SET ${FENCE}, ${NO_ERROR}, failures = '{}', status = 'posting', scheduled_time = NULL,
         due_at = now(), next_action_at = now() WHERE id = $1`,
      [post.id],
    );
    await this.guard.enterAgain(tx, post.id, post);
  }

  /** @throws AppError `duplicate_post`: the same was posted meanwhile */
  async retry(tx: EntityManager, post: PostEntity): Promise<void> {
    await tx.query(
      `UPDATE posts SET ${FENCE}, ${FROM_SCRATCH}, ${NO_ERROR}, status = 'posting', instagram_post_id = NULL,
         permalink = NULL, posted_at = NULL, due_at = now(), next_action_at = now() WHERE id = $1`,
      [post.id],
    );
    await this.guard.enterAgain(tx, post.id, post);
  }

  /**
   * What is still missing (media id, permalink) is looked for by a worker.
   * @returns false when the media id is another post's; then nothing was written
   */
  async resolveLive(tx: EntityManager, { id, accountRowId }: PostEntity, mediaId: string | null): Promise<boolean> {
    // One verdict at a time, so that two posts can't both find the medium free.
    await tx.query('SELECT 1 FROM accounts WHERE id = $1 FOR NO KEY UPDATE', [accountRowId]);
    const [, count]: [unknown, number] = await tx.query(
      `UPDATE posts p SET ${FENCE}, ${NO_ERROR}, refusal = NULL, status = 'completed', outcome = 'live', step = 'link',
         instagram_post_id = $2, posted_at = coalesce(intent_at, now()), next_action_at = now()
       WHERE id = $1 AND NOT EXISTS (
         SELECT FROM posts o WHERE o.account_row_id = p.account_row_id AND o.instagram_post_id = $2)`,
      [id, mediaId],
    );
    if (count === 1) await this.comments.begin(tx, id);
    return count === 1;
  }

  async resolveNotLive(tx: EntityManager, id: number, message: string): Promise<void> {
    await tx.query(
      `UPDATE posts SET ${FENCE}, status = 'failed', outcome = 'not_live', step = 'done', next_action_at = NULL,
         error_type = coalesce(error_type, 'unknown'), error_message = $2 WHERE id = $1`,
      [id, message],
    );
  }

  /** The row after a move, and in how many milliseconds it wants looking at by the database's clock; null: never. */
  async after(tx: EntityManager, id: number): Promise<{ post: PostEntity; inMs: number | null } | null> {
    const post = await tx.findOneBy(PostEntity, { id });
    if (!post) return null;
    const [row]: { ms: number | null }[] = await tx.query(
      'SELECT extract(epoch FROM next_action_at - now())::float8 * 1000 AS ms FROM posts WHERE id = $1',
      [id],
    );
    return { post, inMs: row?.ms ?? null };
  }
}
