import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiModule } from './api.module';
import { Log } from './common/log';
import { Settings } from './config/settings';
import { fastifyAdapter, prepareHttpApp } from './http-app';
import { stopOnSignal } from './stop-on-signal';

/** The HTTP process. */
async function main(): Promise<void> {
  const app = await NestFactory.create<NestFastifyApplication>(ApiModule, fastifyAdapter(), {
    bufferLogs: true,
    abortOnError: false,
  });
  await prepareHttpApp(app);
  const { http } = app.get(Settings);
  const log = app.get(Log);
  stopOnSignal(app, log);
  await app.listen({ port: http.port, host: '0.0.0.0' });
  log.info('api.started', { url: await app.getUrl(), docs: `${http.publicBaseUrl}/docs` });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
