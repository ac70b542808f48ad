import { Readable } from 'node:stream';
import type {} from '@fastify/multipart';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AppError, validationError } from '../common/app-error';

/** One part of a form. A file has to be read (or drained) before the next part comes. */
export type FormPart = { name: string; file: Readable } | { name: string; file: null; value: unknown };

/** A form as it arrives. @throws AppError `validation_error` where it is broken */
export type UploadForm = AsyncIterable<FormPart>;

/**
 * The multipart body of a request, as it arrives. This is the one file that knows @fastify/multipart (which http-app.ts
 * registers): files stream to disk and are never held in memory, and controllers see no Fastify type.
 * @throws AppError `unsupported_media_type` for any other body
 */
export const UploadedForm = createParamDecorator((_options: unknown, context: ExecutionContext): UploadForm => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  if (!request.isMultipart())
    throw new AppError('unsupported_media_type', 'Send the file as multipart/form-data, in a field named file.');
  return partsOf(request);
});

async function* partsOf(request: FastifyRequest): AsyncGenerator<FormPart> {
  const parts = request.parts();
  try {
    for (;;) {
      const next = await parts.next().catch(refuse);
      if (next.done) return;
      const part = next.value;
      const name = part.fieldname;
      yield part.type === 'file'
        ? { name, file: Readable.from(bytesOf(part.file), { objectMode: false }) }
        : { name, file: null, value: part.value };
    }
  } finally {
    // Whoever is refused halfway still sends; unread, it would block the connection and hide our answer from them.
    request.raw.unpipe();
    request.raw.resume();
  }
}

async function* bytesOf(file: Readable): AsyncGenerator<Buffer> {
  try {
    yield* file as AsyncIterable<Buffer>;
  } catch (error) {
    refuse(error);
  }
}

/** Errors of the parser are the sender's: a second file, too many fields, a body that isn't what its header says. */
function refuse(error: unknown): never {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === 'FST_FILES_LIMIT') throw validationError([{ pointer: '/file', message: 'send one file at a time' }]);
  const reason = error instanceof Error ? error.message : 'unknown';
  throw validationError([{ pointer: '', message: `the multipart body is broken: ${reason}` }]);
}
