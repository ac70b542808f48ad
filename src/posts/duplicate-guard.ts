import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Settings } from '../config/settings';
import { duplicatePost } from './post-conflicts';
import { contentKey, type Guarded } from './same-content';

/** Such a post is not on Instagram and won't come there by itself. Publishing needn't tell us: its row says it. */
const OUT_OF_THE_WAY = `('draft', 'failed', 'canceled', 'missed')`;

/** Each try but the last found what stood in the way gone. */
const TRIES = 10;

/**
 * Keeps the same content from going live twice on an account within DUPLICATE_WINDOW_SECONDS. The database decides, by the
 * constraint `posts_are_no_duplicates`, so it holds for any number of processes and of requests at once.
 */
@Injectable()
export class DuplicateGuard {
  private readonly windowSeconds: number;

  constructor(settings: Settings) {
    this.windowSeconds = settings.posts.duplicateWindowSeconds;
  }

  /**
   * Enters a new post that is to go live at its `due_at`. It may wait for other transactions that enter the same, so it comes
   * after whatever else its own one waits for.
   * @throws AppError `duplicate_post`
   */
  async enter(tx: EntityManager, postId: number, post: Omit<Guarded, 'scheduledTime'>): Promise<void> {
    const fingerprint = fingerprintOf(post);
    for (let left = TRIES; left > 0; left -= 1) {
      const other = post.allowDuplicate ? null : await this.twin(tx, postId, fingerprint);
      if (other !== null) throw duplicatePost(other);
      if (await this.insert(tx, postId, fingerprint)) return;
      await this.clear(tx, post.accountRowId, fingerprint);
    }
    throw new Error(`The guard of post ${postId} is held by a row that nobody can see`);
  }

  /** The same for a post that may have been entered before, with other content or for another time. */
  async enterAgain(tx: EntityManager, postId: number, post: Omit<Guarded, 'scheduledTime'>): Promise<void> {
    await this.leave(tx, postId);
    await this.enter(tx, postId, post);
  }

  /** A draft goes live at no time. */
  async leave(tx: EntityManager, postId: number): Promise<void> {
    await tx.query('DELETE FROM post_fingerprints WHERE post_id = $1', [postId]);
  }

  /** False: another post stands in the way, since just now or without being in the way any more. */
  private async insert(tx: EntityManager, postId: number, fingerprint: string): Promise<boolean> {
    const rows: unknown[] = await tx.query(
      `INSERT INTO post_fingerprints (post_id, account_row_id, fingerprint, guarded, allowed)
       SELECT id, account_row_id, $2::bigint, tstzrange(due_at, due_at + $3 * interval '1 s'), allow_duplicate
       FROM posts WHERE id = $1 ON CONFLICT DO NOTHING RETURNING post_id`,
      [postId, fingerprint, this.windowSeconds],
    );
    return rows.length > 0;
  }

  /**
   * A post with the same content too close to this one. Also one that was allowed to be a duplicate, which the constraint
   * leaves out, and one that is late: its time is when it went live, or now.
   */
  private async twin(tx: EntityManager, postId: number, fingerprint: string): Promise<number | null> {
    const rows: { id: number }[] = await tx.query(
      `SELECT p.id FROM posts me
       JOIN post_fingerprints f ON f.account_row_id = me.account_row_id AND f.fingerprint = $2 AND f.post_id <> me.id
       JOIN posts p ON p.id = f.post_id AND p.status NOT IN ${OUT_OF_THE_WAY}
       WHERE me.id = $1 AND (f.guarded && tstzrange(me.due_at, me.due_at + $3 * interval '1 s')
         OR abs(extract(epoch FROM me.due_at - coalesce(p.posted_at, p.intent_at, greatest(p.due_at, now())))) < $3)
       ORDER BY p.id DESC LIMIT 1`,
      [postId, fingerprint, this.windowSeconds],
    );
    return rows[0]?.id ?? null;
  }

  /** Takes away what stands in the way only on paper. A retry of such a post deletes its row first, so one of the two waits. */
  private async clear(tx: EntityManager, accountRowId: number, fingerprint: string): Promise<void> {
    await tx.query(
      `DELETE FROM post_fingerprints WHERE post_id IN (
         SELECT f.post_id FROM post_fingerprints f JOIN posts p ON p.id = f.post_id
         WHERE f.account_row_id = $1 AND f.fingerprint = $2 AND p.status IN ${OUT_OF_THE_WAY}
         ORDER BY f.post_id FOR UPDATE OF f)`,
      [accountRowId, fingerprint],
    );
  }
}

/** 63 bits, as text: PostgreSQL's bigint with room for the end of a range. Two contents never meet in practice. */
function fingerprintOf(post: Omit<Guarded, 'scheduledTime'>): string {
  return (createHash('sha256').update(contentKey(post)).digest().readBigInt64BE() >> 1n).toString();
}
