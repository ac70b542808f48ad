import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { pausedSql } from '../pauses/pauses.sql';
import { FREE } from '../posts/lanes';

/** Posts that were held and may go on leave so far apart: nothing shows a machine like a burst. Milliseconds. */
const APART_MS = 200;

/** Posts that wait for something that happens elsewhere. */
@Injectable()
export class HeldRows {
  constructor(private readonly dataSource: DataSource) {}

  /** Lets posts go on whose account was connected again, whose switch was turned on, or whose incident is over. @returns how many */
  async release(): Promise<number> {
    const [, count]: [unknown, number] = await this.dataSource.query(
      `UPDATE posts SET wait_reason = NULL, next_action_at = now() + free.place * $1 * interval '1 ms'
       FROM (SELECT p.id, row_number() OVER (PARTITION BY p.account_id ORDER BY p.due_at, p.id) - 1 AS place
         FROM posts p JOIN accounts a ON a.id = p.account_row_id
         WHERE p.next_action_at > now() AND ${FREE} AND
           (p.wait_reason = 'account_action_required' AND a.action_required IS NULL
             OR p.wait_reason = 'paused' AND NOT ${pausedSql('p')})
       ) free
       WHERE posts.id = free.id AND posts.wait_reason IS NOT NULL AND posts.next_action_at > now() AND ${FREE}`,
      [APART_MS],
    );
    // Those that were just being held when the incident ended.
    return count + (await this.drain(this.dataSource.manager));
  }

  /** Where the platform works again, what it held up leaves one by one, the oldest first. @returns how many */
  async drain(tx: EntityManager): Promise<number> {
    const [, count]: [unknown, number] = await tx.query(
      `UPDATE posts SET wait_reason = 'backlog', next_action_at = now() + held.place * $1 * interval '1 ms'
       FROM (SELECT id, row_number() OVER (ORDER BY due_at, id) - 1 AS place
         FROM (SELECT id, due_at FROM posts WHERE wait_reason = 'platform_incident' AND next_action_at IS NOT NULL
           AND ${FREE} AND NOT EXISTS (SELECT 1 FROM gates WHERE scope = 'platform')
           ORDER BY id FOR UPDATE SKIP LOCKED) free) held
       WHERE posts.id = held.id`,
      [APART_MS],
    );
    return count;
  }
}
