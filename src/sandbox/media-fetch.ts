import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { type Ledger } from './ledger';
import { type MediaFile, type MediaFiles } from './media-files';

/** The name that Meta's crawler goes by. */
export const CRAWLER = 'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)';

/** Why the media could not be had. */
export class FetchFailed extends Error {
  constructor(readonly outcome: 'timeout' | 'unreachable' | 'too_large') {
    super(`media fetch: ${outcome}`);
  }
}

export interface FetchLimits {
  max_bytes: number;
  timeout_ms: number;
}

/** Downloads the way Meta does: no credentials, straight to a file, never more than the limits allow. */
export class MediaFetcher {
  constructor(
    private readonly files: MediaFiles,
    private readonly ledger: Ledger,
  ) {}

  /** Throws {@link FetchFailed}. Every attempt is in the ledger. */
  async fetch(url: string, extension: 'jpg' | 'mp4', limits: FetchLimits): Promise<MediaFile> {
    const started = performance.now();
    const place = this.files.reserve(extension);
    const progress = { status: null as number | null, bytes: 0 };
    const timeout = AbortSignal.timeout(limits.timeout_ms);
    let outcome: 'ok' | FetchFailed['outcome'] = 'ok';
    try {
      const response = await fetch(url, { headers: { 'user-agent': CRAWLER, accept: '*/*' }, signal: timeout });
      progress.status = response.status;
      if (!response.ok) throw new FetchFailed('unreachable');
      await save(response.body, place.path, limits.max_bytes, progress, timeout);
      return { ...place, size: progress.bytes };
    } catch (error) {
      outcome = error instanceof FetchFailed ? error.outcome : timeout.aborted ? 'timeout' : 'unreachable';
      await this.files.discard(place.path);
      throw new FetchFailed(outcome);
    } finally {
      const duration_ms = Math.round(performance.now() - started);
      this.ledger.fetched({ url: withoutQuery(url), ...progress, duration_ms, outcome });
    }
  }
}

async function save(
  bytes: AsyncIterable<Uint8Array> | null,
  path: string,
  maxBytes: number,
  progress: { bytes: number },
  signal?: AbortSignal,
): Promise<void> {
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes ?? []) {
      progress.bytes += chunk.length;
      if (progress.bytes > maxBytes) throw new FetchFailed('too_large');
      yield chunk;
    }
  }
  await pipeline(counted, createWriteStream(path), { signal });
}

function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
