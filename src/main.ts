import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiModule } from './api.module';
import { Log } from './common/log';
import { loadEnv } from './config/env';
import { Settings } from './config/settings';
import { fastifyAdapter, prepareHttpApp } from './http-app';
import { failedToStart, stopOnSignal } from './process-life';

/** The HTTP process. */
async function main(): Promise<void> {
  // Before Nest, so that a bad setting is told in our words and not as a failed provider.
  const settings = new Settings(loadEnv());
  const log = new Log(settings.log.level, 'api');
  const options = { logger: log, abortOnError: false };
  const app = await NestFactory.create<NestFastifyApplication>(ApiModule, fastifyAdapter(), options);
  await prepareHttpApp(app);
  stopOnSignal(app, log);
  await app.listen({ port: settings.http.port, host: '0.0.0.0' });
  log.info('api.started', { url: await app.getUrl(), docs: `${settings.http.publicBaseUrl}/docs` });
}

main().catch(failedToStart);
