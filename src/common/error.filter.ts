import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AppError, type ErrorType } from './app-error';
import type { Log } from './log';

/** What the filter uses of the adapter's request and response. */
interface HttpRequest {
  id: string;
  method: string;
  url: string;
}
interface HttpReply {
  header(name: string, value: string): unknown;
}

/** Fastify's own refusals, before any route of ours is reached. */
const FASTIFY_CODES: Record<string, [ErrorType, string]> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'unsupported_media_type',
    'This content type is not understood here; send application/json.',
  ],
  FST_ERR_CTP_INVALID_JSON_BODY: [
    'malformed_json',
    'The body is not valid JSON, or has a key __proto__ or constructor.prototype.',
  ],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['malformed_json', 'The body is empty, but its content type says JSON.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['malformed_json', 'The body is not as long as its Content-Length says.'],
  FST_ERR_CTP_BODY_TOO_LARGE: ['payload_too_large', 'The body is too large.'],
};

const STATUS_TYPES: Record<number, ErrorType> = {
  400: 'malformed_json',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
  422: 'validation_error',
  429: 'rate_limit_exceeded',
  503: 'service_unavailable',
};

/** Turns whatever was thrown into the one error shape. Unknown errors become a plain 500: no stack, no SQL, no token. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(
    private readonly adapter: HttpAdapterHost,
    private readonly log: Log,
    /** The methods that do exist for a path, so that a 404 can be told from a 405. */
    private readonly methodsFor: (path: string) => string[],
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    this.answer(thrown, host.switchToHttp().getRequest(), host.switchToHttp().getResponse());
  }

  /** Also for routes that Nest doesn't know of, which no filter reaches. */
  answer(thrown: unknown, request: HttpRequest, reply: HttpReply): void {
    // Also where an error came up before the hook that sets it (http-app.ts).
    reply.header('X-Request-Id', request.id);
    const error = this.refineNotFound(asAppError(thrown), thrown, request, reply);
    if (error.errorType === 'unknown')
      this.log.error('request.failed', { request_id: request.id, error: thrown, stack: stackOf(thrown) });
    if (error.extras.retry_after !== undefined)
      reply.header('Retry-After', String(Math.ceil(error.extras.retry_after)));
    if (error.errorType === 'unauthorized') reply.header('WWW-Authenticate', 'Bearer');
    this.adapter.httpAdapter.reply(reply, bodyOf(error, request.id), error.status);
  }

  private refineNotFound(error: AppError, thrown: unknown, request: HttpRequest, reply: HttpReply): AppError {
    if (error.errorType !== 'not_found' || thrown instanceof AppError) return error;
    const path = request.url.split('?', 1)[0] ?? '/';
    const methods = this.methodsFor(path);
    // A route that says itself that there is nothing (a file that is gone) has the method, and lacks the thing.
    if (methods.length === 0 || methods.includes(request.method))
      return new AppError('not_found', `There is no route ${request.method} ${path}; /docs lists them.`);
    reply.header('Allow', methods.join(', '));
    return new AppError('method_not_allowed', `${path} answers ${methods.join(', ')}, not ${request.method}.`);
  }
}

/** The contract's error body. */
export function bodyOf(error: AppError, requestId: string): Record<string, unknown> {
  return { detail: error.detail, error_type: error.errorType, request_id: requestId, ...error.extras };
}

export function asAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const { code, cause, statusCode } = (thrown ?? {}) as { code?: unknown; cause?: unknown; statusCode?: unknown };
  // Nest wraps Fastify's errors.
  const fastifyCode = code ?? (cause as { code?: unknown } | null | undefined)?.code;
  const known = typeof fastifyCode === 'string' ? FASTIFY_CODES[fastifyCode] : undefined;
  if (known) return new AppError(...known);
  if (thrown instanceof SyntaxError && statusCode === 400)
    return new AppError('malformed_json', 'The body is not valid JSON.');
  const status =
    thrown instanceof HttpException ? thrown.getStatus() : typeof statusCode === 'number' ? statusCode : 500;
  const type = STATUS_TYPES[status];
  if (type)
    return new AppError(
      type,
      thrown instanceof Error && status < 500 ? thrown.message : 'The service is not available right now.',
    );
  // What HTTP asks for and the contract has no name for: a range that isn't there (416), a precondition (412).
  if (status >= 400 && status < 500 && thrown instanceof Error)
    return new AppError('validation_error', `${thrown.message}.`, {}, status);
  if (isDatabaseAway(thrown))
    return new AppError('service_unavailable', 'The database cannot be reached right now; nothing was changed.', {
      retry_after: 5,
    });
  return new AppError('unknown', 'Something went wrong on our side. Quote the request_id when you ask about it.');
}

/** PostgreSQL: no connection (08), shut down or starting (57P), too many clients, no such database, a read-only standby. */
const DATABASE_AWAY = /^(08\w{3}|57P0\d|53300|3D000|25006)$/;
/** What sockets and name servers say. Every other room turns its own into an AppError, so these are the database's. */
const NO_CONNECTION = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;
const CONNECTION_LOST = /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout)/;

function isDatabaseAway(thrown: unknown): boolean {
  const code = (thrown as { code?: unknown } | null)?.code;
  return (
    (typeof code === 'string' && (DATABASE_AWAY.test(code) || NO_CONNECTION.test(code))) ||
    (thrown instanceof Error && CONNECTION_LOST.test(thrown.message))
  );
}

function stackOf(thrown: unknown): string | undefined {
  return thrown instanceof Error ? thrown.stack : undefined;
}
