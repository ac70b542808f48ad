import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import multipart from '@fastify/multipart';
import { HttpAdapterHost } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import findMyWay, { type HTTPMethod } from 'find-my-way';
import { AppError } from './common/app-error';
import { bodyOf, ErrorFilter } from './common/error.filter';
import { Log } from './common/log';
import { RequestValidation } from './common/validation';
import { Settings } from './config/settings';
import { serveDocs } from './openapi';
import { serveQueueDashboard } from './ops/queue-dashboard';
import { QueueHealth } from './queue/queue-health';
import { serveFiles } from './storage/serve-files';

const JSON_BODY_LIMIT = 1024 * 1024;
const SLOWEST_REQUEST_MS = 600_000;
const SANE_REQUEST_ID = /^[\w.:-]{1,128}$/;

/** The HTTP server under Nest: request ids and refusals that happen before any route is known. */
export function fastifyAdapter(): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: JSON_BODY_LIMIT,
    // A sender that stalls must not hold a connection, or the stop of the process, for ever; 300 MB may take a while.
    requestTimeout: SLOWEST_REQUEST_MS,
    forceCloseConnections: 'idle',
    trustProxy: false,
    genReqId: (request: IncomingMessage) => requestIdOf(request),
    routerOptions: { maxParamLength: 512 },
    frameworkErrors: (_error: Error, request: FastifyRequest, reply: FastifyReply) => {
      const error = new AppError('not_found', 'The URL is not a valid one.');
      void reply.header('X-Request-Id', request.id).status(error.status).send(bodyOf(error, request.id));
    },
    clientErrorHandler(_error, socket) {
      if (!socket.writable) return socket.destroy();
      const id = randomUUID();
      const body = JSON.stringify(bodyOf(new AppError('malformed_json', 'This is not a valid HTTP request.'), id));
      socket.end(
        `HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nX-Request-Id: ${id}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
      );
    },
  });
}

/** Turns the API module into a ready application: used by main.ts and by every end-to-end test. */
export async function prepareHttpApp(app: NestFastifyApplication): Promise<NestFastifyApplication> {
  const settings = app.get(Settings);
  const log = app.get(Log);
  app.useLogger(log);
  const fastify = app.getHttpAdapter().getInstance();

  const routes = findMyWay();
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const name of [method].flat())
      if (!routes.hasRoute(name as HTTPMethod, url)) routes.on(name as HTTPMethod, url, () => {});
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    // Not awaited, here or anywhere: a reply is a thenable that resolves once it was sent.
    reply.header('X-Request-Id', request.id);
    done();
  });

  await fastify.register(multipart, {
    throwFileSizeLimit: false,
    limits: { files: 1, fields: 10, fieldSize: 8_192, fileSize: settings.storage.maxUploadBytes + 1 },
  });
  await serveFiles(fastify, settings);
  await serveQueueDashboard(fastify, app.get(QueueHealth).queues, settings);
  app.enableCors({
    origin: settings.http.corsOrigins,
    exposedHeaders: ['X-Request-Id', 'Retry-After', 'Idempotent-Replayed'],
  });
  app.useGlobalPipes(new RequestValidation());
  const methods: HTTPMethod[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
  app.useGlobalFilters(
    new ErrorFilter(app.get(HttpAdapterHost), log, (path) =>
      methods.filter((method) => routes.find(method, path) !== null),
    ),
  );
  serveDocs(app);
  return app;
}

function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && SANE_REQUEST_ID.test(given) ? given : randomUUID();
}
