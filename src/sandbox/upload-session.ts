import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { type Readable } from 'node:stream';
import { GraphError } from './graph-error';
import { type MediaFile, type MediaFiles } from './media-files';

/** A file that arrives in one or more requests (§2.3). */
export interface UploadSession {
  file: Pick<MediaFile, 'name' | 'path'>;
  /** What the first request said; the others have to say the same. */
  size: number;
  received: number;
  /** Of the request that is being read; a later one takes over. */
  turn: number;
}

/** Where one request fits in. */
export interface UploadPart {
  offset: number;
  size: number;
  /** A fault stops reading here. */
  stopAfter: number;
}

/** What the upload host answers: `{"debug_info": {…}}`. */
export class UploadRefused extends GraphError {
  constructor(
    message: string,
    { retriable = false, type = 'ProcessingFailedError' }: { retriable?: boolean; type?: string } = {},
  ) {
    super({ http: 400, code: 1, message, is_transient: retriable });
    this.debugType = type;
  }

  readonly debugType: string;
}

/** The session that the part belongs to, made with the first one. Throws {@link UploadRefused}. */
export function sessionFor(files: MediaFiles, open: UploadSession | null, part: UploadPart): UploadSession {
  if (!Number.isSafeInteger(part.size) || part.size < 1) throw new UploadRefused('Header file_size must be a number.');
  if (open && open.size !== part.size) throw new UploadRefused('Header file_size is another one than before.');
  const received = open?.received ?? 0;
  if (part.offset !== received)
    throw new UploadRefused(`Header offset is ${part.offset}, but ${received} bytes have arrived.`);
  return open ?? { file: files.reserve('mp4'), size: part.size, received: 0, turn: 0 };
}

/**
 * Takes the bytes of one request to the end of the file, each counted as it comes: whatever cuts the request, they stay.
 * @returns `more`: the request had more bytes than the file; `cut`: it broke off, or was told to stop
 */
export async function receive(
  session: UploadSession,
  bytes: Readable,
  stopAfter: number,
): Promise<'ended' | 'cut' | 'more' | 'overtaken'> {
  session.turn += 1;
  const { turn } = session;
  const file = createWriteStream(session.file.path, { flags: session.received === 0 ? 'w' : 'a' });
  let left = stopAfter;
  try {
    // Stopping in the middle must not destroy the request: its answer goes over the same socket.
    for await (const chunk of bytes.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      if (session.turn !== turn) return 'overtaken';
      const taken = chunk.subarray(0, left);
      if (session.received + taken.length > session.size) return 'more';
      if (!file.write(taken)) await once(file, 'drain');
      session.received += taken.length;
      left -= taken.length;
      if (left <= 0) return 'cut';
    }
    return 'ended';
  } catch {
    return 'cut';
  } finally {
    file.end();
    await once(file, 'close');
  }
}
