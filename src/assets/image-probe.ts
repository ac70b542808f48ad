import sharp from 'sharp';
import { AppError } from '../common/app-error';

/** Decoding costs about 20 ms a megapixel; cameras stay below this. */
const MAX_PIXELS = 100_000_000;

/**
 * Width and height as shown (EXIF orientation counts), after the whole picture was decoded once: a cut file shows only then.
 * @throws AppError `media_invalid_format`
 */
export async function probeImage(path: string): Promise<{ width: number; height: number }> {
  try {
    // One read at a time and nothing kept in memory; a picture that only warns is one that others show, too.
    const picture = sharp(path, { failOn: 'truncated', limitInputPixels: MAX_PIXELS, sequentialRead: true });
    const { autoOrient } = await picture.metadata();
    await picture.stats();
    return autoOrient;
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
