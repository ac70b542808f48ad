import multipart from '@fastify/multipart';
import { NotFoundException } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import findMyWay, { type HTTPMethod } from 'find-my-way';
import { AppError } from './common/app-error';
import { Clock } from './common/clock';
import { ErrorFilter } from './common/error.filter';
import { Log } from './common/log';
import { RequestValidation } from './common/validation';
import { Settings } from './config/settings';
import { serveDocs } from './openapi';
import { serveQueueDashboard } from './ops/queue-dashboard';
import { QueueHealth } from './queue/queue-health';
import { ExpectedUploads } from './relay/expected-uploads';
import { FetchLog } from './relay/fetch-log';
import { serveFiles } from './relay/serve-files';
import { serveUploads } from './relay/serve-uploads';
import { SignedUrls } from './storage/signed-urls';
import { Storage } from './storage/storage';

export { fastifyAdapter } from './http-server';

const METHODS: HTTPMethod[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Every other route takes JSON only, whatever Fastify can parse. */
const ROUTES_WITH_FORMS = new Set([
  '/api/instagram/assets/upload',
  '/api/instagram/webhooks/meta/deauthorize',
  '/api/instagram/webhooks/meta/data-deletion',
]);

/** Uploads to a URL that we signed: the body is the file, whatever it is called. */
const ROUTES_WITH_BYTES = new Set(['/uploads/:key']);

/** What a form says besides the file: boundaries, headers and fields. */
const FORM_OVERHEAD = 1024 * 1024;

/** Turns the API module into a ready application: used by main.ts and by every end-to-end test. */
export async function prepareHttpApp(app: NestFastifyApplication): Promise<NestFastifyApplication> {
  const settings = app.get(Settings);
  const log = app.get(Log);
  app.useLogger(log);
  const fastify = app.getHttpAdapter().getInstance();
  const methodsFor = keepTrackOfRoutes(fastify);
  const filter = new ErrorFilter(app.get(HttpAdapterHost), log, methodsFor);
  fastify.addHook('onRoute', (route) => {
    route.errorHandler = (error: Error & { headers?: Record<string, string> }, request, reply) => {
      // Such as the Content-Range of a 416.
      if (error.headers) void reply.headers(error.headers);
      filter.answer(error, request, reply);
    };
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    // Not awaited, here or anywhere: a reply is a thenable that resolves once it was sent.
    void reply.header('X-Request-Id', request.id);
    if (request.method === 'OPTIONS') answerOptions(methodsFor(request.url), request, reply, done);
    else done(refusalOf(request, settings.storage.maxUploadBytes));
  });

  await fastify.register(multipart, {
    throwFileSizeLimit: false,
    limits: { files: 1, fields: 10, fieldSize: 8_192, fileSize: settings.storage.maxUploadBytes + 1 },
  });
  const [storage, urls] = [app.get(Storage, { strict: false }), app.get(SignedUrls, { strict: false })];
  await serveFiles(fastify, { settings, storage, urls, log: app.get(FetchLog), clock: app.get(Clock) });
  await serveUploads(fastify, { storage, urls, expected: app.get(ExpectedUploads) });
  await serveQueueDashboard(fastify, app.get(QueueHealth).queues, settings);
  app.enableCors({
    origin: settings.http.corsOrigins,
    methods: METHODS,
    exposedHeaders: ['X-Request-Id', 'Retry-After', 'Idempotent-Replayed'],
    // OPTIONS is answered here, also where it asks for no more than `Allow`.
    strictPreflight: false,
    preflightContinue: true,
  });
  app.useGlobalPipes(new RequestValidation());
  app.useGlobalFilters(filter);
  serveDocs(app);
  return app;
}

/** @returns what tells the methods that a URL answers; Fastify itself can be asked for patterns only */
function keepTrackOfRoutes(fastify: FastifyInstance): (url: string) => string[] {
  const routes = findMyWay();
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const name of [method].flat())
      if (!routes.hasRoute(name as HTTPMethod, url)) routes.on(name as HTTPMethod, url, () => {});
  });
  return (url) => {
    const path = url.split('?', 1)[0] ?? '/';
    return METHODS.filter((method) => routes.find(method, path) !== null);
  };
}

function answerOptions(
  methods: string[],
  { headers }: FastifyRequest,
  reply: FastifyReply,
  done: (error?: Error) => void,
): void {
  if (methods.length > 0) void reply.header('Allow', [...methods, 'OPTIONS'].join(', '));
  else if (!headers['access-control-request-method']) return done(new NotFoundException());
  void reply.status(204).send();
}

/** What can be told from the head of a request, before anybody reads its body. */
function refusalOf({ is404, headers, raw, routeOptions }: FastifyRequest, maxUploadBytes: number): Error | undefined {
  if (headers.host === undefined && raw.httpVersion === '1.1')
    return new AppError('malformed_json', 'This is not a valid HTTP request: it has no Host header.');
  // The filter makes it a 405 where other methods are answered.
  if (is404) return new NotFoundException();
  const type = headers['content-type'];
  const length = Number(headers['content-length'] ?? 0);
  const hasBody = headers['transfer-encoding'] !== undefined || length > 0;
  const url = routeOptions.url ?? '';
  if (ROUTES_WITH_BYTES.has(url)) return length > maxUploadBytes ? tooLarge(maxUploadBytes) : undefined;
  if (!hasBody || type === undefined || /^application\/json\s*(;|$)/i.test(type)) return undefined;
  if (ROUTES_WITH_FORMS.has(url)) return length > maxUploadBytes + FORM_OVERHEAD ? tooLarge(maxUploadBytes) : undefined;
  return new AppError('unsupported_media_type', 'This content type is not understood here; send application/json.');
}

function tooLarge(maxUploadBytes: number): AppError {
  return new AppError('payload_too_large', `The file is larger than ${maxUploadBytes} bytes.`);
}
