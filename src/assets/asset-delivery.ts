import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error';
import { Settings } from '../config/settings';
import type { Login } from '../graph';
import { readDestination } from '../net/url-policy';
import { Storage, type FetchPurpose } from '../storage/storage';
import type { AssetEntity } from './asset.entity';
import { AssetsRepository } from './assets.repository';
import { deliveryOf, noDelivery } from './media-delivery';

/** How Instagram gets an asset; why it has no way, and what to do about it, is for a person. */
export type Delivery =
  { by: 'url'; url: string } | { by: 'upload'; sizeBytes: number } | { by: 'none'; why: string; remedy: string };

/** The way of an asset to Instagram: docs/delivery.md. */
@Injectable()
export class AssetDelivery {
  constructor(
    private readonly assets: AssetsRepository,
    private readonly storage: Storage,
    private readonly settings: Settings,
  ) {}

  /**
   * @param wasUnreachable Instagram tried to fetch it for the same post, in vain
   * @param purpose what it is about to be fetched for; left out: nothing is, only the way is asked for
   * @returns null when the asset isn't there (any more), or is another user's
   */
  async of(
    userId: number,
    id: number,
    login: Login,
    { wasUnreachable = false, purpose }: { wasUnreachable?: boolean; purpose?: FetchPurpose } = {},
  ): Promise<Delivery | null> {
    const row = await this.assets.find(userId, id);
    if (row?.status !== 'ready' && row?.status !== 'failed') return null;
    const url = await this.urlOf(row, purpose);
    const { mediaDelivery: setting } = this.settings;
    const facts = { setting, login, kind: row.kind };
    const isPublic = this.isPublic(url);
    switch (deliveryOf({ ...facts, isStored: row.storageKey !== null, isPublic, wasUnreachable })) {
      case 'url':
        return { by: 'url', url };
      case 'upload':
        return { by: 'upload', sizeBytes: row.sizeBytes };
      case 'none':
        return { by: 'none', ...noDelivery(facts, url) };
    }
  }

  /** The bytes of an asset that we store, from one on. Null: it isn't there (any more). @throws Error of the storage */
  async open(userId: number, id: number, from: number): Promise<{ stream: Readable; sizeBytes: number } | null> {
    const row = await this.assets.find(userId, id);
    return row?.storageKey ? this.storage.open(row.storageKey, from) : null;
  }

  private async urlOf({ storageKey, sourceUrl }: AssetEntity, purpose?: FetchPurpose): Promise<string> {
    if (storageKey === null) return sourceUrl ?? '';
    return purpose ? this.storage.urlForMeta(storageKey, purpose) : this.storage.publicUrl(storageKey);
  }

  /** By its text alone, as for anybody's URL: nothing is resolved or connected here. */
  private isPublic(url: string): boolean {
    try {
      readDestination(url, this.settings.net.allowedPrivateHosts);
      return true;
    } catch (error) {
      if (error instanceof AppError) return false;
      throw error;
    }
  }
}
