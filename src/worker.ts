import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { Log } from './common/log';
import { loadEnv } from './config/env';
import { Settings } from './config/settings';
import { failedToStart, stopOnSignal } from './process-life';
import { WorkerModule } from './worker.module';

/** The worker process: publishes what is due. Any number may run side by side. */
async function main(): Promise<void> {
  const settings = new Settings(loadEnv());
  const log = new Log(settings.log.level, 'worker');
  const app = await NestFactory.createApplicationContext(WorkerModule, { logger: log, abortOnError: false });
  stopOnSignal(app, log);
  log.info('worker.started');
}

main().catch(failedToStart);
