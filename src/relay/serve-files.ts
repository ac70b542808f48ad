import { mkdir } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ServerResponse } from 'node:http';
import { pipeline, Transform, type Readable } from 'node:stream';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../common/app-error';
import type { Clock } from '../common/clock';
import type { Settings } from '../config/settings';
import { servedType } from '../storage/file-keys';
import type { SignedUrls } from '../storage/signed-urls';
import type { FetchPurpose, Storage } from '../storage/storage';
import type { FetchLog } from './fetch-log';

export interface FileServing {
  settings: Settings;
  storage: Storage;
  urls: SignedUrls;
  log: FetchLog;
  clock: Clock;
}

interface FileRoute {
  Params: { key: string };
  Querystring: Record<string, unknown>;
}

/**
 * Serves the kept files at `/files/{key}?…` to whoever has a signed URL that has not expired: GET and HEAD, ranges, no
 * login, since Meta fetches them. A key never changes its bytes, so anybody may cache them. Where the files lie elsewhere,
 * it leads there. Each request is noted when it has ended.
 */
export async function serveFiles(fastify: FastifyInstance, serving: FileServing): Promise<void> {
  const { directory } = serving.settings.storage;
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
  fastify.get<FileRoute>(
    '/files/:key',
    {
      onSend: (_request, { raw }, payload, done) => done(null, isStream(payload) ? counted(payload, raw) : payload),
    },
    async (request, reply) => {
      const { key } = request.params;
      if (servedType(key) === null) return reply.callNotFound();
      const verdict = serving.urls.check('GET', key, request.query);
      noteAtEnd(serving, request, reply, verdict.is === 'forged' ? null : verdict.purpose);
      if (verdict.is !== 'valid') throw refusal(verdict.is);
      const elsewhere = await serving.storage.elsewhere(key, request.method === 'HEAD' ? 'HEAD' : 'GET');
      // Each time anew: where it leads expires sooner than the URL that led there.
      if (elsewhere !== null) return reply.header('cache-control', 'no-store').redirect(elsewhere, 302);
      return reply.sendFile(key);
    },
  );
}

/** Why a URL of ours is not good (any more). */
export function refusal(verdict: 'expired' | 'forged'): AppError {
  return verdict === 'expired'
    ? new AppError('not_found', 'This URL has expired. Read the asset again: it has a fresh one.', {}, 410)
    : new AppError('forbidden', 'The signature of this URL is wrong or missing. Use the URL as the API gave it.');
}

/** Bytes that went into each answer, as far as they are counted. */
const sent = new WeakMap<ServerResponse, number>();

function noteAtEnd(
  serving: FileServing,
  request: FastifyRequest<FileRoute>,
  reply: FastifyReply,
  purpose: FetchPurpose | null,
): void {
  const { clock, log } = serving;
  const { method, headers } = request;
  const [at, began] = [clock.now(), clock.monotonicMs()];
  const { raw } = reply;
  raw.once('close', () => {
    const isMedium = raw.statusCode < 300;
    const waiting = raw.writableFinished ? 0 : raw.writableLength;
    log.note({
      key: request.params.key,
      postId: purpose?.postId ?? null,
      item: purpose?.item ?? null,
      at,
      method,
      userAgent: headers['user-agent']?.slice(0, LONGEST_HEADER).replaceAll('\0', '') ?? null,
      range: headers.range?.slice(0, LONGEST_HEADER).replaceAll('\0', '') ?? null,
      status: raw.statusCode,
      bytesSent: isMedium ? Math.max(0, (sent.get(raw) ?? 0) - waiting) : 0,
      bytesWanted: isMedium ? Number(raw.getHeader('content-length') ?? 0) : null,
      durationMs: Math.round(clock.monotonicMs() - began),
      isWhole: raw.writableFinished,
    });
  });
}

const LONGEST_HEADER = 300;

function isStream(payload: unknown): payload is Readable {
  return typeof payload === 'object' && payload !== null && 'pipe' in payload;
}

function counted(payload: Readable, raw: ServerResponse): Readable {
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sent.set(raw, (sent.get(raw) ?? 0) + chunk.length);
      done(null, chunk);
    },
  });
  // Whichever of the two ends early takes the other along.
  pipeline(payload, counter, () => {});
  return counter;
}
