import { setTimeout as sleep } from 'node:timers/promises';
import { LEASE_SECONDS } from './house.mjs';

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

/** What became of the posts, held against the emulator's ledger: it alone knows what is live. */
export async function judge(house, load) {
  const { effects } = await house.control('ledger');
  const published = effects.filter(({ kind }) => kind === 'media_published');
  const times = new Map();
  for (const { caption } of published) times.set(caption, (times.get(caption) ?? 0) + 1);
  const rows = await house.query('SELECT id, caption, status, due_at, scheduled_time FROM posts');
  const byId = new Map(rows.map((row) => [row.id, row]));
  const live = ({ caption }) => times.get(caption) ?? 0;
  // From the death of a worker to its successor: at most the lease, and then what the row says it lay there.
  const takeovers = await house.query(
    `SELECT (detail->>'orphaned_ms')::float8 / 1000 + $1 AS seconds FROM post_timeline
     WHERE detail ? 'orphaned_ms' ORDER BY seconds`,
    [LEASE_SECONDS],
  );
  const first = (caption) => published.find((effect) => effect.caption === caption);
  return {
    accepted: load.accepted.size,
    published: published.length,
    duplicates: [...times.values()].filter((count) => count > 1).length,
    lost: [...load.accepted.keys()].filter((id) => !byId.has(String(id)) && !byId.has(id)).length,
    stuck: rows.filter(({ status }) => !ENDS.includes(status)).length,
    'false failed': rows.filter((row) => row.status === 'failed' && live(row) > 0).length,
    'false completed': rows.filter((row) => row.status === 'completed' && live(row) === 0).length,
    early: rows.filter(
      ({ scheduled_time, caption }) => scheduled_time && first(caption) && new Date(first(caption).at) < scheduled_time,
    ).length,
    failed: rows.filter(({ status }) => status === 'failed').length,
    'needs review': rows.filter(({ status }) => status === 'needs_review').length,
    takeovers: takeovers.length,
    'takeover p99 (s)':
      takeovers.length === 0 ? 0 : Number(takeovers[Math.ceil(takeovers.length * 0.99) - 1].seconds.toFixed(1)),
  };
}
