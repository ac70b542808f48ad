/** Spells "IGPS"; any number that no other lock of ours has. */
const GATE = 0x49475053;

/**
 * Whether any switch holds this post: an SQL boolean expression of three primary key look-ups.
 * @param post the alias of a `posts` row in the statement around it, with `user_id` and `account_row_id`
 */
export function pausedSql(post: string): string {
  return `(EXISTS (SELECT FROM pauses WHERE scope = 'all' AND subject = '')
    OR EXISTS (SELECT FROM pauses WHERE scope = 'user' AND subject = ${post}.user_id::text)
    OR EXISTS (SELECT FROM pauses WHERE scope = 'account' AND subject = ${post}.account_row_id::text))`;
}

/**
 * To be run in a transaction that commits a publish intent, as a statement of its own before the one that asks
 * `pausedSql`. A pause then either is seen, or is not answered before the intent is committed; without it one that comes
 * about between looking and committing would be missed. Any number of intents pass at once.
 */
export const PASS_PAUSE_GATE_SQL = `SELECT pg_advisory_xact_lock_shared(${GATE})`;

/** Taken by whoever pauses, for as long as their transaction: waits for the intents on their way, a moment. */
export const SHUT_PAUSE_GATE_SQL = `SELECT pg_advisory_xact_lock(${GATE})`;
