import { Injectable } from '@nestjs/common';
import sharp, { type Sharp } from 'sharp';
import { Storage, type StagedFile } from '../storage/storage';
import { decodeHeic, isHeic } from './heic';
import { READING } from './image-probe';
import { limitsOf, type MediaFacts } from './media-rules';
import type { ImageRecipe } from './mending-plan';

/** The first is what nobody tells from the original; the others are for what would be too large. */
const QUALITIES = [90, 80, 65, 50];
const WHITE = { r: 255, g: 255, b: 255 };

/** Makes a JPEG of an image, from file to file. One at a time in each process, since memory is what it costs. */
@Injectable()
export class ImageMender {
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly storage: Storage) {}

  /**
   * @returns a new staged file; the one at `path` stays
   * @throws AppError `media_invalid_format` for a HEIC that cannot be decoded
   */
  mend(path: string, media: MediaFacts, recipe: ImageRecipe): Promise<StagedFile> {
    const turn = this.last.then(() => this.mendNow(path, media, recipe));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private async mendNow(path: string, { contentType }: MediaFacts, recipe: ImageRecipe): Promise<StagedFile> {
    const read = await reader(path, contentType);
    for (const [tries, quality] of QUALITIES.entries()) {
      const staged = await this.storage.stage(redrawn(read(), recipe).jpeg({ quality }));
      if (staged.sizeBytes <= limitsOf('feed_image').maxBytes || tries === QUALITIES.length - 1) return staged;
      await this.storage.discard(staged);
    }
    throw new Error('No quality to try');
  }
}

async function reader(path: string, contentType: string): Promise<() => Sharp> {
  if (!isHeic(contentType)) return () => sharp(path, READING);
  const { width, height, data } = await decodeHeic(path);
  return () => sharp(data, { raw: { width, height, channels: 4 } });
}

/** Upright, on white, in sRGB and without metadata: sharp leaves out what it isn't told to keep. */
function redrawn(image: Sharp, { width, height, fit }: ImageRecipe): Sharp {
  const fits = { scale: 'fill', pad: 'contain', crop: 'cover' } as const;
  return image
    .autoOrient()
    .flatten({ background: WHITE })
    .resize(width, height, { fit: fits[fit], background: WHITE })
    .toColourspace('srgb');
}
