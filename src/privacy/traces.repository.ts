import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { pseudonymOf } from './people.repository';

/** An erased account: our row, its user, and the Instagram id it had. */
export interface ErasedAccount {
  id: number;
  userId: number;
  accountId: string;
}

/** What Instagram told of a post or an account, by its name in events and timelines. */
const TOLD = `'{username,page_name,permalink,instagram_post_id,media_id,comment_id,fbtrace_id,fbtraceId}'::text[]`;
/** A worker may have a call in the air for these, and will write down its answer. */
const IN_FLIGHT = `(status IN ('posting', 'processing') OR (status <> 'completed' AND lease_until IS NOT NULL))`;
const withoutId = (text: string) => `replace(${text}, $2, ${pseudonymOf('$1::bigint')})`;

/** What accounts leave behind elsewhere: in posts, timelines, events, the audit log and the ledgers of limits. */
@Injectable()
export class TracesRepository {
  /** May be done again at any time. @returns whether posts in flight were left out, which will leave more */
  async erase(tx: EntityManager, account: ErasedAccount): Promise<{ inFlight: boolean }> {
    const about = [account.id, account.accountId];
    const aboutUser = [...about, account.userId];
    // Fenced: a worker that still looks for the permalink of a finished post can write nothing any more.
    await tx.query(
      `UPDATE posts SET account_id = ${pseudonymOf('$1::bigint')}, instagram_post_id = NULL, permalink = NULL,
         fbtrace_id = NULL, error_message = ${withoutId('error_message')}, refusal = CASE jsonb_typeof(refusal) WHEN 'object' THEN refusal - ${TOLD} END, epoch = epoch + 1,
         lease_until = NULL,
         step = CASE WHEN status = 'completed' THEN 'done' ELSE step END,
         next_action_at = CASE WHEN status = 'completed' THEN NULL ELSE next_action_at END
       WHERE account_row_id = $1 AND account_id = $2 AND NOT ${IN_FLIGHT}`,
      about,
    );
    await tx.query(
      `UPDATE post_timeline SET summary = ${withoutId('summary')}, detail = ${withoutId('detail::text')}::jsonb - ${TOLD}
       WHERE post_id IN (SELECT id FROM posts WHERE account_row_id = $1)
         AND (detail ?| ${TOLD} OR detail::text LIKE '%' || $2 || '%' OR summary LIKE '%' || $2 || '%')`,
      about,
    );
    await tx.query(
      `UPDATE first_comments SET epoch = epoch + 1, lease_until = NULL, comment_id = NULL, refusal = NULL, error_message = ${withoutId('error_message')}
       WHERE post_id IN (SELECT id FROM posts WHERE account_row_id = $1 AND account_id = ${pseudonymOf('$1::bigint')})`,
      about,
    );
    // But the event that tells the user's own systems what to erase; forgetNotices() takes that one later.
    await tx.query(
      `UPDATE events SET account_id = ${pseudonymOf('$1::bigint')}, data = ${withoutId('data::text')}::jsonb - ${TOLD}
       WHERE user_id = $3 AND account_id = $2 AND data->>'reason' IS DISTINCT FROM 'data_deletion'`,
      aboutUser,
    );
    await tx.query(
      `UPDATE account_audit SET account_id = ${pseudonymOf('$1::bigint')}, detail = '{}'
       WHERE user_id = $3 AND account_id = $2`,
      aboutUser,
    );
    await this.eraseLimits(tx, account.accountId);
    const [{ inFlight }]: [{ inFlight: boolean }] = await tx.query(
      `SELECT EXISTS (SELECT FROM posts WHERE account_row_id = $1 AND ${IN_FLIGHT}) AS "inFlight"`,
      [account.id],
    );
    return { inFlight };
  }

  /** Notices that have been there long enough for every client to read them. */
  async forgetNotices(tx: EntityManager, before: Date): Promise<void> {
    await tx.query(
      `UPDATE events SET account_id = NULL, data = '{"reason": "data_deletion"}'
       WHERE type = 'account.disconnected' AND data->>'reason' = 'data_deletion' AND account_id IS NOT NULL
         AND created_at < $1`,
      [before],
    );
  }

  /** Counted by Instagram's id; another user may have connected the same account through somebody else. */
  private async eraseLimits(tx: EntityManager, accountId: string): Promise<void> {
    const unused = 'NOT EXISTS (SELECT FROM accounts a WHERE a.account_id = $1)';
    await tx.query(`DELETE FROM account_quotas WHERE account_id = $1 AND ${unused}`, [accountId]);
    await tx.query(`DELETE FROM container_counts WHERE account_id = $1 AND ${unused}`, [accountId]);
    await tx.query(`DELETE FROM gates WHERE scope = 'account' AND subject = $1 AND ${unused}`, [accountId]);
  }
}
