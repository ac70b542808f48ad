import { open, stat } from 'node:fs/promises';
import sharp from 'sharp';
import { AppError } from '../common/app-error';
import { heicSize, isHeic } from './heic';
import type { PictureFacts } from './mending-plan';

/** Decoding costs about 20 ms a megapixel; cameras stay below this. */
const MAX_PIXELS = 100_000_000;
/** One read at a time and nothing kept in memory; a picture that only warns is one that others show, too. */
export const READING = { failOn: 'truncated', limitInputPixels: MAX_PIXELS, sequentialRead: true } as const;

// For the whole process: a picture is read once, so a cache of pixels only holds memory, and one thread each is plenty.
sharp.cache(false);
sharp.concurrency(1);

export interface ProbedImage {
  width: number;
  height: number;
  picture: PictureFacts;
}

/**
 * Width and height as shown (EXIF orientation counts), after the whole picture was decoded once: a cut file shows only then.
 * Of a HEIC only the header is read; it is decoded when it is converted.
 * @throws AppError `media_invalid_format`
 */
export async function probeImage(path: string, contentType: string): Promise<ProbedImage> {
  if (isHeic(contentType)) return { ...(await heicSize(path)), picture: PLAIN };
  try {
    const image = sharp(path, READING);
    const found = await image.metadata();
    await decode(path);
    const isOpaque = found.hasAlpha && (await image.stats()).isOpaque;
    const hasTail = contentType === 'image/jpeg' && !(await endsLikeJpeg(path));
    return { ...found.autoOrient, picture: pictureOf({ ...found, hasAlpha: found.hasAlpha && !isOpaque }, hasTail) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : '';
    if (/pixel limit/i.test(reason))
      throw new AppError(
        'media_invalid_format',
        `The image has more than ${MAX_PIXELS / 1e6} megapixels. Scale it down.`,
      );
    throw new AppError(
      'media_invalid_format',
      'The image is damaged or cut off; it could not be decoded. Export it again.',
    );
  }
}

/**
 * Every pixel, to the last: a cut file shows only then. (Counting them, with stats(), lets some cut pictures pass, and a small
 * version of it never comes to the end.)
 */
async function decode(path: string): Promise<void> {
  await sharp(path, READING).jpeg({ quality: 1 }).toBuffer();
}

const PLAIN: PictureFacts = {
  hasAlpha: false,
  frames: 1,
  orientation: 1,
  metadata: [],
  otherColours: null,
  hasTail: false,
};

function pictureOf(found: sharp.Metadata, hasTail: boolean): PictureFacts {
  const kinds = [found.exif && 'EXIF', found.xmp && 'XMP', found.iptc && 'IPTC'];
  // A TIFF's pages are pages; only these move.
  const moves = ['gif', 'webp', 'heif', 'png'].includes(found.format);
  return {
    hasAlpha: found.hasAlpha,
    frames: moves ? (found.pages ?? 1) : 1,
    orientation: found.orientation ?? 1,
    metadata: kinds.filter((kind) => kind !== undefined),
    otherColours: otherColours(found),
    hasTail,
  };
}

function otherColours({ space, icc }: sharp.Metadata): string | null {
  if (!['srgb', 'b-w', 'rgb16', 'grey16'].includes(space)) return space.toUpperCase();
  // The profile's description may be UTF-16.
  return icc && !/sRGB/i.test(icc.toString('latin1').replaceAll('\0', '')) ? 'another profile' : null;
}

/** By its last bytes, but for the zeros that some cameras fill up with. */
async function endsLikeJpeg(path: string): Promise<boolean> {
  const { size } = await stat(path);
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, Math.max(0, size - 4096));
    return /\xff\xd9\0*$/.test(buffer.subarray(0, bytesRead).toString('latin1'));
  } finally {
    await file.close();
  }
}
