import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { SLOW_AT_USAGE, type Gate, type GateKey, type GateNews } from './gate-policy';

const FIRST_PROBE_MS = 30_000;
const LONGEST_PROBE_MS = 600_000;

/** What Meta said an hour ago about its allowance says little about now. */
const USAGE_LASTS = `interval '1 hour'`;

/** The gates that concern a row of `posts` called `post` of an account row called `account`, as a JSON array. */
export function gatesSql(post: string, account: string): string {
  return `(SELECT coalesce(jsonb_agg(jsonb_build_object('scope', g.scope, 'closedUntil', g.closed_until, 'stated', g.stated, 'why', g.why,
      'usage', CASE WHEN g.usage_at > now() - ${USAGE_LASTS} THEN g.usage ELSE 0 END)), '[]')
    FROM gates g WHERE (g.scope, g.subject) IN
      (('app', ${account}.login), ('account', ${post}.account_id), ('platform', '')))`;
}

/** Until when whom is left alone: one table, seen by every process. */
@Injectable()
export class GatesRepository {
  /** A gate never opens sooner than was once said. */
  async learn(tx: EntityManager, { scope, subject, closeForMs, stated, usage, why }: GateNews): Promise<void> {
    await tx.query(
      `INSERT INTO gates AS g (scope, subject, closed_until, why, usage, usage_at, stated)
       VALUES ($1, $2, now() + $3::float8 * interval '1 ms', $4, coalesce($5::smallint, 0), now(), $6)
       ON CONFLICT (scope, subject) DO UPDATE SET
         closed_until = greatest(g.closed_until, excluded.closed_until),
         stated = CASE WHEN excluded.closed_until >= coalesce(g.closed_until, '-infinity') THEN excluded.stated ELSE g.stated END,
         why = CASE WHEN excluded.closed_until > coalesce(g.closed_until, '-infinity') THEN excluded.why ELSE g.why END,
         usage = CASE WHEN $5::smallint IS NULL THEN g.usage ELSE excluded.usage END,
         usage_at = CASE WHEN $5::smallint IS NULL THEN g.usage_at ELSE now() END, updated_at = now()`,
      [scope, subject, closeForMs, why, usage === null ? null : Math.min(usage, 1_000), stated],
    );
  }

  /** Whether what an answer said is worth a write: most say that all is well, as did the last one. */
  isNews({ scope, closeForMs, usage }: GateNews, known: readonly Gate[]): boolean {
    if (closeForMs !== null || (usage ?? 0) >= SLOW_AT_USAGE) return true;
    return usage !== null && known.some((gate) => gate.scope === scope && gate.usage >= SLOW_AT_USAGE);
  }

  /** Until when calls of this kind are refused; null: they may go. */
  async closedUntil(tx: EntityManager, keys: readonly GateKey[]): Promise<Date | null> {
    const rows: { until: Date | null }[] = await tx.query(
      `SELECT max(closed_until) AS until FROM gates
       WHERE closed_until > now() AND (scope || ':' || subject) = ANY ($1)`,
      [keys.map(({ scope, subject }) => `${scope}:${subject}`)],
    );
    return rows[0]?.until ?? null;
  }

  /**
   * The platform is left alone until the next probe; each further incident waits twice as long.
   * @returns whether this is news: another worker may have said it in the last seconds
   */
  async incident(tx: EntityManager, why: string): Promise<boolean> {
    const rows: unknown[] = await tx.query(
      `INSERT INTO gates AS g (scope, subject, closed_until, why) VALUES ('platform', '', now() + $1 * interval '1 ms', $3)
       ON CONFLICT (scope, subject) DO UPDATE SET why = excluded.why, round = g.round + 1, updated_at = now(),
         closed_until = now() + least($1::float8 * 2 ^ least(g.round + 1, 16), $2) * interval '1 ms'
         WHERE g.updated_at < now() - interval '5 seconds'
       RETURNING 1`,
      [FIRST_PROBE_MS, LONGEST_PROBE_MS, why],
    );
    return rows.length > 0;
  }

  /** One caller at a time may find out whether the platform works again. @returns whether it is this one */
  async mayProbe(tx: EntityManager): Promise<boolean> {
    const [, count]: [unknown, number] = await tx.query(
      `UPDATE gates SET closed_until = now() + $1 * interval '1 ms'
       WHERE scope = 'platform' AND closed_until <= now()`,
      [FIRST_PROBE_MS],
    );
    return count === 1;
  }

  /** @returns whether there was an incident to end */
  async incidentIsOver(tx: EntityManager): Promise<boolean> {
    const [, count]: [unknown, number] = await tx.query(`DELETE FROM gates WHERE scope = 'platform'`);
    return count === 1;
  }
}
