import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DataSource } from 'typeorm';
import { Settings } from '../config/settings';
import type { PostItem, PostOptions } from '../posts/post.entity';
import type { MediaType } from '../posts/post-rules';
import type { PostStatus } from '../posts/post-state';
import { ERROR_TYPE_OF_KIND } from '../graph';
import type { Change, PublishingState } from './publishing-state';

/** A claimed post: what publishing works on until it lets go. `epoch` is its fence. */
export interface ClaimedPost extends PublishingState {
  id: number;
  userId: number;
  accountRowId: number;
  accountId: string;
  mediaType: MediaType;
  items: PostItem[];
  caption: string | null;
  options: PostOptions;
  epoch: number;
  /** How many workers lost this post in a row, without progress. */
  takeovers: number;
  /** For how many milliseconds nobody held it after the lease of the last worker ran out; null: it was given back. */
  orphanedMs: number | null;
  /** The status before this claim or write, for events. */
  statusBefore: PostStatus;
  /** The database's clock when this row was read. */
  readAt: Date;
  lookAgainAt: Date | null;
}

/** A row that a worker should look at. */
export interface Due {
  postId: number;
  epoch: number;
  inMs: number;
  /** How many times it has been overdue for ROUND_SWEEPS sweeps. */
  round?: number;
}

/** A post that stays overdue for so many sweeps is woken under a new name. */
const ROUND_SWEEPS = 6;

const COLUMN_OF: Record<Exclude<keyof PublishingState, 'childrenNeeded'> | 'permalink', string> = {
  status: 'status',
  outcome: 'outcome',
  step: 'step',
  dueAt: 'due_at',
  maxLatenessSeconds: 'max_lateness_seconds',
  containerId: 'container_id',
  containerCreatedAt: 'container_created_at',
  children: 'children',
  intentAt: 'intent_at',
  publishCalls: 'publish_calls',
  doubts: 'doubts',
  refusal: 'refusal',
  failures: 'failures',
  instagramPostId: 'instagram_post_id',
  postedAt: 'posted_at',
  permalink: 'permalink',
};

const JSON_COLUMNS = ['failures', 'refusal', 'children'];

const ROW = `
  p.id, p.user_id AS "userId", p.account_row_id AS "accountRowId", p.account_id AS "accountId",
  p.media_type AS "mediaType", p.items, p.caption, p.options, p.status, p.outcome, p.step, p.due_at AS "dueAt",
  p.max_lateness_seconds AS "maxLatenessSeconds",
  p.container_id AS "containerId", p.container_created_at AS "containerCreatedAt", p.intent_at AS "intentAt",
  CASE p.media_type WHEN 'CAROUSEL' THEN jsonb_array_length(p.items) ELSE 0 END AS "childrenNeeded", p.children,
  p.publish_calls AS "publishCalls", p.doubts, p.refusal, p.failures, p.instagram_post_id AS "instagramPostId",
  p.posted_at AS "postedAt", p.epoch, p.takeovers, was.status AS "statusBefore", now() AS "readAt",
  p.next_action_at AS "lookAgainAt"`;

const FREE = '(lease_until IS NULL OR lease_until < now())';

/** The statements that publishing makes on posts. Every write is fenced by the epoch of the claim. */
@Injectable()
export class PublishingRows {
  private readonly leaseMs: number;
  private readonly roundMs: number;

  constructor(
    private readonly dataSource: DataSource,
    settings: Settings,
  ) {
    this.leaseMs = settings.publishing.leaseMs;
    this.roundMs = settings.publishing.sweepIntervalMs * ROUND_SWEEPS;
  }

  /** Takes a post that is due and that nobody holds. Null: not due, held, or gone; another worker may have been first. */
  async claim(tx: EntityManager, postId: number): Promise<ClaimedPost | null> {
    return one(
      await tx.query(
        `WITH was AS (
           SELECT id, status, lease_until FROM posts
           WHERE id = $1 AND next_action_at <= now() AND ${FREE}
           FOR UPDATE SKIP LOCKED)
         UPDATE posts p SET epoch = epoch + 1, lease_until = now() + $2 * interval '1 ms',
           takeovers = p.takeovers + CASE WHEN was.lease_until IS NULL THEN 0 ELSE 1 END,
           status = CASE WHEN p.status = 'scheduled' AND p.due_at <= now() THEN 'posting' ELSE p.status END,
           updated_at = CASE WHEN p.status = 'scheduled' AND p.due_at <= now() THEN now() ELSE p.updated_at END
         FROM was WHERE p.id = was.id
         RETURNING ${ROW}, extract(epoch FROM now() - was.lease_until)::float8 * 1000 AS "orphanedMs"`,
        [postId, this.leaseMs],
      ),
    );
  }

  /** When a post that could not be claimed will be due; null when nothing is left to do or somebody holds it. */
  async dueIn(postId: number): Promise<number | null> {
    const rows: { ms: number }[] = await this.dataSource.query(
      `SELECT extract(epoch FROM next_action_at - now())::float8 * 1000 AS ms FROM posts
       WHERE id = $1 AND next_action_at > now() AND ${FREE}`,
      [postId],
    );
    return rows[0]?.ms ?? null;
  }

  /**
   * Writes a change while the claim still holds. The lease is renewed when `keep`, given back otherwise.
   * @returns the post after it, or null when the claim was lost: then nothing was written.
   */
  async write(tx: EntityManager, post: ClaimedPost, change: Change, keep: boolean): Promise<ClaimedPost | null> {
    const values: unknown[] = [post.id, post.epoch, change.lookAgainAt, keep ? this.leaseMs : null];
    const sets = columnsOf(change).map(([column, value]) => `${column} = $${values.push(value)}`);
    const { step, children } = change.set;
    // A carousel makes up to ten containers within one step.
    const progress = (step !== undefined && step !== post.step) || children !== undefined;
    return one(
      await tx.query(
        `WITH was AS (SELECT id, status FROM posts WHERE id = $1 AND epoch = $2 AND lease_until > now() FOR UPDATE)
         UPDATE posts p SET next_action_at = $3, lease_until = now() + $4::float8 * interval '1 ms',
           ${progress ? 'takeovers = 0,' : ''} ${[...sets, ''].join(', ')} updated_at = now()
         FROM was WHERE p.id = was.id
         RETURNING ${ROW}`,
        values,
      ),
    );
  }

  /** Rows that are due and that nobody holds: what the sweep wakes. Oldest first. */
  async leftBehind(limit: number): Promise<Due[]> {
    return this.dataSource.query(
      `SELECT id AS "postId", epoch, 0 AS "inMs",
         floor(extract(epoch FROM now() - next_action_at)::float8 * 1000 / $2)::integer AS round FROM posts
       WHERE next_action_at <= now() - interval '1 second' AND ${FREE} ORDER BY next_action_at LIMIT $1`,
      [limit, this.roundMs],
    );
  }

  /** Rows that fall due within `windowMs`: what each minute's dispatch wakes at their very time. */
  async fallingDue(windowMs: number, limit: number): Promise<Due[]> {
    return this.dataSource.query(
      `SELECT id AS "postId", epoch,
         greatest(0, extract(epoch FROM next_action_at - now())::float8 * 1000) AS "inMs" FROM posts
       WHERE next_action_at <= now() + $1 * interval '1 ms' AND ${FREE} ORDER BY next_action_at LIMIT $2`,
      [windowMs, limit],
    );
  }

  /** Media ids of this account that belong to other posts of ours. */
  async ownedMedia(post: ClaimedPost): Promise<Set<string>> {
    const rows: { id: string }[] = await this.dataSource.query(
      `SELECT instagram_post_id AS id FROM posts
       WHERE account_id = $1 AND id <> $2 AND instagram_post_id IS NOT NULL AND posted_at > $3::timestamptz - interval '1 hour'`,
      [post.accountId, post.id, post.intentAt ?? post.postedAt],
    );
    return new Set(rows.map(({ id }) => id));
  }
}

function columnsOf({ set }: Change): [string, unknown][] {
  const { error, ...state } = set;
  const columns = Object.entries(state).map(([name, value]): [string, unknown] => [
    COLUMN_OF[name as keyof typeof COLUMN_OF],
    JSON_COLUMNS.includes(name) ? (value === null ? null : JSON.stringify(value)) : value,
  ]);
  if (error === undefined) return columns;
  return [
    ...columns,
    ['error_type', error ? ERROR_TYPE_OF_KIND[error.kind] : null],
    ['error_message', error?.advice ?? null],
    ['instagram_error_code', error?.code ?? null],
    ['instagram_error_subcode', error?.subcode ?? null],
    ['fbtrace_id', error?.fbtraceId ?? null],
  ];
}

/** TypeORM answers an UPDATE … RETURNING as [rows, count]. */
function one(answer: unknown): ClaimedPost | null {
  const [rows] = answer as [ClaimedPost[], number];
  return rows[0] ?? null;
}
