import { Injectable } from '@nestjs/common';
import { AppError, notFound } from '../common/app-error';
import { Storage, type ArrivedUpload } from '../storage/storage';
import type { AssetEntity } from './asset.entity';
import { AssetsRepository } from './assets.repository';
import { factsOf } from './asset-intake.service';
import { AssetsService } from './assets.service';
import type { AssetView } from './dto/asset-views.dto';
import { Mending } from './mending';

/** An upload that did not pass through the API is looked at, and becomes an asset that can be posted, or nothing. */
@Injectable()
export class AssetCompletion {
  constructor(
    private readonly assets: AssetsRepository,
    private readonly library: AssetsService,
    private readonly mending: Mending,
    private readonly storage: Storage,
  ) {}

  /**
   * @throws AppError `not_found`; `asset_not_ready` while nothing has come; `media_invalid_format` and `payload_too_large`
   *   for what is no use: then the asset is gone, too
   */
  async complete(userId: number, id: number): Promise<AssetView> {
    const row = await this.assets.find(userId, id);
    if (!row) throw notFound('asset');
    if (row.status !== 'uploading' || row.uploadKey === null) return this.library.get(userId, id);
    try {
      const arrived = await this.storage.takeUpload(row.uploadKey);
      if (!arrived) return await this.notThere(userId, id);
      await this.take(row, row.uploadKey, arrived);
    } catch (error) {
      // Another request has taken it from under this one.
      if (isGone(error)) return await this.notThere(userId, id);
      if (isOfTheFile(error) && (await this.assets.giveUp(id, row.uploadKey)))
        await this.storage.dropUpload(row.uploadKey);
      throw error;
    }
    await this.storage.dropUpload(row.uploadKey);
    return this.library.get(userId, id);
  }

  private async take(row: AssetEntity, uploadKey: string, arrived: ArrivedUpload): Promise<void> {
    try {
      if (arrived.sizeBytes !== row.sizeBytes)
        throw new AppError(
          'media_invalid_format',
          `${arrived.sizeBytes} bytes were uploaded; size_bytes said ${row.sizeBytes}. Presign and send it once more.`,
        );
      const { file, ...mended } = await this.mending.look(arrived.path, 'auto');
      const { extension } = mended.media;
      const storageKey = file ? await this.storage.keep(file, extension) : await arrived.keep(extension);
      const facts = factsOf(mended, { sourceUrl: null, storageKey });
      const completed = await this.assets.complete(row.id, uploadKey, facts).catch(async (error: unknown) => {
        await this.storage.remove(storageKey);
        throw error;
      });
      // Another request was first with its own copy, or the asset was deleted meanwhile.
      if (!completed) await this.storage.remove(storageKey);
      else if (facts.status === 'processing') await this.mending.begin(row.id);
    } finally {
      await arrived.release();
    }
  }

  /** Another request may have taken it, and be done with it by now. */
  private async notThere(userId: number, id: number): Promise<AssetView> {
    const asset = await this.library.get(userId, id);
    if (asset.status !== 'uploading') return asset;
    throw new AppError('asset_not_ready', 'Nothing has been uploaded yet, or another request completes it just now.', {
      action_required: 'PUT the bytes to upload_url with its headers, wait for the 200, then complete it.',
    });
  }
}

function isGone(error: unknown): boolean {
  return error instanceof AppError && error.errorType === 'not_found';
}

/** Sending the same bytes again would not help. */
function isOfTheFile(error: unknown): boolean {
  return error instanceof AppError && ['media_invalid_format', 'payload_too_large'].includes(error.errorType);
}
