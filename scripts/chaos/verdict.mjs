import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../numbers.mjs';
import { LEASE_SECONDS } from './house.mjs';
import { numberOf } from './load.mjs';

const ENDS = ['completed', 'failed', 'canceled', 'missed', 'needs_review'];

/** Waits until no post has anything left to do but its decoration, or the patience is over. */
export async function settled(house, patienceMs, note) {
  for (const until = Date.now() + patienceMs; ; await sleep(500)) {
    const [{ open }] = await house
      .query(`SELECT count(*)::int AS open FROM posts WHERE status <> ALL($1)`, [ENDS])
      .catch(() => [{ open: -1 }]);
    note(`${open} open`);
    if (open === 0 || Date.now() > until) return;
  }
}

/** What became of the posts, held against the emulator's ledger: it alone knows what is live. Answers figures. */
export async function judge(house, load, meddler) {
  const { effects } = await house.control('ledger');
  const published = new Map();
  for (const { kind, caption, at } of effects) {
    const number = kind === 'media_published' ? numberOf(caption) : null;
    if (number !== null) published.set(number, [...(published.get(number) ?? []), { caption, at: Date.parse(at) }]);
  }
  const rows = await house.query(
    'SELECT id::int, caption, status, outcome, scheduled_time, error_message FROM posts ORDER BY id',
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  const live = ({ caption }) => published.get(numberOf(caption)) ?? [];
  const accepted = [...load.accepted];
  const count = (wanted) => rows.filter(wanted).length;
  const failed = (row) => row.status === 'failed';
  const byTakeovers = (row) => /workers stopped/.test(row.error_message ?? '');
  const broken = meddler.broken((id) => live(load.accepted.get(id)).map(({ caption }) => caption));
  const orphaned = await orphanedSeconds(house);
  const none = (what, measured) => ({ what, goal: 0, measured });
  return [
    // A client that sees an error has to be told so; most must have been served for the rest to mean anything.
    {
      what: 'accepted',
      measured: accepted.length,
      goal: Math.ceil((accepted.length + load.refused) * 0.9),
      atLeast: true,
    },
    { what: 'refused, or the answer was lost', measured: load.refused },
    { what: 'edited, canceled, hurried', measured: meddler.edited.size + meddler.canceled.size + meddler.hurried },
    { what: 'live', measured: published.size },
    none('duplicates', [...published.values()].filter((times) => times.length > 1).length),
    none('lost', accepted.filter(([id]) => !byId.has(id)).length),
    none(
      'stuck',
      count(({ status }) => !ENDS.includes(status)),
    ),
    none(
      'false failed',
      count((row) => failed(row) && live(row).length > 0),
    ),
    none(
      'false completed',
      count((row) => row.status === 'completed' && live(row).length === 0),
    ),
    none(
      'early',
      accepted.filter(
        ([id, { caption, at }]) =>
          at !== null && !meddler.unsure.has(id) && live({ caption }).some((once) => once.at < Math.floor(at)),
      ).length,
    ),
    none('live after a cancel was confirmed', broken.canceled),
    none('live with a caption that was edited away', broken.edited),
    {
      what: 'needs_review',
      goal: Math.ceil(accepted.length * 0.005),
      measured: count(({ status }) => status === 'needs_review'),
    },
    {
      what: 'needs_review: workers died over it',
      measured: count((row) => row.status === 'needs_review' && byTakeovers(row)),
    },
    { what: 'failed: workers died over it', measured: count((row) => failed(row) && byTakeovers(row)) },
    { what: 'failed: other reasons', measured: count((row) => failed(row) && !byTakeovers(row)) },
    { what: 'takeovers', measured: orphaned.length },
    ...(orphaned.length > 0
      ? [
          {
            what: 'death to takeover p99',
            goal: LEASE_SECONDS + 10,
            measured: LEASE_SECONDS + percentile(orphaned, 0.99),
            unit: 's',
          },
        ]
      : []),
  ];
}

/** From the end of a dead worker's lease to its successor. The death was at most a lease before. */
async function orphanedSeconds(house) {
  const rows = await house.query(
    `SELECT (detail->>'orphaned_ms')::float8 / 1000 AS seconds FROM post_timeline WHERE detail ? 'orphaned_ms'`,
  );
  return rows.map(({ seconds }) => seconds);
}

/** Why posts ended without being published, most frequent first: `needs_review 3×: …`. */
export async function reasons(house) {
  const rows = await house.query(
    `SELECT status, error_message, count(*)::int AS times FROM posts WHERE status IN ('failed', 'needs_review', 'missed')
     GROUP BY 1, 2 ORDER BY 3 DESC`,
  );
  return rows.map(({ status, error_message, times }) => `${status} ${times}×: ${error_message}`);
}
