import { Injectable } from '@nestjs/common';
import { Ffmpeg } from '../ffmpeg/ffmpeg';
import { MendBell } from '../queue/mend-bell';
import { Storage, type StagedFile } from '../storage/storage';
import type { AssetProblem } from './asset.entity';
import { ImageMender } from './image-mender';
import { MediaProbe, type ProbedMedia } from './media-probe';
import { defaultTarget, mediaProblems } from './media-rules';
import { imageRecipe, isMendableVideo, remedyOf, type MendWish } from './mending-plan';

/** What became of a file, and what is still to become of it. */
export interface Mended {
  media: ProbedMedia;
  /** `processing`: ffmpeg is to mend it, in the background. */
  status: 'ready' | 'processing';
  mended: string[];
  problems: AssetProblem[];
}

/** Mends what comes in: images at once, videos later. */
@Injectable()
export class Mending {
  constructor(
    private readonly images: ImageMender,
    private readonly probe: MediaProbe,
    private readonly storage: Storage,
    private readonly ffmpeg: Ffmpeg,
    private readonly bell: MendBell,
  ) {}

  /**
   * Takes a staged file over: what comes back is the one to keep or to discard, the other one is gone.
   * @throws AppError `media_invalid_format`; then no file is left
   */
  async takeIn(staged: StagedFile, wish: MendWish): Promise<Mended & { file: StagedFile }> {
    try {
      const { file, ...mended } = await this.look(staged.path, wish);
      if (file) await this.storage.discard(staged);
      return { file: file ?? staged, ...mended };
    } catch (error) {
      await this.storage.discard(staged);
      throw error;
    }
  }

  /**
   * The same of a file that stays what and where it is. `file`: its mended version, for the caller to keep or to discard;
   * null: nothing had to be done to it now.
   * @throws AppError `media_invalid_format`
   */
  async look(path: string, wish: MendWish): Promise<Mended & { file: StagedFile | null }> {
    const found = await this.probe.probeFile(path);
    const recipe = found.picture && imageRecipe(found, found.picture, { wish, tidy: true });
    if (!recipe) return { file: null, ...(await this.asItIs(found, wish)) };
    const file = await this.images.mend(path, found, recipe);
    try {
      const media = await this.probe.probeFile(file.path);
      return { file, ...(await this.asItIs(media, wish)), mended: recipe.done };
    } catch (error) {
      await this.storage.discard(file);
      throw error;
    }
  }

  /** Whether media on somebody's server has to be fetched and mended right now. Only what Instagram would refuse is. */
  isForFetching(media: ProbedMedia, wish: MendWish): boolean {
    return media.picture !== null && imageRecipe(media, media.picture, { wish, tidy: false }) !== null;
  }

  /** Tells a worker of a new asset that is `processing`. Never throws: the sweep finds it anyway. */
  async begin(assetId: number): Promise<void> {
    await this.bell.ring([{ assetId, attempts: 0 }]);
  }

  /** What is wrong with a medium and what becomes of it when nothing is done to it now. */
  async asItIs(media: ProbedMedia, wish: MendWish): Promise<Mended> {
    const found = mediaProblems(media, defaultTarget(media.kind));
    const ffmpeg = media.kind === 'video' && found.length > 0 && (await this.ffmpeg.version()) !== null;
    const about = { media, wish, frames: media.picture?.frames ?? 1, ffmpeg };
    const problems = found.map(({ code, message, ...problem }) => ({
      code,
      message,
      remedy: remedyOf({ code, message, ...problem }, about),
    }));
    const isForLater = ffmpeg && media.kind === 'video' && isMendableVideo(media, wish);
    return { media, status: isForLater ? 'processing' : 'ready', mended: [], problems };
  }
}
