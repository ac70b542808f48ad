import { Log } from './common/log';
import { loadEnv } from './config/env';
import { Settings } from './config/settings';
import { migrate } from './database/migrations';
import { failedToStart } from './process-life';
import { migrateQueue } from './queue/queue-schema';

/** `npm run migrate`: brings our tables and the queue's up to date; safe to run by any number of processes at once. */
async function main(): Promise<void> {
  const settings = new Settings(loadEnv());
  const log = new Log(settings.log.level, 'migrate');
  const applied = await migrate(settings);
  const queueVersion = await migrateQueue(settings);
  log.info('database.migrated', { applied, queue_version: queueVersion });
}

main().catch(failedToStart);
