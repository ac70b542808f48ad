import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error';
import { Clock } from '../common/clock';
import { Settings } from '../config/settings';
import { FetchError } from '../net/fetch-error';
import { GuardedHttp, type FetchedResponse } from '../net/guarded-http';
import { Storage, type StagedFile } from '../storage/storage';
import { FileBytes, RemoteBytes, TooManyReads, type ByteSource, type RemoteFile } from './byte-source';
import { AS_META, RobotsCheck, slownessWarnings, webPageProblem } from './meta-crawler';
import { probeImage } from './image-probe';
import type { MediaFacts } from './media-rules';
import type { PictureFacts } from './mending-plan';
import { HEAD_BYTES, mediaTypeOf, type MediaType } from './media-type';
import { probeVideo } from './video-probe';

/** What the bytes of an image or a video are; never what a name or a header claims. */
export interface ProbedMedia extends MediaFacts {
  width: number;
  height: number;
  /** What it is stored as: `jpg`, `mp4`, … */
  extension: string;
  /** Null for videos. */
  picture: PictureFacts | null;
  /** What may keep Meta from fetching it from where it lies. */
  warnings?: string[];
}

/** Whoever finds out what lies behind a URL. */
export type UrlProbe = Pick<MediaProbe, 'probeUrl'>;

/** Names, redirects, connections and bodies of one probe altogether. */
const FETCH_DEADLINE_MS = 60_000;

/** Finds out what media really is: type, size, dimensions, duration, codecs. */
@Injectable()
export class MediaProbe {
  private readonly maxBytes: number;

  constructor(
    private readonly http: GuardedHttp,
    private readonly storage: Storage,
    private readonly robots: RobotsCheck,
    private readonly clock: Clock,
    settings: Settings,
  ) {
    this.maxBytes = settings.storage.maxUploadBytes;
  }

  /** @throws AppError `media_invalid_format` when it is no image or video, or a damaged one */
  async probeFile(path: string): Promise<ProbedMedia> {
    const file = await FileBytes.open(path);
    try {
      const type = await mediaTypeOf(await file.read(0, HEAD_BYTES));
      return type.kind === 'video' ? await videoFrom(file, type) : await imageFrom(path, file.sizeBytes, type);
    } finally {
      await file.close();
    }
  }

  /**
   * Probes media where it lies. A video is read in pieces where the server can do that; anything else is downloaded, probed
   * and deleted again. It is asked for as Meta's crawler asks, so whoever keeps that off keeps us off, too.
   * @throws AppError `url_not_allowed`, `media_unreachable`, `media_too_large`, `media_invalid_format`
   */
  async probeUrl(url: string): Promise<ProbedMedia> {
    try {
      const signal = AbortSignal.timeout(FETCH_DEADLINE_MS);
      const warned = this.robots.warnings(url, signal);
      const began = this.clock.monotonicMs();
      let answeredMs = 0;
      const onAnswer = () => (answeredMs = this.clock.monotonicMs() - began);
      const media = await this.probeRemote({ url, headers: AS_META, signal }, onAnswer);
      return { ...media, warnings: [...slownessWarnings(answeredMs, url), ...(await warned)] };
    } catch (error) {
      throw toldToUser(error, url);
    }
  }

  /**
   * Fetches media to a local file, for the caller to keep or to discard.
   * @throws AppError as probeUrl
   */
  async fetch(url: string): Promise<StagedFile> {
    const from = { url, headers: AS_META, signal: AbortSignal.timeout(FETCH_DEADLINE_MS) };
    try {
      return await this.staged(await this.http.open(url, { ...from, maxBytes: this.maxBytes }));
    } catch (error) {
      throw toldToUser(error, url);
    }
  }

  private async probeRemote(from: RemoteFile, onAnswer: () => void): Promise<ProbedMedia> {
    const range = { start: 0, end: HEAD_BYTES - 1 };
    const first = await this.http.open(from.url, { ...from, range, maxBytes: this.maxBytes });
    onAnswer();
    if (first.status !== 206) return this.download(first);
    const sizeBytes = wholeSize(first);
    if (sizeBytes !== null) {
      if (sizeBytes > this.maxBytes) throw tooLarge(first, sizeBytes, this.maxBytes);
      const head = await firstBytes(first.body);
      const type = await mediaTypeOf(head).catch((error: unknown) => refuse(error, head, first));
      const video = type.kind === 'video' ? await this.probeInPieces(from, sizeBytes, head, type) : null;
      if (video) return video;
    }
    first.body.destroy();
    return this.download(await this.http.open(from.url, { ...from, maxBytes: this.maxBytes }));
  }

  private async probeInPieces(from: RemoteFile, sizeBytes: number, head: Uint8Array, type: MediaType) {
    try {
      return await videoFrom(new RemoteBytes(this.http, from, sizeBytes, head), type);
    } catch (error) {
      if (error instanceof TooManyReads) return null;
      throw error;
    }
  }

  private async download(response: FetchedResponse): Promise<ProbedMedia> {
    const staged = await this.staged(response);
    try {
      return await this.probeFile(staged.path);
    } catch (error) {
      return refuse(error, await headOf(staged.path), response);
    } finally {
      await this.storage.discard(staged);
    }
  }

  private async staged({ status, url, body }: FetchedResponse): Promise<StagedFile> {
    if (status !== 200) {
      body.destroy();
      throw new FetchError('status', url.origin, `it answered ${status}`);
    }
    return this.storage.stage(body);
  }
}

async function imageFrom(
  path: string,
  sizeBytes: number,
  { kind, contentType, extension }: MediaType,
): Promise<ProbedMedia> {
  const found = await probeImage(path, contentType);
  return { kind, contentType, extension, sizeBytes, durationSeconds: null, codecs: [], video: null, ...found };
}

async function videoFrom(source: ByteSource, { kind, contentType, extension }: MediaType): Promise<ProbedMedia> {
  const { facts, ...found } = await probeVideo(source);
  return { kind, contentType, extension, sizeBytes: source.sizeBytes, ...found, video: facts, picture: null };
}

/** What was fetched is no medium; a web page in its place means that the medium could not be had at all. */
function refuse(error: unknown, head: Uint8Array, { url, headers }: FetchedResponse): never {
  const isFormat = error instanceof AppError && error.errorType === 'media_invalid_format';
  const page = isFormat ? webPageProblem(head, headers['content-type'], url) : null;
  throw page ?? error;
}

async function headOf(path: string): Promise<Uint8Array> {
  const file = await FileBytes.open(path);
  try {
    return await file.read(0, HEAD_BYTES);
  } finally {
    await file.close();
  }
}

/** The size of the whole file, of which a server sent the first part; null when it doesn't say. */
function wholeSize({ headers }: FetchedResponse): number | null {
  const total = /^bytes 0-\d+\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1];
  return total === undefined ? null : Number(total);
}

/** As many bytes as decide the type, even if the server sends more than was asked for. */
async function firstBytes(body: Readable): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= HEAD_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, HEAD_BYTES);
}

function tooLarge({ url, body }: FetchedResponse, sizeBytes: number, maxBytes: number): FetchError {
  body.destroy();
  return new FetchError('too_large', url.origin, `it offers ${sizeBytes} bytes; at most ${maxBytes} bytes are taken`);
}

/** A failed fetch in the API's words; what was fetched and is no good media is told with the host it came from. */
function toldToUser(error: unknown, url: string): unknown {
  if (error instanceof FetchError)
    return error.failure === 'too_large'
      ? new AppError('media_too_large', error.message, { action_required: 'Make the file smaller.' })
      : new AppError('media_unreachable', error.message, {
          action_required:
            'Instagram fetches media itself: the URL has to answer a plain GET from anywhere, without a login.',
        });
  if (error instanceof AppError && error.errorType === 'media_invalid_format')
    return new AppError(
      'media_invalid_format',
      `What ${new URL(url).origin}/… answers cannot be used. ${error.detail}`,
    );
  return error;
}
