import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error';
import { Log } from '../common/log';
import { AutoPostRows, type WaitingAsset } from './auto-post-rows';
import { PostCreation } from './post-creation.service';

const BATCH = 50;
/** So long an error of ours (the database away) is taken to pass; then it is told, too. */
const PASSES_WITHIN_MS = 3_600_000;

/** Another worker was first; the transaction is taken back. */
class NotWaiting extends Error {}

/**
 * Posts assets that ask for it, once they are ready: as `POST /post` with the user's default account would. The post and
 * the asset's word that it was made are one transaction, so any number of workers make one post, whoever dies meanwhile.
 */
@Injectable()
export class AutoPosting {
  constructor(
    private readonly rows: AutoPostRows,
    private readonly creation: PostCreation,
    private readonly log: Log,
  ) {}

  async sweep(): Promise<void> {
    for (const asset of await this.rows.waiting(BATCH)) await this.post(asset);
  }

  private async post(asset: WaitingAsset): Promise<void> {
    const { id, userId, caption, isReady } = asset;
    if (!isReady) return this.failed(asset, NOT_READY);
    const body = { asset_id: id, caption: caption ?? undefined, share_to_feed: true };
    try {
      const { post_id } = await this.creation.publishNow(userId, body, async (tx, postId) => {
        if (!(await this.rows.posted(tx, id, postId))) throw new NotWaiting();
      });
      this.log.info('asset.auto_posted', { asset_id: id, post_id });
    } catch (error) {
      if (error instanceof NotWaiting) return;
      if (error instanceof AppError && error.status < 500) return this.failed(asset, error);
      this.log.warn('asset.auto_post_delayed', { asset_id: id, error });
      if (asset.ageMs > PASSES_WITHIN_MS) await this.failed(asset, error instanceof AppError ? error : UNKNOWN);
    }
  }

  private async failed({ id }: WaitingAsset, { errorType, detail }: AppError): Promise<void> {
    await this.rows.failed(id, errorType, detail);
    this.log.warn('asset.auto_post_failed', { asset_id: id, error_type: errorType });
  }
}

const NOT_READY = new AppError('media_processing_error', 'The asset could not be made ready, so it was not posted.');
const UNKNOWN = new AppError('unknown', 'Making the post failed again and again. Post the asset with POST /post.');
