import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Settings } from '../config/settings';
import { FREE, IN_LINE, LANES, lineIsFull, sending, WAKE_WITHIN_MS } from '../posts/lanes';
import type { ClaimedPost } from './publishing-rows';

/** A row that a worker should look at. */
export interface Due {
  postId: number;
  epoch: number;
  inMs: number;
  /** How many times it has been overdue for ROUND_SWEEPS sweeps. */
  round?: number;
}

/** A post that stays overdue for so many sweeps is woken under a new name. */
const ROUND_SWEEPS = 3;

const SOON_MS = 10;

/** Which rows want looking at, and when. Of each account only the first in line: they wake the others. */
@Injectable()
export class DueRows {
  private readonly roundMs: number;

  constructor(
    private readonly dataSource: DataSource,
    settings: Settings,
  ) {
    this.roundMs = settings.publishing.sweepIntervalMs * ROUND_SWEEPS;
  }

  /** When a post that could not be claimed will be due; null when nothing is left to do or somebody holds it. */
  async dueIn(postId: number): Promise<number | null> {
    const rows: { ms: number }[] = await this.dataSource.query(
      `SELECT extract(epoch FROM next_action_at - now())::float8 * 1000 AS ms FROM posts
       WHERE id = $1 AND next_action_at > now() - interval '100 ms' AND ${FREE}`,
      [postId],
    );
    // It may have fallen due since the claim was tried.
    return rows[0] ? Math.max(rows[0].ms, SOON_MS) : null;
  }

  /** Rows that are due and that nobody holds: what the sweep wakes. The first of each account first, then the oldest. */
  async leftBehind(limit: number): Promise<Due[]> {
    return this.dataSource.query(
      `SELECT id AS "postId", epoch, 0 AS "inMs",
         floor(extract(epoch FROM now() - next_action_at)::float8 * 1000 / $2)::integer AS round
       FROM (SELECT id, epoch, next_action_at, row_number() OVER line AS place FROM posts
         WHERE next_action_at <= now() - interval '1 second' AND ${FREE}
         WINDOW line AS (PARTITION BY account_id ORDER BY ${sending('posts')}, next_action_at, due_at, id)) waiting
       WHERE place <= ${IN_LINE} ORDER BY place, next_action_at LIMIT $1`,
      [limit, this.roundMs],
    );
  }

  /** Rows that fall due within `windowMs`: what each minute's dispatch wakes at their very time. */
  async fallingDue(windowMs: number, limit: number): Promise<Due[]> {
    return this.dataSource.query(
      `SELECT id AS "postId", epoch, greatest(0, extract(epoch FROM next_action_at - now())::float8 * 1000) AS "inMs"
       FROM (SELECT id, epoch, next_action_at, row_number() OVER line AS place FROM posts
         WHERE next_action_at <= now() + $1 * interval '1 ms' AND ${FREE}
         WINDOW line AS (PARTITION BY account_id, date_trunc('second', next_action_at) ORDER BY next_action_at, due_at, id)
       ) coming
       WHERE place <= ${IN_LINE} ORDER BY next_action_at LIMIT $2`,
      [windowMs, limit],
    );
  }

  /** What to wake when a worker lets go of a post: the post itself where its time comes soon, and who waits for its lane. */
  async afterLeaving(post: ClaimedPost, lookAgainInMs: number | null): Promise<Due[]> {
    const next = await this.nextInLine(post.accountId);
    if (lookAgainInMs === null || lookAgainInMs > WAKE_WITHIN_MS) return next;
    const isOfACrowd =
      post.step === 'publish' && (await lineIsFull(this.dataSource.manager, post.accountId, lookAgainInMs));
    return isOfACrowd ? next : [...next, { postId: post.id, epoch: post.epoch, inMs: lookAgainInMs }];
  }

  /** The next posts of an account for the lanes that are free now; those that have a video to send come last. */
  private async nextInLine(accountId: string): Promise<Due[]> {
    return this.dataSource.query(
      `SELECT id AS "postId", epoch, 0 AS "inMs" FROM posts
       WHERE account_id = $1 AND next_action_at <= now() AND ${FREE}
       ORDER BY ${sending('posts')}, next_action_at, due_at, id
       LIMIT greatest(0, ${LANES} - (SELECT count(*) FROM posts WHERE account_id = $1 AND lease_until > now()))`,
      [accountId],
    );
  }
}
