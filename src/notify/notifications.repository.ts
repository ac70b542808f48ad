import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Channel, type Happening } from './audience';

/** A message that is ours to send until its lease ends. */
export interface ClaimedNotification {
  channel: Channel;
  /** The fence: another claim has another number. */
  attempts: number;
  /** Since it was first to be sent. */
  ageMs: number;
  happening: Happening;
}

/** `nothing`: none is due. `held`: that channel has had its share of this minute. */
export type Claim = ClaimedNotification | 'nothing' | { held: number };

/** First of the two numbers of our advisory locks; spells "NOTE". */
const LOCK = 0x4e4f5445;

const HAPPENING = `e.id AS "eventId", e.type, e.user_id AS "userId", e.post_id AS "postId", e.account_id AS "accountId",
  e.data, e.created_at AS "happenedAt", a.username, u.email AS "userEmail"`;
const WHOM = `JOIN users u ON u.id = e.user_id
  LEFT JOIN accounts a ON a.user_id = e.user_id AND a.account_id = e.account_id`;

/** Who has been told of what. All times are the database's. */
@Injectable()
export class NotificationsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Events of the last day that nobody has looked at, oldest first. Not "those after the last one seen": transactions
   * commit in another order than ids are given out.
   */
  async unseen(limit: number): Promise<Happening[]> {
    // The types are spelled out, as in the partial index: a parameter would hide from the planner that it fits.
    return this.dataSource.query(
      `SELECT ${HAPPENING} FROM events e ${WHOM}
       WHERE e.type IN ('account.action_required', 'account.token_expiring', 'account.disconnected', 'post.failed',
           'post.at_risk')
         AND e.created_at > now() - interval '1 day'
         AND NOT EXISTS (SELECT FROM notifications n WHERE n.event_id = e.id AND n.channel = 'log')
       ORDER BY e.created_at, e.id LIMIT $1`,
      [limit],
    );
  }

  /**
   * Published posts of the last day that are to be written down, oldest first: once their permalink is known or not looked
   * for any more, or after five minutes without.
   */
  async unrecorded(limit: number): Promise<Happening[]> {
    return this.dataSource.query(
      `SELECT ${HAPPENING} FROM events e ${WHOM} JOIN posts p ON p.id = e.post_id
       WHERE e.type = 'post.published' AND e.created_at > now() - interval '1 day'
         AND (p.step = 'done' OR e.created_at < now() - interval '5 minutes')
         AND NOT EXISTS (SELECT FROM notifications n WHERE n.event_id = e.id AND n.channel = 'google_sheet')
       ORDER BY e.created_at, e.id LIMIT $1`,
      [limit],
    );
  }

  /** Writes down who is to hear of each event, all at once. Where another worker was first, its word stands. */
  async plan(plans: { eventId: number; channels: Channel[] }[]): Promise<void> {
    const rows = plans.flatMap(({ eventId, channels }) =>
      channels.length === 0
        ? [{ eventId, channel: 'log', status: 'skipped' }]
        : channels.map((channel) => ({ eventId, channel, status: 'waiting' })),
    );
    await this.dataSource.query(
      `INSERT INTO notifications (event_id, channel, status, next_attempt_at)
       SELECT event_id, channel, status, CASE status WHEN 'waiting' THEN now() END
       FROM unnest($1::bigint[], $2::text[], $3::text[]) AS planned (event_id, channel, status)
       WHERE EXISTS (SELECT FROM events e WHERE e.id = event_id)
       ORDER BY event_id, channel
       ON CONFLICT DO NOTHING`,
      [rows.map(({ eventId }) => eventId), rows.map(({ channel }) => channel), rows.map(({ status }) => status)],
    );
  }

  /**
   * Takes the message of this channel that has waited longest; its lease is its next attempt. Claims of one channel come
   * one after the other, so that together they keep to `perMinute` (null: as many as there are).
   */
  async claim(tx: EntityManager, channel: Channel, leaseMs: number, perMinute: number | null): Promise<Claim> {
    await tx.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [LOCK, channel]);
    if (perMinute !== null && (await this.lastMinute(tx, channel)) >= perMinute) {
      const held = await this.waiting(tx, channel);
      return held === 0 ? 'nothing' : { held };
    }
    // After the wait for that lock now() is long ago.
    const [claimed] = await tx.query<(Happening & { attempts: number; ageMs: number })[]>(
      `WITH next AS (
         SELECT event_id FROM notifications
         WHERE channel = $1 AND status = 'waiting' AND next_attempt_at <= clock_timestamp()
         ORDER BY next_attempt_at, event_id LIMIT 1 FOR UPDATE SKIP LOCKED
       ), taken AS (
         UPDATE notifications n SET attempts = attempts + 1, attempted_at = clock_timestamp(),
           next_attempt_at = clock_timestamp() + $2 * interval '1 millisecond'
         FROM next WHERE n.event_id = next.event_id AND n.channel = $1
         RETURNING n.event_id, n.attempts, (extract(epoch FROM clock_timestamp() - n.created_at) * 1000)::float8 AS age_ms
       )
       SELECT ${HAPPENING}, t.attempts, t.age_ms AS "ageMs" FROM taken t JOIN events e ON e.id = t.event_id ${WHOM}`,
      [channel, leaseMs],
    );
    if (!claimed) return 'nothing';
    const { attempts, ageMs, ...happening } = claimed;
    return { channel, attempts, ageMs, happening };
  }

  private async lastMinute(tx: EntityManager, channel: Channel): Promise<number> {
    const [{ count }] = await tx.query<[{ count: number }]>(
      `SELECT count(*) FROM notifications WHERE channel = $1 AND attempted_at > clock_timestamp() - interval '1 minute'`,
      [channel],
    );
    return count;
  }

  private async waiting(tx: EntityManager, channel: Channel): Promise<number> {
    const [{ count }] = await tx.query<[{ count: number }]>(
      `SELECT count(*) FROM notifications
       WHERE channel = $1 AND status = 'waiting' AND next_attempt_at <= clock_timestamp()`,
      [channel],
    );
    return count;
  }

  /** It is out, whoever holds the claim by now. */
  async sent({ happening, channel }: ClaimedNotification): Promise<void> {
    await this.dataSource.query(
      `UPDATE notifications SET status = 'sent', sent_at = clock_timestamp(), next_attempt_at = NULL, error = NULL
       WHERE event_id = $1 AND channel = $2 AND status = 'waiting'`,
      [happening.eventId, channel],
    );
  }

  /** @param inMs when to try again, from now; null: never */
  async failed(claimed: ClaimedNotification, why: string, inMs: number | null): Promise<void> {
    await this.dataSource.query(
      `UPDATE notifications SET status = CASE WHEN $4::float8 IS NULL THEN 'given_up' ELSE 'waiting' END, error = $5,
         next_attempt_at = clock_timestamp() + $4::float8 * interval '1 millisecond'
       WHERE event_id = $1 AND channel = $2 AND attempts = $3 AND status = 'waiting'`,
      [claimed.happening.eventId, claimed.channel, claimed.attempts, inMs, why],
    );
  }
}
