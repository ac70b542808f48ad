import { stat } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { AppError } from '../common/app-error';

/** Sharp comes without a decoder of HEVC; libheif as WebAssembly wants the file and four bytes a pixel in memory. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_PIXELS = 50_000_000;
const DEADLINE_MS = 30_000;

export interface Pixels {
  width: number;
  height: number;
  /** Four bytes each: red, green, blue, opacity. */
  data: Uint8Array;
}

/** WebAssembly decodes without letting go of its thread, hence one of its own. Its memory goes with it. */
const DECODER = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { readFileSync } = require('node:fs');
  const tell = (answer, moved) => parentPort.postMessage(answer, moved);
  require(workerData.library).all({ buffer: readFileSync(workerData.path) }).then(async ([image]) => {
    const { width, height } = image;
    if (!workerData.decode) return tell({ width, height });
    const { data } = await image.decode();
    tell({ width, height, data }, [data.buffer]);
  }).catch((error) => tell({ error: String(error) }));
`;

export function isHeic(contentType: string): boolean {
  return contentType === 'image/heic';
}

/** Its size as shown. @throws AppError `media_invalid_format` for one that is damaged or too large */
export async function heicSize(path: string): Promise<{ width: number; height: number }> {
  const { size } = await stat(path);
  if (size > MAX_BYTES) throw tooLarge(`${MAX_BYTES / 1024 / 1024} MB`);
  const { width, height } = await ask(path, false);
  if (width * height > MAX_PIXELS) throw tooLarge(`${MAX_PIXELS / 1e6} megapixels`);
  return { width, height };
}

/** @throws AppError `media_invalid_format` */
export async function decodeHeic(path: string): Promise<Pixels> {
  await heicSize(path);
  const { width, height, data } = await ask(path, true);
  if (!data) throw damaged();
  return { width, height, data };
}

async function ask(path: string, decode: boolean): Promise<Omit<Pixels, 'data'> & { data?: Uint8Array }> {
  const worker = new Worker(DECODER, {
    eval: true,
    workerData: { path, decode, library: require.resolve('heic-decode') },
    resourceLimits: { maxOldGenerationSizeMb: 256 },
  });
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  try {
    const answer = await new Promise<unknown>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('ended without a word')));
      deadline.addEventListener('abort', () => reject(new Error('took too long')));
    });
    return pixelsOf(answer);
  } catch {
    throw damaged();
  } finally {
    await worker.terminate();
  }
}

function pixelsOf(answer: unknown): Omit<Pixels, 'data'> & { data?: Uint8Array } {
  const { width, height, data } = answer as { width?: unknown; height?: unknown; data?: unknown };
  if (typeof width !== 'number' || typeof height !== 'number') throw new Error('not decoded');
  if (data === undefined) return { width, height };
  // Another thread's array is of another realm, so not an instance of ours.
  if (!ArrayBuffer.isView(data)) throw new Error('no pixels');
  return { width, height, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

function damaged(): AppError {
  return new AppError(
    'media_invalid_format',
    'The HEIC image is damaged or cut off; it could not be decoded. Export it again, as JPEG if you can.',
  );
}

function tooLarge(limit: string): AppError {
  return new AppError('media_invalid_format', `The HEIC image has more than ${limit}. Scale it down, or send a JPEG.`);
}
