import Redis from 'ioredis';
import { Client, DatabaseError } from 'pg';
import { queueBackend } from './settings';
import { startTcpProxy } from './tcp-proxy';

const DEADLOCK = '40P01';

/** `refusing`: every call fails at once. `silent`: no call is ever answered. */
export type Absence = 'refusing' | 'silent';

/** The queue's backend of this jest project, for tests that take it away. */
export interface QueueControl {
  /** What the house has to be opened with, so that its queue can be taken away. */
  env: NodeJS.ProcessEnv;
  /** Forgets every job, lock and schedule. */
  wipe(databaseUrl: string): Promise<void>;
  takeAway(databaseUrl: string, how: Absence): Promise<void>;
  bringBack(databaseUrl: string): Promise<void>;
  /** Everything that is kept in it, as text. */
  dump(databaseUrl: string): Promise<string>;
  close(): Promise<void>;
}

export function controlQueue(): Promise<QueueControl> {
  return queueBackend() === 'redis'
    ? controlRedis(process.env.TEST_REDIS_URL ?? '')
    : Promise.resolve(controlPostgres());
}

async function controlRedis(direct: string): Promise<QueueControl> {
  const { hostname, port } = new URL(direct);
  const proxy = await startTcpProxy({ host: hostname, port: Number(port || 6379) });
  const proxied = new URL(direct);
  proxied.hostname = '127.0.0.1';
  proxied.port = String(proxy.port);
  const redis = new Redis(direct);
  return {
    env: { REDIS_URL: proxied.href },
    async wipe() {
      // The mark of test/support/redis-backend.js stays: it says whose database this is.
      await redis.multi().flushdb().set('instagram-publisher:tests', 1).exec();
    },
    takeAway: (_, how) => proxy.cut(how),
    bringBack: () => proxy.restore(),
    async dump() {
      const parts = await Promise.all((await redis.keys('*')).map(async (key) => [key, await redis.dump(key)]));
      return JSON.stringify(parts);
    },
    async close() {
      redis.disconnect();
      await proxy.close();
    },
  };
}

function controlPostgres(): QueueControl {
  let lock: Client | null = null;
  return {
    env: {},
    wipe: (url) => withDatabase(url, truncate),
    async takeAway(url, how) {
      if (how === 'refusing') {
        await withDatabase(url, (database) => database.query('ALTER SCHEMA bullmq RENAME TO bullmq_away'));
        return;
      }
      lock = new Client({ connectionString: url });
      lock.on('error', () => undefined);
      await lock.connect();
      await lock.query('BEGIN');
      await lock.query('LOCK TABLE bullmq.job IN ACCESS EXCLUSIVE MODE');
    },
    async bringBack(url) {
      if (!lock) {
        await withDatabase(url, (database) => database.query('ALTER SCHEMA bullmq_away RENAME TO bullmq'));
        return;
      }
      await lock.end();
      lock = null;
    },
    dump: (url) =>
      withDatabase(url, async (database) => {
        const tables = await tablesOf(database);
        return JSON.stringify(
          await Promise.all(tables.map(async (name) => (await database.query(`TABLE ${name}`)).rows)),
        );
      }),
    close: async () => lock?.end(),
  };
}

/** Again when PostgreSQL broke a deadlock with the queue's own statements by ending ours. */
async function truncate(database: Client): Promise<void> {
  try {
    await database.query(`TRUNCATE ${(await tablesOf(database)).join(', ')}`);
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== DEADLOCK) throw error;
    await truncate(database);
  }
}

/** All of them but the ledger of BullMQ's migrations: without it the schema itself would be unknown. */
async function tablesOf(database: Client): Promise<string[]> {
  const { rows } = await database.query<{ name: string }>(
    `SELECT format('bullmq.%I', tablename) AS name FROM pg_tables WHERE schemaname = 'bullmq' AND tablename <> 'migration'`,
  );
  return rows.map(({ name }) => name);
}

async function withDatabase<T>(connectionString: string, work: (database: Client) => Promise<T>): Promise<T> {
  const database = new Client({ connectionString });
  await database.connect();
  try {
    return await work(database);
  } finally {
    await database.end();
  }
}
