import type { EntityManager } from 'typeorm';

/**
 * So many posts of one account are worked on at once: its burst may fill its own lanes, never the others'. Their publish
 * calls leave one after the other, in the order of their times.
 */
export const LANES = 4;

/** So many of them may be sending a video: that takes minutes, and must not keep the others from their seconds. */
const UPLOAD_LANES = 2;

/** So many wake-ups an account has in the queue for one second; each post that leaves its lane wakes the next in line. */
export const IN_LINE = 2 * LANES;

/** Rows that fall due later than this are woken by the minute's dispatch (publishing/dispatch.schedule.ts). */
export const WAKE_WITHIN_MS = 90_000;

/** SQL: nobody holds the row. */
export const FREE = '(lease_until IS NULL OR lease_until < now())';

/** SQL over the row of that name: it has a video to send before anything else. */
export function sending(row: string): string {
  return `(${row}.step = 'await' AND coalesce(${row}.upload->>'state' <> 'done', false)
    OR ${row}.step = 'create' AND ${row}.children @? '$[*].upload ? (@.state != "done")')`;
}

/** SQL over the row `p`: its account has a lane free, and with a publish call on its way no other one leaves. */
export const LANE_IS_FREE = `(SELECT count(*) FROM posts o WHERE o.account_id = p.account_id AND o.lease_until > now()) < ${LANES}
  AND (NOT ${sending('p')} OR (SELECT count(*) FROM posts o WHERE o.account_id = p.account_id AND o.lease_until > now()
    AND ${sending('o')}) < ${UPLOAD_LANES})
  AND (p.step <> 'publish' OR NOT EXISTS (SELECT FROM posts o WHERE o.account_id = p.account_id
    AND o.lease_until > now() AND o.step IN ('publish', 'verify') AND o.due_at <= p.due_at))`;

/** SQL: of the posts of the same account that are ready to be published, the one that waits longest; `$1` is a post. */
export const FIRST_IN_LINE = `(SELECT o.id FROM posts me JOIN posts o ON o.account_id = me.account_id
  WHERE me.id = $1 AND me.step = 'publish' AND me.next_action_at <= now() AND o.step = 'publish' AND o.next_action_at <= now()
    AND (o.lease_until IS NULL OR o.lease_until < now()) ORDER BY o.next_action_at, o.due_at, o.id LIMIT 1)`;

/**
 * Whether enough posts of the account are due by then to wake each other: one more job would only stand in the way of
 * other accounts. To be asked after the row is committed, so that whoever leaves a lane later finds it.
 */
export async function lineIsFull(db: EntityManager, accountId: string, inMs: number): Promise<boolean> {
  const rows: { full: boolean }[] = await db.query(
    `SELECT count(*) > ${IN_LINE} AS full FROM (SELECT FROM posts WHERE account_id = $1
       AND next_action_at > now() + ($2::float8 - 1000) * interval '1 ms'
       AND next_action_at <= now() + $2::float8 * interval '1 ms' LIMIT ${IN_LINE + 1}) due`,
    [accountId, Math.max(0, inMs)],
  );
  return rows[0]?.full ?? false;
}
