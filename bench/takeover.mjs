import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../scripts/numbers.mjs';
import { onStage } from './stage.mjs';

const LEASE_SECONDS = 20;
/** Calls last so long that a worker holds many leases when it dies. */
const LATENCY_MS = 6_000;
const POSTS = 120;
const ROUNDS = 2;

/** `kill -9` of a worker that holds dozens of leases, with two others up. */
export async function takeover(servers, note) {
  return onStage(
    servers,
    {
      workers: 3,
      accounts: POSTS,
      env: { LEASE_SECONDS: String(LEASE_SECONDS) },
      note,
    },
    async (stage) => {
      const { house } = stage;
      for (let round = 1; round <= ROUNDS; round++) {
        note(`round ${round} of ${ROUNDS}: making posts`);
        await house.control('settings', { latency_ms: LATENCY_MS });
        await stage.create(
          Array.from({ length: POSTS }, (_, i) => ({ caption: `taken over ${round}-${i}`, account: i })),
        );
        await sleep(LATENCY_MS / 3);
        const [name, child] = house.workers().at(-1);
        child.kill('SIGKILL');
        await house.control('settings', { latency_ms: 0 });
        await stage.ended((LEASE_SECONDS + 60) * 1_000, (text) => note(`round ${round} of ${ROUNDS}: ${text}`));
        await house.start(name, 'worker');
      }
      const rows = await house.query(
        `SELECT (detail->>'orphaned_ms')::float8 / 1000 AS seconds FROM post_timeline WHERE detail ? 'orphaned_ms'`,
      );
      const seconds = rows.map((row) => row.seconds);
      return [
        { what: 'takeovers', goal: 50, measured: seconds.length, atLeast: true },
        { what: 'takeover after lease end p50', measured: percentile(seconds, 0.5), unit: 's' },
        { what: 'takeover after lease end p99', goal: 10, measured: percentile(seconds, 0.99), unit: 's' },
        ...(await stage.onceEach()),
      ];
    },
  );
}
