import { forAll } from '../scripts/chaos/people.mjs';
import { startRedis } from '../scripts/test-servers.mjs';
import { percentile } from '../scripts/numbers.mjs';
import { atEnd } from '../scripts/shutdown.mjs';
import { onStage } from './stage.mjs';

const CREATES = 200;

/** The API with its Redis silent (SIGSTOP) and gone (SIGKILL): it accepts all the same. */
export async function createWithoutRedis({ databaseUrl }, note) {
  const redis = await startRedis('bench-redis', {});
  if (!redis?.pid) return [{ what: 'a Redis of our own to stop', goal: 1, measured: 0, atLeast: true }];
  atEnd(redis.stop);
  return onStage({ databaseUrl, redisUrl: redis.url }, { accounts: 10, note }, async (stage) => {
    const figures = [];
    for (const [how, name] of [
      ['silent', 'SIGSTOP'],
      ['killed', 'SIGKILL'],
    ]) {
      process.kill(redis.pid, name);
      for (const hands of [1, 8]) {
        note(`Redis ${how}, ${hands} connection(s)`);
        figures.push(...(await creates(stage, `Redis ${how}, ${hands} at once`, hands)));
      }
      if (name === 'SIGSTOP') process.kill(redis.pid, 'SIGCONT');
    }
    const [{ stored }] = await stage.house.query('SELECT count(*)::int AS stored FROM posts WHERE id = ANY($1)', [
      [...stage.posts.keys()],
    ]);
    figures.push({ what: 'accepted, and not stored', goal: 0, measured: stage.posts.size - stored });
    await redis.stop();
    return figures;
  });
}

/** Half of them scheduled, half at once. */
async function creates(stage, what, hands) {
  const times = [];
  let refused = 0;
  const wanted = Array.from({ length: CREATES }, (_, i) => ({
    caption: `${what} ${i}`,
    account: i,
    at: i % 2 ? Date.now() + 3_600_000 : undefined,
  }));
  const one = async (post) => {
    const began = performance.now();
    await stage.create([post], { atOnce: 1 }).catch(() => (refused += 1));
    times.push(performance.now() - began);
  };
  await forAll(wanted, one, hands);
  return [
    { what: `${what}: not 2xx, of ${CREATES}`, goal: 0, measured: refused },
    { what: `${what}: p99`, goal: 500, measured: percentile(times, 0.99), unit: 'ms' },
    { what: `${what}: the slowest`, measured: Math.max(...times), unit: 'ms' },
  ];
}
