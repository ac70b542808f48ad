import { Injectable } from '@nestjs/common';
import { notFound } from '../common/app-error';
import { cutPage, decodeCursor } from '../common/cursor';
import type { ListQuery } from '../common/list-query.dto';
import { Storage } from '../storage/storage';
import { assetOf, viewOf, type Asset } from './asset';
import type { AssetEntity } from './asset.entity';
import { AssetRemoval } from './asset-removal';
import { AssetsRepository } from './assets.repository';
import type { UpdateAssetBody } from './dto/asset-bodies.dto';
import type { AssetList, AssetView } from './dto/asset-views.dto';

const LIST = 'assets';

/** The media library: what can be posted, where it lies and what probing found. */
@Injectable()
export class AssetsService {
  constructor(
    private readonly assets: AssetsRepository,
    private readonly storage: Storage,
    private readonly removal: AssetRemoval,
  ) {}

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

  /** @throws AppError `not_found`; `asset_in_use` while a post that has not ended needs it */
  async delete(userId: number, id: number): Promise<void> {
    await this.row(userId, id);
    await this.removal.delete(id);
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

  private asset(row: AssetEntity): Asset {
    if (row.status === 'uploading' || row.status === 'expired') return assetOf(row, null);
    // The table holds exactly one of the two (assets_live_in_one_place).
    return assetOf(row, row.storageKey === null ? row.sourceUrl : this.storage.publicUrl(row.storageKey));
  }
}
