import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../scripts/numbers.mjs';
import { onStage } from './stage.mjs';

const LEASE_SECONDS = 20;
/** Calls last so long that a worker holds many leases when it dies. */
const LATENCY_MS = 6_000;
const POSTS = 120;
const WANTED = 50;
const MOST_ROUNDS = 5;

/** `kill -9` of a worker that holds dozens of leases, with two others up, until there were enough takeovers. */
export async function takeover(servers, note) {
  const env = { LEASE_SECONDS: String(LEASE_SECONDS) };
  return onStage(servers, { workers: 3, accounts: POSTS, env, note }, async (stage) => {
    let seconds = [];
    for (let round = 1; round <= MOST_ROUNDS && seconds.length < WANTED; round++) {
      await killHolder(stage, round, (text) => note(`round ${round}, ${seconds.length} takeovers: ${text}`));
      seconds = await orphanedSeconds(stage.house);
    }
    return [
      { what: 'takeovers', goal: WANTED, measured: seconds.length, atLeast: true },
      { what: 'takeover after lease end p50', measured: percentile(seconds, 0.5), unit: 's' },
      { what: 'takeover after lease end p99', goal: 10, measured: percentile(seconds, 0.99), unit: 's' },
      ...(await stage.onceEach()),
    ];
  });
}

async function killHolder(stage, round, note) {
  const { house } = stage;
  note('making posts');
  await house.control('settings', { latency_ms: LATENCY_MS });
  await stage.create(Array.from({ length: POSTS }, (_, i) => ({ caption: `taken over ${round}-${i}`, account: i })));
  await sleep(LATENCY_MS / 3);
  const [name, child] = house.workers().at(-1);
  child.kill('SIGKILL');
  await house.control('settings', { latency_ms: 0 });
  await stage.ended((LEASE_SECONDS + 60) * 1_000, note);
  await house.start(name, 'worker');
}

/** For how long each post lay there after the lease of its dead worker had ended. */
async function orphanedSeconds(house) {
  const rows = await house.query(
    `SELECT (detail->>'orphaned_ms')::float8 / 1000 AS seconds FROM post_timeline WHERE detail ? 'orphaned_ms'`,
  );
  return rows.map(({ seconds }) => seconds);
}
