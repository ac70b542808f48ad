import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { PublishingLimit } from '../graph';
import type { QuotaLedger } from './quota';

/** Our own posts of the last 24 hours that are live or may be: they are the ledger, no counter can drift from it. */
const OURS = (account: string) =>
  `posts o WHERE o.account_id = ${account} AND o.intent_at > now() - interval '24 hours' AND o.outcome <> 'not_live'`;

/** The ledger of an account (an SQL expression for its id) as a JSON object; see `quotaLedgerOf`. */
export function quotaSql(account: string): string {
  return `(SELECT jsonb_build_object(
      'total', q.total, 'external', CASE WHEN q.seen_at > now() - interval '24 hours' THEN q.external ELSE 0 END,
      'seenAt', q.seen_at, 'exhaustedUntil', q.exhausted_until,
      'ours', ours.count, 'oldest', ours.oldest, 'latest', ours.latest,
      'containers', made.count, 'firstContainerHour', made.first_hour)
    FROM (SELECT count(*)::integer AS count, min(o.intent_at) AS oldest, max(o.intent_at) AS latest FROM ${OURS(account)}) ours
    CROSS JOIN (SELECT coalesce(sum(c.made), 0)::integer AS count, min(c.hour) AS first_hour FROM container_counts c
      WHERE c.account_id = ${account} AND c.hour > now() - interval '25 hours') made
    LEFT JOIN account_quotas q ON q.account_id = ${account})`;
}

/** A ledger as PostgreSQL writes it in JSON. */
export type WireLedger = {
  [field in keyof QuotaLedger]: QuotaLedger[field] extends Date | null ? string | null : QuotaLedger[field];
};

export function quotaLedgerOf(wire: WireLedger): QuotaLedger {
  return {
    ...wire,
    external: wire.external ?? 0,
    seenAt: instant(wire.seenAt),
    exhaustedUntil: instant(wire.exhaustedUntil),
    oldest: instant(wire.oldest),
    latest: instant(wire.latest),
    firstContainerHour: instant(wire.firstContainerHour),
  };
}

/** What is known of the accounts' quotas, whichever user connected them: Instagram counts by account. */
@Injectable()
export class QuotaRepository {
  async ledger(tx: EntityManager, accountId: string): Promise<QuotaLedger> {
    const [row]: { ledger: WireLedger }[] = await tx.query(`SELECT ${quotaSql('$1::text')} AS ledger`, [accountId]);
    if (!row) throw new Error('SELECT without FROM gave no row');
    return quotaLedgerOf(row.ledger);
  }

  /** Publishes of one account decide one after the other, until the transaction ends. */
  async lock(tx: EntityManager, accountId: string): Promise<void> {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('quota:' || $1, 0))`, [accountId]);
  }

  /** Instagram's own count: what is beyond ours was published by others. */
  async learn(tx: EntityManager, accountId: string, limit: PublishingLimit): Promise<void> {
    await tx.query(
      `INSERT INTO account_quotas AS q (account_id, total, external, seen_at)
       VALUES ($1::text, $2, greatest(0, $3 - (SELECT count(*) FROM ${OURS('$1::text')})), now())
       ON CONFLICT (account_id) DO UPDATE SET total = coalesce(excluded.total, q.total), external = excluded.external,
         seen_at = excluded.seen_at, exhausted_until = NULL`,
      [accountId, limit.quotaTotal, limit.quotaUsed],
    );
  }

  /** It could not be asked; what was known holds on, and it is not asked at once again. */
  async askedInVain(tx: EntityManager, accountId: string): Promise<void> {
    await tx.query(
      `INSERT INTO account_quotas (account_id, seen_at) VALUES ($1, now())
       ON CONFLICT (account_id) DO UPDATE SET seen_at = excluded.seen_at`,
      [accountId],
    );
  }

  /** Instagram refused a publish call because the quota is used up. */
  async exhausted(tx: EntityManager, accountId: string, forMs: number): Promise<void> {
    await tx.query(
      `INSERT INTO account_quotas (account_id, seen_at, exhausted_until)
       VALUES ($1, now(), now() + $2::float8 * interval '1 ms')
       ON CONFLICT (account_id) DO UPDATE SET exhausted_until = excluded.exhausted_until`,
      [accountId, forMs],
    );
  }

  /** A call that may have made a container, heard or not. */
  async containerMade(tx: EntityManager, accountId: string): Promise<void> {
    await tx.query(
      `INSERT INTO container_counts AS c (account_id, hour, made) VALUES ($1, date_trunc('hour', now()), 1)
       ON CONFLICT (account_id, hour) DO UPDATE SET made = c.made + 1`,
      [accountId],
    );
  }

  /** Accepted posts that will use up quota within the next 24 hours. */
  async reserved(tx: EntityManager, accountId: string): Promise<number> {
    const rows: { count: number }[] = await tx.query(
      `SELECT count(*)::integer AS count FROM posts WHERE account_id = $1 AND outcome = 'not_live'
         AND status IN ('scheduled', 'posting', 'processing') AND due_at < now() + interval '24 hours'`,
      [accountId],
    );
    return rows[0]?.count ?? 0;
  }
}

function instant(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
