import { setTimeout as sleep } from 'node:timers/promises';
import { LEASE_SECONDS } from './house.mjs';

/** How long a process is dead before its supervisor starts it again. */
const DEAD_MS = 300;
const REDIS_SILENT_MS = 4_000;

/** `kill -9`; its successor comes at once, as under any supervisor. */
export async function killWorker(house, [name, child]) {
  child.kill('SIGKILL');
  await sleep(DEAD_MS);
  await house.start(name, 'worker');
}

/** A virtual machine that is moved, a laptop that is closed: longer than the lease, and then it goes on as if nothing was. */
export async function pauseWorker(house, [, child]) {
  child.kill('SIGSTOP');
  await sleep((LEASE_SECONDS + 2) * 1_000);
  child.kill('SIGCONT');
}

export async function killApi(house) {
  house.children.get('api').kill('SIGKILL');
  await sleep(DEAD_MS);
  await house.start('api', 'main', `${house.api}/health/live`);
}

/** Everything the queue knew: jobs, locks, schedules. */
export async function wipeQueue(house) {
  if (house.redisUrl) return house.redis((redis) => redis.flushall());
  const tables = await house.query(
    `SELECT format('bullmq.%I', tablename) AS name FROM pg_tables WHERE schemaname = 'bullmq' AND tablename NOT LIKE '%migration%'`,
  );
  return house.query(`TRUNCATE ${tables.map(({ name }) => name).join(', ')}`);
}

/** Redis is there and says nothing: connections stay open, no command is answered. */
export async function silenceRedis(house) {
  process.kill(house.redisPid, 'SIGSTOP');
  try {
    await sleep(REDIS_SILENT_MS);
  } finally {
    process.kill(house.redisPid, 'SIGCONT');
  }
}

export async function cutDatabase(house) {
  await house.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
}

/** One of PostgreSQL's processes dies by kill -9: it ends all sessions, recovers from its log and takes connections again. */
export async function crashDatabase(house) {
  await house.query(`COPY (SELECT 1) TO PROGRAM 'kill -9 $PPID'`).catch((error) => {
    // Not allowed: a server that is not ours. All else is the crash itself.
    if (error.code === '42501') throw error;
  });
}
