import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiModule } from './api.module';
import { fastifyAdapter } from './http-app';
import { asYaml, describeApi } from './openapi';

/** `openapi.yaml` as text, without a database, a queue or a setting: Nest's preview mode builds no provider. */
export async function openApiYaml(): Promise<string> {
  const app = await NestFactory.create<NestFastifyApplication>(ApiModule, fastifyAdapter(), {
    preview: true,
    logger: false,
    abortOnError: false,
  });
  return asYaml(describeApi(app));
}
