import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThan, type Repository } from 'typeorm';
import { AssetEntity } from './asset.entity';

export type NewAsset = Omit<
  AssetEntity,
  | 'id'
  | 'createdAt'
  | 'progress'
  | 'errorMessage'
  | 'mendAttempts'
  | 'mendAt'
  | 'autoPostId'
  | 'autoPostErrorType'
  | 'autoPostMessage'
>;
export type AssetFacts = Omit<NewAsset, 'userId' | 'title' | 'altText' | 'caption' | 'autoPost'>;

/** One that is `processing` is due at once. */
const dueWhen = (status: NewAsset['status']) => (status === 'processing' ? { mendAt: () => 'now()', progress: 0 } : {});

/** The rows of `assets`, always of one user. */
@Injectable()
export class AssetsRepository {
  constructor(@InjectRepository(AssetEntity) private readonly rows: Repository<AssetEntity>) {}

  async insert(asset: NewAsset): Promise<AssetEntity> {
    const { identifiers } = await this.rows.insert({ ...asset, mendAttempts: 0, ...dueWhen(asset.status) });
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

  /** An upload that is there, with what it is. @returns false when another request was first, or it was given up */
  async complete(id: number, uploadKey: string, facts: AssetFacts): Promise<boolean> {
    const { affected } = await this.rows.update(
      { id, uploadKey, status: 'uploading' },
      { ...facts, ...dueWhen(facts.status) },
    );
    return affected === 1;
  }

  /** An upload that is no use. @returns false when it is none any more */
  async giveUp(id: number, uploadKey: string): Promise<boolean> {
    const { affected } = await this.rows.delete({ id, uploadKey, status: 'uploading' });
    return affected === 1;
  }
}
