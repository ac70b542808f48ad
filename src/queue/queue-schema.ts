import { runMigrations } from 'bullmq';
import { Client } from 'pg';
import type { Settings } from '../config/settings';

/**
 * Brings the tables of BullMQ's PostgreSQL backend up to date (schema `bullmq`), under BullMQ's own advisory lock.
 * Also done where Redis carries the queue, so that leaving Redis needs no migration.
 */
export async function migrateQueue(settings: Settings): Promise<number> {
  const client = new Client({ connectionString: settings.queue.databaseUrl });
  await client.connect();
  try {
    return await runMigrations(client);
  } finally {
    await client.end();
  }
}
