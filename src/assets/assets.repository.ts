import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThan, type Repository } from 'typeorm';
import { AssetEntity } from './asset.entity';

export type NewAsset = Omit<AssetEntity, 'id' | 'createdAt' | 'progress' | 'errorMessage' | 'mendAttempts' | 'mendAt'>;

/** The rows of `assets`, always of one user. */
@Injectable()
export class AssetsRepository {
  constructor(@InjectRepository(AssetEntity) private readonly rows: Repository<AssetEntity>) {}

  /** One that is `processing` is due at once. */
  async insert(asset: NewAsset): Promise<AssetEntity> {
    const due = asset.status === 'processing' ? { mendAt: () => 'now()', progress: 0 } : {};
    const { identifiers } = await this.rows.insert({ ...asset, mendAttempts: 0, ...due });
    return this.rows.findOneByOrFail({ id: identifiers[0]?.id as number });
  }

  find(userId: number, id: number): Promise<AssetEntity | null> {
    return this.rows.findOneBy({ id, userId });
  }

  /** Newest first; `before` is the id of the last row of the page before. */
  page(userId: number, { before, limit }: { before: number | null; limit: number }): Promise<AssetEntity[]> {
    const older = before === null ? {} : { id: LessThan(before) };
    return this.rows.find({ where: { userId, ...older }, order: { id: 'DESC' }, take: limit });
  }

  async update(userId: number, id: number, texts: { title?: string | null; altText?: string | null }): Promise<void> {
    await this.rows.update({ id, userId }, texts);
  }

  async delete(userId: number, id: number): Promise<void> {
    await this.rows.delete({ id, userId });
  }
}
