import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error';
import { Clock } from '../common/clock';
import { Settings } from '../config/settings';
import { Storage } from '../storage/storage';
import { wordsOf } from './asset-intake.service';
import { AssetsRepository } from './assets.repository';
import type { PresignAssetBody } from './dto/asset-bodies.dto';
import type { UploadTicketView } from './dto/asset-views.dto';

/** To begin the upload in. */
const TICKET_MS = 3_600_000;

/** Uploads that don't pass through the API: a URL first, the bytes to it, then a look at them (asset-completion.service.ts). */
@Injectable()
export class AssetPresign {
  constructor(
    private readonly assets: AssetsRepository,
    private readonly storage: Storage,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError `payload_too_large` */
  async presign(userId: number, body: PresignAssetBody): Promise<UploadTicketView> {
    const { content_type: contentType, size_bytes: sizeBytes, filename, title = filename } = body;
    const { maxUploadBytes } = this.settings.storage;
    if (sizeBytes > maxUploadBytes)
      throw new AppError('payload_too_large', `The file is larger than ${maxUploadBytes} bytes.`);
    const until = new Date(this.clock.now().getTime() + TICKET_MS);
    const { uploadKey, url, headers } = await this.storage.expectUpload({ contentType, sizeBytes, until });
    const { id } = await this.assets.insert({
      ...wordsOf(userId, { ...body, title }),
      status: 'uploading',
      ...{ uploadKey, uploadExpiresAt: until, sourceUrl: null, storageKey: null },
      // What the client says, until it is seen.
      ...{ kind: contentType.startsWith('image/') ? 'image' : 'video', contentType, sizeBytes },
      ...{
        width: null,
        height: null,
        durationSeconds: null,
        codecs: [],
        video: null,
        problems: [],
        warnings: [],
        mended: [],
      },
    });
    return { upload_url: url, headers, asset_id: id, expires_at: until.toISOString() };
  }
}
