import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ERROR_TYPE_OF_KIND, type Login } from '../graph';
import type { Gate } from '../pace/gate-policy';
import { gatesSql } from '../pace/gates.repository';
import { pausedSql } from '../pauses/pauses.sql';
import { FREE } from '../posts/lanes';
import type { WaitReason } from '../posts/post-state';
import type { Change, CommentState, Standing } from './comment-state';
import { CommentSurroundings } from './surroundings';

/** A claimed first comment. `epoch` is its fence. */
export interface ClaimedComment extends CommentState {
  postId: number;
  accountRowId: number;
  /** Instagram's id. */
  accountId: string;
  login: Login;
  username: string | null;
  text: string;
  epoch: number;
  lookAgainAt: Date | null;
  waitReason: WaitReason | null;
  /** The database's clock when this row was read. */
  readAt: Date;
}

interface WireStanding extends Omit<Standing, 'gates'> {
  gates: (Omit<Gate, 'closedUntil'> & { closedUntil: string | null })[];
}

const STANDING = `jsonb_build_object('paused', ${pausedSql('p')}, 'actionRequired', a.action_required,
  'gates', ${gatesSql('p', 'a')})`;

const ROW = `f.post_id AS "postId", p.account_row_id AS "accountRowId", p.account_id AS "accountId", a.login, a.username,
  p.options->>'first_comment' AS text, p.instagram_post_id AS "mediaId", f.created_at AS "begunAt",
  f.intent_at AS "intentAt", f.calls, f.misses, f.refusal, f.takeovers, f.epoch, f.next_action_at AS "lookAgainAt",
  f.wait_reason AS "waitReason", now() AS "readAt", ${STANDING} AS standing`;

/** SQL over `f` and its post `p`: due, held by nobody, and there is something to comment on, or never will be. */
const TO_DO = `f.status = 'pending' AND f.next_action_at <= now() AND (p.instagram_post_id IS NOT NULL OR p.step = 'done')`;
const FREE_COMMENT = FREE.replaceAll('lease_until', 'f.lease_until');

/** The statements on `first_comments`. Every write is fenced by the epoch of the claim. */
@Injectable()
export class CommentRows {
  constructor(
    private readonly dataSource: DataSource,
    private readonly surroundings: CommentSurroundings,
  ) {}

  /** What the sweep takes up: the ids of their posts, the longest due first. */
  async due(limit: number): Promise<number[]> {
    const rows: { id: number }[] = await this.dataSource.query(
      `SELECT f.post_id AS id FROM first_comments f JOIN posts p ON p.id = f.post_id
       WHERE ${TO_DO} AND ${FREE_COMMENT} ORDER BY f.next_action_at LIMIT $1`,
      [limit],
    );
    return rows.map(({ id }) => id);
  }

  /** Null: not due, held, settled, or there is none; another worker may have been first. */
  async claim(tx: EntityManager, postId: number): Promise<ClaimedComment | null> {
    return one(
      await tx.query(
        `WITH was AS (SELECT f.post_id, f.lease_until FROM first_comments f JOIN posts p ON p.id = f.post_id
           WHERE f.post_id = $1 AND ${TO_DO} AND ${FREE_COMMENT} FOR UPDATE OF f SKIP LOCKED)
         UPDATE first_comments f SET epoch = f.epoch + 1, lease_until = now() + $2 * interval '1 ms',
           takeovers = f.takeovers + CASE WHEN was.lease_until IS NULL THEN 0 ELSE 1 END
         FROM was, posts p JOIN accounts a ON a.id = p.account_row_id
         WHERE f.post_id = was.post_id AND p.id = f.post_id
         RETURNING ${ROW}`,
        [postId, this.surroundings.leaseMs],
      ),
    );
  }

  /** What may hold the comment back, as it stands now. */
  async standing(tx: EntityManager, { postId, standing }: ClaimedComment): Promise<Standing> {
    const [row]: { standing: WireStanding }[] = await tx.query(
      `SELECT ${STANDING} AS standing FROM posts p JOIN accounts a ON a.id = p.account_row_id WHERE p.id = $1`,
      [postId],
    );
    return row ? standingOf(row.standing) : standing;
  }

  /**
   * Writes a change while the claim still holds. The lease is renewed when `keep`, given back otherwise; with an answer
   * written down (`hasAnswer`) takeovers count anew.
   * @returns the row after it, or null when the claim was lost: then nothing was written
   */
  async write(
    tx: EntityManager,
    { postId, epoch }: ClaimedComment,
    { set, lookAgainAt, waitReason }: Change,
    { keep, hasAnswer = false }: { keep: boolean; hasAnswer?: boolean },
  ): Promise<ClaimedComment | null> {
    const { seenAbsent = false, error, refusal, ...plain } = set;
    const values: unknown[] = [postId, epoch, lookAgainAt, keep ? this.surroundings.leaseMs : null, waitReason ?? null];
    const put = (column: string, value: unknown) => `${column} = $${values.push(value)},`;
    const sets = Object.entries(plain).map(([name, value]) => put(COLUMN_OF[name as keyof typeof COLUMN_OF], value));
    if (refusal !== undefined) sets.push(put('refusal', refusal && JSON.stringify(refusal)));
    if (error) sets.push(put('error_type', ERROR_TYPE_OF_KIND[error.kind]), put('error_message', error.advice));
    const written = one(
      await tx.query(
        `UPDATE first_comments f SET next_action_at = $3, lease_until = now() + $4::float8 * interval '1 ms',
           wait_reason = $5, ${hasAnswer ? 'takeovers = 0,' : ''} ${sets.join(' ')} updated_at = now()
         FROM posts p JOIN accounts a ON a.id = p.account_row_id
         WHERE f.post_id = $1 AND f.epoch = $2 AND f.lease_until > now() AND p.id = f.post_id
         RETURNING ${ROW}`,
        values,
      ),
    );
    return written && { ...written, seenAbsent };
  }
}

const COLUMN_OF = {
  status: 'status',
  intentAt: 'intent_at',
  calls: 'calls',
  misses: 'misses',
  commentId: 'comment_id',
} as const;

function standingOf({ gates, ...rest }: WireStanding): Standing {
  const dated = gates.map((gate) => ({
    ...gate,
    closedUntil: gate.closedUntil === null ? null : new Date(gate.closedUntil),
  }));
  return { ...rest, gates: dated };
}

/** TypeORM answers an UPDATE … RETURNING as [rows, count]. */
function one(answer: unknown): ClaimedComment | null {
  const [[row]] = answer as [(Omit<ClaimedComment, 'standing'> & { standing: WireStanding })[], number];
  return row ? { ...row, standing: standingOf(row.standing), seenAbsent: false } : null;
}
