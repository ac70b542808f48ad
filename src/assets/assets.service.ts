import { Injectable } from '@nestjs/common';
import { AppError, notFound } from '../common/app-error';
import { cutPage, decodeCursor } from '../common/cursor';
import type { ListQuery } from '../common/list-query.dto';
import { Storage } from '../storage/storage';
import { assetOf, viewOf, type Asset } from './asset';
import type { AssetEntity } from './asset.entity';
import { AssetUpload } from './asset-upload';
import { AssetsRepository, type NewAsset } from './assets.repository';
import type { AssetTexts, CreateAssetBody, UpdateAssetBody } from './dto/asset-bodies.dto';
import type { AssetList, AssetView } from './dto/asset-views.dto';
import { MediaProbe, type ProbedMedia } from './media-probe';
import { defaultTarget, mediaProblems } from './media-rules';
import type { UploadForm } from './uploaded-form';

const LIST = 'assets';

/** The media library: what can be posted, where it lies and what probing found. */
@Injectable()
export class AssetsService {
  constructor(
    private readonly assets: AssetsRepository,
    private readonly probe: MediaProbe,
    private readonly storage: Storage,
    private readonly upload: AssetUpload,
  ) {}

  /** @throws AppError `url_not_allowed`, `media_unreachable`, `media_too_large`, `media_invalid_format`; no row is left then */
  async createFromUrl(userId: number, { url, kind, ...texts }: CreateAssetBody): Promise<AssetView> {
    const media = await this.probe.probeUrl(url);
    if (kind !== undefined && kind !== media.kind)
      throw new AppError('media_invalid_format', `By its bytes this is ${media.contentType}, not of kind ${kind}.`);
    return this.store(rowOf(userId, media, texts, { sourceUrl: url, storageKey: null }));
  }

  /** @throws AppError `validation_error`, `payload_too_large`, `media_invalid_format`; no row and no file is left then */
  async createFromUpload(userId: number, form: UploadForm): Promise<AssetView> {
    const { staged, texts } = await this.upload.receive(form);
    try {
      const media = await this.probe.probeFile(staged.path);
      const storageKey = await this.storage.keep(staged, media.extension);
      return await this.store(rowOf(userId, media, texts, { sourceUrl: null, storageKey })).catch(
        async (error: unknown) => {
          await this.storage.remove(storageKey);
          throw error;
        },
      );
    } catch (error) {
      await this.storage.discard(staged);
      throw error;
    }
  }

  async list(userId: number, { limit, cursor }: ListQuery): Promise<AssetList> {
    const before = cursor === undefined ? null : decodeCursor(LIST, cursor);
    const rows = await this.assets.page(userId, { before, limit: limit + 1 });
    const { page, next_cursor } = cutPage(LIST, rows, limit);
    return { assets: page.map((row) => viewOf(this.asset(row))), next_cursor };
  }

  async get(userId: number, id: number): Promise<AssetView> {
    return viewOf(await this.find(userId, id));
  }

  async update(userId: number, id: number, { title, alt_text: altText }: UpdateAssetBody): Promise<AssetView> {
    await this.find(userId, id);
    if (title !== undefined || altText !== undefined) await this.assets.update(userId, id, { title, altText });
    return this.get(userId, id);
  }

  /** The row goes first: a file without a row is a few lost bytes, a row without a file is a post that fails. */
  async delete(userId: number, id: number): Promise<void> {
    const row = await this.row(userId, id);
    await this.assets.delete(userId, id);
    if (row.storageKey !== null) await this.storage.remove(row.storageKey);
  }

  /** @throws AppError `not_found`, also for another user's */
  async find(userId: number, id: number): Promise<Asset> {
    return this.asset(await this.row(userId, id));
  }

  private async row(userId: number, id: number): Promise<AssetEntity> {
    const row = await this.assets.find(userId, id);
    if (!row) throw notFound('asset');
    return row;
  }

  private async store(row: NewAsset): Promise<AssetView> {
    return viewOf(this.asset(await this.assets.insert(row)));
  }

  private asset(row: AssetEntity): Asset {
    // The table holds exactly one of the two (assets_live_in_one_place).
    return assetOf(row, row.storageKey === null ? (row.sourceUrl ?? '') : this.storage.publicUrl(row.storageKey));
  }
}

function rowOf(
  userId: number,
  media: ProbedMedia,
  { title = null, alt_text: altText = null }: { [text in keyof AssetTexts]: string | null },
  place: Pick<NewAsset, 'sourceUrl' | 'storageKey'>,
): NewAsset {
  const { kind, contentType, sizeBytes, width, height, durationSeconds, codecs, video } = media;
  const problems = mediaProblems(media, defaultTarget(kind));
  const facts = { kind, contentType, sizeBytes, width, height, durationSeconds, codecs, video, problems };
  return { userId, status: 'ready', title, altText, ...facts, ...place };
}
