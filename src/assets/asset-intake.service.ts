import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error';
import { Storage, type StagedFile } from '../storage/storage';
import { AssetUpload } from './asset-upload';
import { AssetsRepository, type AssetFacts, type NewAsset } from './assets.repository';
import type { CreateAssetBody, NewAssetFields } from './dto/asset-bodies.dto';
import { MediaProbe } from './media-probe';
import { Mending, type Mended } from './mending';
import type { UploadForm } from './uploaded-form';

/** New media: looked at, mended where that is asked for, and kept. */
@Injectable()
export class AssetIntake {
  constructor(
    private readonly assets: AssetsRepository,
    private readonly probe: MediaProbe,
    private readonly storage: Storage,
    private readonly upload: AssetUpload,
    private readonly mending: Mending,
  ) {}

  /**
   * @returns the asset's id
   * @throws AppError `url_not_allowed`, `media_unreachable`, `media_too_large`, `media_invalid_format`; no row is left then
   */
  async fromUrl(userId: number, { url, kind, ...fields }: CreateAssetBody): Promise<number> {
    const media = await this.probe.probeUrl(url);
    if (kind !== undefined && kind !== media.kind)
      throw new AppError('media_invalid_format', `By its bytes this is ${media.contentType}, not of kind ${kind}.`);
    const { mend = 'auto' } = fields;
    if (this.mending.isForFetching(media, mend)) return this.keep(userId, await this.probe.fetch(url), fields);
    const facts = factsOf(await this.mending.asItIs(media, mend), { sourceUrl: url, storageKey: null });
    return this.store({ ...wordsOf(userId, fields), ...facts });
  }

  /**
   * @returns the asset's id
   * @throws AppError `validation_error`, `payload_too_large`, `media_invalid_format`; no row and no file is left then
   */
  async fromUpload(userId: number, form: UploadForm): Promise<number> {
    const { staged, texts } = await this.upload.receive(form);
    return this.keep(userId, staged, texts);
  }

  /** Whatever comes of it, the staged file is gone afterwards. */
  private async keep(userId: number, staged: StagedFile, fields: NewAssetFields): Promise<number> {
    const { file, ...mended } = await this.mending.takeIn(staged, fields.mend ?? 'auto');
    try {
      const storageKey = await this.storage.keep(file, mended.media.extension);
      const facts = factsOf(mended, { sourceUrl: null, storageKey });
      return await this.store({ ...wordsOf(userId, fields), ...facts }).catch(async (error: unknown) => {
        await this.storage.remove(storageKey);
        throw error;
      });
    } catch (error) {
      await this.storage.discard(file);
      throw error;
    }
  }

  private async store(row: NewAsset): Promise<number> {
    const { id, status } = await this.assets.insert(row);
    if (status === 'processing') await this.mending.begin(id);
    return id;
  }
}

/** What was found and done, and where it lies, as columns. */
export function factsOf(
  { media, status, mended, problems }: Mended,
  place: Pick<NewAsset, 'sourceUrl' | 'storageKey'>,
): AssetFacts {
  const { kind, contentType, sizeBytes, width, height, durationSeconds, codecs, video, warnings = [] } = media;
  const facts = { kind, contentType, sizeBytes, width, height, durationSeconds, codecs, video, problems, warnings };
  return { status, mended, uploadKey: null, uploadExpiresAt: null, ...facts, ...place };
}

/** What its user says of it, as columns. */
export function wordsOf(
  userId: number,
  { title = null, alt_text: altText = null, caption = null, auto_post_to_instagram }: WithNulls<NewAssetFields>,
): Pick<NewAsset, 'userId' | 'title' | 'altText' | 'caption' | 'autoPost'> {
  return { userId, title, altText, caption, autoPost: auto_post_to_instagram ? 'waiting' : null };
}

type WithNulls<T> = { [field in keyof T]: T[field] | null };
