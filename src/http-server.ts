import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError, type ErrorType } from './common/app-error';
import { bodyOf } from './common/error.filter';

const JSON_BODY_LIMIT = 1024 * 1024;
const SANE_REQUEST_ID = /^[\w.:-]{1,128}$/;
/** For the headers and the whole body; an upload over a slow line takes its time. */
const REQUEST_TIMEOUT_MS = 15 * 60_000;
/** How long somebody whose request made no sense may take to read that. */
const LINGER_MS = 2_000;

/** The HTTP server under Nest: limits, request ids, and refusals that happen before any route is known. */
export function fastifyAdapter(): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: JSON_BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    trustProxy: false,
    // Who still has a connection while we stop is served: Fastify's own 503 would have another shape than our errors.
    return503OnClosing: false,
    // Node would refuse such a request without a body; http-app.ts does it with one.
    http: { requireHostHeader: false },
    genReqId: (request: IncomingMessage) => requestIdOf(request),
    routerOptions: { maxParamLength: 512 },
    frameworkErrors: (_error: Error, request: FastifyRequest, reply: FastifyReply) => {
      const error = new AppError('not_found', 'The URL is not a valid one.');
      void reply.header('X-Request-Id', request.id).status(error.status).send(bodyOf(error, request.id));
    },
    clientErrorHandler,
  });
  const { server } = adapter.getInstance();
  // An expectation that nobody knows may be ignored (RFC 9110, 10.1.1); Node would answer 417 without a body.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  return adapter;
}

/** What Node's parser refuses. The HTTP status is Node's own; the contract has no error type for each. */
const UNREADABLE: Record<string, [number, ErrorType, string]> = {
  HPE_HEADER_OVERFLOW: [431, 'payload_too_large', 'The URL and the headers are too large together.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'payload_too_large', 'The chunk extensions of the body are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'timeout_error', 'The request took too long to arrive.'],
};

function clientErrorHandler({ code }: { code?: string }, socket: Socket): void {
  if (code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [status, type, detail] = UNREADABLE[code ?? ''] ?? [400, 'malformed_json', 'This is not a valid HTTP request.'];
  const id = randomUUID();
  const body = JSON.stringify(bodyOf(new AppError(type, detail), id));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${id}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.setTimeout(LINGER_MS, () => socket.destroy());
}

function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && SANE_REQUEST_ID.test(given) ? given : randomUUID();
}
