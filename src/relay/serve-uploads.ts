import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError, validationError } from '../common/app-error';
import { isUploadKey } from '../storage/file-keys';
import type { SignedUrls } from '../storage/signed-urls';
import type { Storage } from '../storage/storage';
import type { ExpectedUploads } from './expected-uploads';
import { refusal } from './serve-files';

export interface UploadServing {
  storage: Storage;
  urls: SignedUrls;
  expected: ExpectedUploads;
}

interface UploadRoute {
  Params: { key: string };
  Querystring: Record<string, unknown>;
}

/**
 * Takes `PUT /uploads/{key}?…`: what a bucket does with a presigned URL, for the local disk. The body is the file and
 * streams to disk; as often as one likes, until the upload is completed.
 */
export async function serveUploads(fastify: FastifyInstance, serving: UploadServing): Promise<void> {
  await fastify.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, parsed) => parsed(null, payload));
    scope.put<UploadRoute>('/uploads/:key', async (request, reply) => {
      const { key } = request.params;
      if (!isUploadKey(key)) return reply.callNotFound();
      const sizeBytes = sizeOf(serving, request);
      if (!(await serving.expected.has(key)))
        throw new AppError('not_found', 'This upload was completed or given up; presign a new one.');
      const bytes = request.body instanceof Readable ? request.body : Readable.from([]);
      await serving.storage.receiveUpload(key, bytes, sizeBytes);
      return reply.status(200).send();
    });
    done();
  });
}

/** @throws AppError */
function sizeOf({ urls }: UploadServing, { params, query, headers }: FastifyRequest<UploadRoute>): number {
  const verdict = urls.check('PUT', params.key, query);
  if (verdict.is === 'expired')
    throw new AppError('not_found', 'This upload URL has expired; presign a new one.', {}, 410);
  if (verdict.is === 'forged' || verdict.sizeBytes === null) throw refusal('forged');
  const length = headers['content-length'];
  if (length !== undefined && Number(length) !== verdict.sizeBytes) {
    const message = `has ${length} bytes; size_bytes said ${verdict.sizeBytes}`;
    throw validationError([{ pointer: '', message }]);
  }
  return verdict.sizeBytes;
}
