import { createPostgresBackend, setDefaultBackendFactory, type QueueOptions } from 'bullmq';
import type { Settings } from '../config/settings';
import { JOB_OPTIONS } from './queues';

/** Pool of each queue or worker object on PostgreSQL; each adds one LISTEN connection. */
const POSTGRES_POOL = 5;

/** Hash-tagged, so that every key of a queue lands on one node of a Redis Cluster. */
const REDIS_PREFIX = '{instagram}';

/**
 * Chooses BullMQ's backend for this process: Redis with `REDIS_URL`, otherwise BullMQ's own PostgreSQL backend in the
 * same database. Nest builds queues and workers itself and can't hand them a backend, hence the process-wide default.
 */
export function queueOptions(settings: Settings): QueueOptions {
  const { redisUrl, databaseUrl } = settings.queue;
  if (redisUrl === null) {
    setDefaultBackendFactory(createPostgresBackend);
    const postgres = {
      connectionString: databaseUrl,
      max: POSTGRES_POOL,
      application_name: 'instagram-publisher-queue',
    };
    return { connection: postgres, defaultJobOptions: JOB_OPTIONS };
  }
  setDefaultBackendFactory();
  return {
    connection: { url: redisUrl, maxRetriesPerRequest: null },
    prefix: REDIS_PREFIX,
    defaultJobOptions: JOB_OPTIONS,
  };
}
