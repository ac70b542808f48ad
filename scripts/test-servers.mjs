import { join } from 'node:path';
import { InUse } from './embedded/owner-lock.mjs';
import { ROOT } from './install.mjs';
import { startPostgres } from './postgres.mjs';
import { findRedis } from './redis.mjs';

const DATA = join(ROOT, '.data');
const RUNS_AT_ONCE = 8;

/** Where a fetched Redis is kept for the next run; jest.config.js looks here too. */
export const REDIS_CACHE = join(DATA, 'redis');

/**
 * The servers of a test run: TEST_DATABASE_URL or DATABASE_URL, TEST_REDIS_URL or REDIS_URL where set, else our own.
 * @returns {Promise<{databaseUrl: string, redisUrl: string | null, redisPid: number | null, stop: () => Promise<void>}>} no
 *   `redisPid` for a Redis that is not ours to hurt
 */
export async function startTestServers({ log, progress }) {
  const { TEST_DATABASE_URL, DATABASE_URL, TEST_REDIS_URL } = process.env;
  const given = (url) => url && { url, stop: async () => {} };
  const results = await Promise.allSettled([
    given(TEST_DATABASE_URL || DATABASE_URL) ||
      inFreeFolder('test-pg', (dataDir) => startPostgres({ dataDir, log, durable: false })),
    given(TEST_REDIS_URL) || startRedis('test-redis', { log, progress }),
  ]);
  const stop = async () => {
    await Promise.all(results.map(({ value }) => value?.stop()));
  };
  const failed = results.find(({ status }) => status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  const [postgres, redis] = results.map(({ value }) => value);
  return { databaseUrl: postgres.url, redisUrl: redis?.url ?? null, redisPid: redis?.pid ?? null, stop };
}

/** A Redis in a folder of that name under .data/; null where none can be had. */
export function startRedis(name, { log, progress }) {
  return inFreeFolder(name, (dataDir) => findRedis({ dataDir, cacheDir: REDIS_CACHE, log, progress }));
}

/** A second run beside the first gets a folder, and servers, of its own. */
async function inFreeFolder(name, start) {
  for (let i = 1; ; i++) {
    try {
      return await start(join(DATA, i === 1 ? name : `${name}-${i}`));
    } catch (error) {
      if (!(error instanceof InUse) || i === RUNS_AT_ONCE) throw error;
    }
  }
}
