import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { Log } from './common/log';
import { stopOnSignal } from './stop-on-signal';
import { WorkerModule } from './worker.module';

/** The worker process: publishes what is due. Any number may run side by side. */
async function main(): Promise<void> {
  const app = await NestFactory.createApplicationContext(WorkerModule, { bufferLogs: true, abortOnError: false });
  const log = app.get(Log);
  app.useLogger(log);
  stopOnSignal(app, log);
  log.info('worker.started');
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
