import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DataSource } from 'typeorm';
import { Settings } from '../config/settings';
import { FIRST_IN_LINE, FREE, LANE_IS_FREE } from '../posts/lanes';
import type { PostItem, PostOptions } from '../posts/post.entity';
import type { MediaType } from '../posts/post-rules';
import type { PostStatus, WaitReason } from '../posts/post-state';
import { ERROR_TYPE_OF_KIND, type Login } from '../graph';
import type { Hold, Standing } from './pacing';
import type { Change, PublishingState } from './publishing-state';
import { STANDING, standingOf, type WireStanding } from './standing';

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
  /** How many workers lost this post in a row, without an answer written down. */
  takeovers: number;
  /** Of those, how many held no other post: it may be what killed them. */
  blamed: number;
  /** Whether the claim still stands; false: it was given back with the last write. */
  isHeld: boolean;
  /** For how many milliseconds nobody held it after the lease of the last worker ran out; null: it was given back. */
  orphanedMs: number | null;
  /** The status before this claim or write, for events. */
  statusBefore: PostStatus;
  /** The database's clock when this row was read. */
  readAt: Date;
  lookAgainAt: Date | null;
  waitReason: WaitReason | null;
  login: Login;
  standing: Standing;
  /** Its next call shows whether an incident of the platform is over. */
  isProbe: boolean;
}

const COLUMN_OF: Record<Exclude<keyof PublishingState, 'childrenNeeded'> | 'permalink', string> = {
  status: 'status',
  outcome: 'outcome',
  step: 'step',
  dueAt: 'due_at',
  maxLatenessSeconds: 'max_lateness_seconds',
  containerId: 'container_id',
  containerCreatedAt: 'container_created_at',
  upload: 'upload',
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

const JSON_COLUMNS = ['failures', 'refusal', 'children', 'upload'];

const ROW = `
  p.id, p.user_id AS "userId", p.account_row_id AS "accountRowId", p.account_id AS "accountId",
  p.media_type AS "mediaType", p.items, p.caption, p.options, p.status, p.outcome, p.step, p.due_at AS "dueAt",
  p.max_lateness_seconds AS "maxLatenessSeconds",
  p.container_id AS "containerId", p.container_created_at AS "containerCreatedAt", p.upload, p.intent_at AS "intentAt",
  CASE p.media_type WHEN 'CAROUSEL' THEN jsonb_array_length(p.items) ELSE 0 END AS "childrenNeeded", p.children,
  p.publish_calls AS "publishCalls", p.doubts, p.refusal, p.failures, p.instagram_post_id AS "instagramPostId",
  p.posted_at AS "postedAt", p.epoch, p.takeovers, p.blamed, was.status AS "statusBefore", now() AS "readAt",
  p.next_action_at AS "lookAgainAt", p.lease_until IS NOT NULL AS "isHeld", p.wait_reason AS "waitReason",
  ${STANDING} AS standing`;

/** Whether the worker that lost the post `was` had others in hand as well. */
const HELD_MORE = `EXISTS (SELECT FROM posts o WHERE o.lease_until IS NOT NULL AND o.lease_holder = was.lease_holder
  AND o.id <> was.id)`;

/** The statements that publishing makes on posts. Every write is fenced by the epoch of the claim. */
@Injectable()
export class PublishingRows {
  private readonly leaseMs: number;
  /** This process. */
  private readonly holder = randomUUID();

  constructor(
    private readonly dataSource: DataSource,
    settings: Settings,
  ) {
    this.leaseMs = settings.publishing.leaseMs;
  }

  /**
   * Takes a post that is due and that nobody holds; where it is ready to be published, the one of its account that waits
   * longest goes first. Null: not due, held, gone, or no lane is free; another worker may have been first.
   */
  async claim(tx: EntityManager, postId: number): Promise<ClaimedPost | null> {
    return one(
      await tx.query(
        `WITH was AS (
           SELECT id, status, lease_until, lease_holder FROM posts p
           WHERE id = coalesce(${FIRST_IN_LINE}, $1) AND next_action_at <= now() AND ${FREE} AND ${LANE_IS_FREE}
           FOR UPDATE SKIP LOCKED)
         UPDATE posts p SET epoch = epoch + 1, lease_until = now() + $2 * interval '1 ms', lease_holder = $3,
           takeovers = p.takeovers + CASE WHEN was.lease_until IS NULL THEN 0 ELSE 1 END,
           blamed = p.blamed + CASE WHEN was.lease_until IS NULL OR ${HELD_MORE} THEN 0 ELSE 1 END,
           status = CASE WHEN p.status = 'scheduled' AND p.due_at <= now() THEN 'posting' ELSE p.status END,
           updated_at = CASE WHEN p.status = 'scheduled' AND p.due_at <= now() THEN now() ELSE p.updated_at END
         FROM was WHERE p.id = was.id
         RETURNING ${ROW}, extract(epoch FROM now() - was.lease_until)::float8 * 1000 AS "orphanedMs"`,
        [postId, this.leaseMs, this.holder],
      ),
    );
  }

  /**
   * Writes a change while the claim still holds. The lease is renewed when `keep`, given back otherwise. A worker that got
   * an answer written down did not die over this post (`hasAnswer`): its takeovers count anew.
   * @returns the post after it, or null when the claim was lost: then nothing was written.
   */
  async write(
    tx: EntityManager,
    post: ClaimedPost,
    change: Change,
    { keep, hasAnswer = false }: { keep: boolean; hasAnswer?: boolean },
  ): Promise<ClaimedPost | null> {
    const { lookAgainAt, waitReason = null } = change;
    const values: unknown[] = [post.id, post.epoch, lookAgainAt, keep ? this.leaseMs : null, waitReason];
    const sets = columnsOf(change).map(([column, value]) => `${column} = $${values.push(value)}`);
    return one(
      await tx.query(
        `WITH was AS (SELECT id, status FROM posts WHERE id = $1 AND epoch = $2 AND lease_until > now() FOR UPDATE)
         UPDATE posts p SET next_action_at = $3, lease_until = now() + $4::float8 * interval '1 ms', wait_reason = $5,
           ${hasAnswer ? 'takeovers = 0, blamed = 0,' : ''} ${[...sets, ''].join(', ')} updated_at = now()
         FROM was WHERE p.id = was.id
         RETURNING ${ROW}`,
        values,
      ),
    );
  }

  /** Keeps a claim while a call takes long. @returns false when it was lost, and with it the right to go on */
  async extend({ id, epoch }: ClaimedPost): Promise<boolean> {
    const [, count]: [unknown, number] = await this.dataSource.query(
      `UPDATE posts SET lease_until = now() + $3 * interval '1 ms' WHERE id = $1 AND epoch = $2 AND lease_until > now()`,
      [id, epoch, this.leaseMs],
    );
    return count === 1;
  }

  /** Gives a claim back as if nobody had taken it: it is not this post's turn, for a reason of `hold`. */
  async putBack(tx: EntityManager, post: ClaimedPost, hold: Hold): Promise<void> {
    await tx.query(
      `UPDATE posts SET status = $3, lease_until = NULL, next_action_at = $4, wait_reason = $5, updated_at = now()
       WHERE id = $1 AND epoch = $2`,
      [post.id, post.epoch, post.statusBefore, hold.until, hold.reason],
    );
  }

  /** The other posts of the account that are due for the same step would meet the same: they needn't all find out. */
  async holdSiblings(tx: EntityManager, post: ClaimedPost, hold: Hold): Promise<void> {
    await tx.query(
      `UPDATE posts SET wait_reason = $5, updated_at = now(),
         next_action_at = least($4::timestamptz, due_at + max_lateness_seconds * interval '1 s')
       WHERE id IN (SELECT id FROM posts WHERE account_id = $1 AND id <> $2 AND step = $3 AND intent_at IS NULL
         AND next_action_at <= now() AND ${FREE} ORDER BY id FOR UPDATE SKIP LOCKED)`,
      [post.accountId, post.id, post.step, hold.until, hold.reason],
    );
  }

  /** What may hold the post back, as it stands now, and not when the post was claimed. */
  async standing(tx: EntityManager, post: ClaimedPost): Promise<Standing> {
    const [row]: { standing: WireStanding }[] = await tx.query(
      `SELECT ${STANDING} AS standing FROM posts p WHERE id = $1`,
      [post.id],
    );
    return row ? standingOf(row.standing) : post.standing;
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
  const [[row]] = answer as [(Omit<ClaimedPost, 'login' | 'standing'> & { standing: WireStanding })[], number];
  return row ? { ...row, login: row.standing.login, standing: standingOf(row.standing), isProbe: false } : null;
}
