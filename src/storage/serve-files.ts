import { mkdir } from 'node:fs/promises';
import { basename } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import type { Settings } from '../config/settings';
import { servedType } from './file-keys';

/**
 * Serves the kept files at `/files/{key}`: GET and HEAD, ranges, no login, since Meta fetches them. A key never changes its
 * bytes, so anybody may cache it for long. What is not there, or never was a key, falls through to the app's own 404.
 */
export async function serveFiles(fastify: FastifyInstance, settings: Settings): Promise<void> {
  const { directory } = settings.storage;
  await mkdir(directory, { recursive: true });
  await fastify.register(fastifyStatic, {
    root: directory,
    serve: false,
    contentType: false,
    immutable: true,
    maxAge: '365d',
    setHeaders: (reply, path) => {
      reply.header('content-type', servedType(basename(path)) ?? 'application/octet-stream');
      // Strangers' bytes on our origin: shown as the medium they are, or not at all.
      reply.header('x-content-type-options', 'nosniff');
      reply.header('content-security-policy', "default-src 'none'; sandbox");
      reply.header('cross-origin-resource-policy', 'cross-origin');
    },
  });
  fastify.get<{ Params: { key: string } }>('/files/:key', (request, reply) => {
    const { key } = request.params;
    return servedType(key) === null ? reply.callNotFound() : reply.sendFile(key);
  });
}
