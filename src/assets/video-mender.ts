import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error';
import { Log } from '../common/log';
import { Ffmpeg, FfmpegFailed } from '../ffmpeg/ffmpeg';
import type { ProbedMedia } from './media-probe';
import { mediaProblems } from './media-rules';
import { MendingFiles } from './mending-files';
import { MendingLease, type Held } from './mending-lease';
import { afterFailure, type Failure } from './mending-policy';
import { MendingsRepository, type MendClaim } from './mendings.repository';
import { ffmpegArguments, videoRecipe } from './video-recipe';

/** An attempt that came to nothing. */
class Ended extends Error {
  constructor(readonly failure: Failure) {
    super(failure);
  }
}

/** Mends a video: claim, fetch, ffmpeg, look at what came of it, keep it, write it down if it is still ours. */
@Injectable()
export class VideoMender {
  private readonly stopping = new AbortController();

  constructor(
    private readonly rows: MendingsRepository,
    private readonly lease: MendingLease,
    private readonly files: MendingFiles,
    private readonly ffmpeg: Ffmpeg,
    private readonly log: Log,
  ) {}

  /** @throws Error with the database away; the lease runs out then, and the sweep finds it */
  async mend(assetId: number): Promise<void> {
    const claim = this.stopping.signal.aborted ? null : await this.lease.claim(assetId);
    if (claim === null) return;
    const held = this.lease.hold(claim);
    try {
      await this.convert(claim, held);
      await held.letGo();
    } catch (error) {
      await held.letGo();
      await this.giveBack(claim, error);
    }
  }

  /** What runs is killed and is another worker's to begin anew; nothing more is begun. */
  stop(): void {
    this.stopping.abort();
  }

  private async convert(claim: MendClaim, held: Held): Promise<void> {
    const { asset, attempt } = claim;
    const original = await this.files.original(asset).catch(() => {
      throw new Ended('unreadable');
    });
    const output = this.files.besides(original);
    try {
      // Somebody's URL may answer something else by now.
      const media = await this.files.look(original.path);
      const recipe = videoRecipe(media);
      if (!recipe) throw new Ended('refused');
      const seconds = media.durationSeconds ?? 1;
      await this.ffmpeg.run(ffmpegArguments(recipe, original.path, output), {
        signal: AbortSignal.any([this.stopping.signal, held.lost]),
        onProgress: (done) => held.progress((100 * done) / seconds),
      });
      const result = await this.result(output);
      // Should the answer to what follows be lost, a file too many is left: better than a row without one.
      const storageKey = await this.files.keep(output, result);
      const won = await this.rows.finish(claim, { ...factsOf(result), storageKey, mended: recipe.done });
      await this.files.remove(won ? asset.storageKey : storageKey);
      if (won) this.log.info('asset.mended', { asset_id: asset.id, attempt, mended: recipe.done.join('; ') });
    } finally {
      await this.files.discard(original.path, output);
    }
  }

  private async result(path: string): Promise<ProbedMedia> {
    const media = await this.files.look(path).catch(() => null);
    if (media === null || mediaProblems(media, 'reel').length > 0) throw new Ended('unmended');
    return media;
  }

  private async giveBack(claim: MendClaim, error: unknown): Promise<void> {
    const { asset, attempt } = claim;
    const failure = failureOf(error);
    const next = afterFailure(failure, attempt);
    const words = error instanceof FfmpegFailed ? error.words : undefined;
    const about = { asset_id: asset.id, attempt, why: failure, error, ffmpeg: words };
    if (next.status === 'failed') {
      this.log.warn('asset.mending_failed', about);
      await this.rows.fail(claim, next.message);
    } else {
      this.log.info('asset.mending_delayed', about);
      await this.rows.later(claim, next.inMs);
    }
  }
}

function factsOf(media: ProbedMedia) {
  const { contentType, sizeBytes, width, height, durationSeconds, codecs, video } = media;
  return { contentType, sizeBytes, width, height, durationSeconds, codecs, video };
}

function failureOf(error: unknown): Failure {
  if (error instanceof Ended) return error.failure;
  // The original: it was read when it came in.
  if (error instanceof AppError) return 'refused';
  if (!(error instanceof FfmpegFailed)) return 'other';
  if (error.why === 'refused' || error.why === 'timeout') return error.why;
  return error.why === 'aborted' ? 'interrupted' : 'other';
}
