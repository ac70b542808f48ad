import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AppError } from '../common/app-error';
import { Transactions } from '../database/transactions';
import { Storage } from '../storage/storage';
import { POSTS_OF_ASSET, STILL_OPEN } from './asset-use.sql';

interface Places {
  id: number;
  storageKey: string | null;
  uploadKey: string | null;
}

const PLACES = `a.id, a.storage_key AS "storageKey", a.upload_key AS "uploadKey"`;

/**
 * Takes files away, never from under a post. An asset is locked before its posts are looked at, and a post that is made
 * locks its assets (`holdAssets`), so whichever comes second sees the other.
 */
@Injectable()
export class AssetRemoval {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly storage: Storage,
  ) {}

  /**
   * Deletes an asset with its file. The row goes first: a file without a row is a few lost bytes, a row without a file is
   * a post that fails.
   * @throws AppError `asset_in_use`
   */
  async delete(id: number): Promise<void> {
    const places = await this.transactions.run(async (tx) => {
      await tx.query('SELECT FROM assets WHERE id = $1 FOR UPDATE', [id]);
      const posts: { id: number; status: string }[] = await tx.query(
        `SELECT p.id, p.status FROM assets a, LATERAL (SELECT p.id, p.status ${POSTS_OF_ASSET} ${STILL_OPEN}) p
         WHERE a.id = $1 ORDER BY p.id LIMIT 4`,
        [id],
      );
      if (posts.length > 0) throw inUse(posts);
      return this.changed(tx, `DELETE FROM assets a WHERE id = $1 RETURNING ${PLACES}`, [id]);
    });
    for (const one of places) await this.removeFiles(one);
  }

  /**
   * So many uploaded assets whose posts have all ended, the last of them so long ago, become `expired`: they can't be posted
   * any more, and their files are deleted by `clearFiles`. Assets that no post ever showed stay.
   * @returns how many
   */
  async expire(retentionMs: number, atMost: number): Promise<number> {
    const gone = await this.transactions.run(async (tx) => {
      const old = `a.created_at < now() - $1 * interval '1 ms'`;
      // Two statements: the second has to see what was committed before the lock was had.
      const locked: { id: number }[] = await tx.query(
        `SELECT a.id FROM assets a WHERE a.status = 'ready' AND a.storage_key IS NOT NULL AND ${old}
           AND ${unused('$1')} ORDER BY a.id LIMIT $2 FOR UPDATE SKIP LOCKED`,
        [retentionMs, atMost],
      );
      return this.changed(
        tx,
        `UPDATE assets a SET status = 'expired' WHERE a.id = ANY($2) AND ${unused('$1')} RETURNING ${PLACES}`,
        [retentionMs, locked.map(({ id }) => id)],
      );
    });
    return gone.length;
  }

  /** So many uploads that were never completed, a day after their URL was given out, become `expired`. @returns how many */
  async giveUpUploads(afterMs: number, atMost: number): Promise<number> {
    const gone = await this.transactions.run((tx) =>
      this.changed(
        tx,
        `UPDATE assets a SET status = 'expired' WHERE a.id IN (SELECT id FROM assets
           WHERE status = 'uploading' AND created_at < now() - $1 * interval '1 ms'
           ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING ${PLACES}`,
        [afterMs, atMost],
      ),
    );
    return gone.length;
  }

  /**
   * Deletes the files of so many expired assets, those too that a crash or a storage that was away left behind; then the
   * rows of uploads that never came. Two workers at one file do no harm. @returns how many
   */
  async clearFiles(atMost: number): Promise<number> {
    const left: Places[] = await this.dataSource.query(
      `SELECT ${PLACES} FROM assets a WHERE status = 'expired' AND (storage_key IS NOT NULL OR upload_key IS NOT NULL)
       ORDER BY id LIMIT $1`,
      [atMost],
    );
    for (const one of left) {
      await this.removeFiles(one);
      await this.dataSource.query(
        one.uploadKey === null
          ? `UPDATE assets SET storage_key = NULL WHERE id = $1 AND status = 'expired'`
          : `DELETE FROM assets WHERE id = $1 AND status = 'expired'`,
        [one.id],
      );
    }
    return left.length;
  }

  private async removeFiles({ storageKey, uploadKey }: Places): Promise<void> {
    if (storageKey !== null) await this.storage.remove(storageKey);
    if (uploadKey !== null) await this.storage.dropUpload(uploadKey);
  }

  /** TypeORM answers an UPDATE or DELETE … RETURNING as [rows, count]. */
  private async changed(tx: EntityManager, sql: string, values: unknown[]): Promise<Places[]> {
    const [rows]: [Places[]] = await tx.query(sql, values);
    return rows;
  }
}

/** SQL over the row `a`: some post showed it, none needs it, and none was touched for so many milliseconds. */
function unused(milliseconds: string): string {
  const young = `p.updated_at > now() - ${milliseconds} * interval '1 ms'`;
  return `EXISTS (SELECT ${POSTS_OF_ASSET}) AND NOT EXISTS (SELECT ${POSTS_OF_ASSET} ${STILL_OPEN})
    AND NOT EXISTS (SELECT ${POSTS_OF_ASSET} AND ${young})`;
}

function inUse(posts: { id: number; status: string }[]): AppError {
  const named = posts.slice(0, 3).map(({ id, status }) => `${id} (${status})`);
  const more = posts.length > named.length ? ' and others' : '';
  return new AppError('asset_in_use', `The asset is needed by post ${named.join(', ')}${more}.`, {
    action_required: 'Cancel or delete those posts, give them other media, or wait until they have ended.',
  });
}
