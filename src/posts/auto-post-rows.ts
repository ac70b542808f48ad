import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/** An asset that asks to be posted, and is not any more in the making. */
export interface WaitingAsset {
  id: number;
  userId: number;
  caption: string | null;
  isReady: boolean;
  ageMs: number;
}

/** Which assets ask to be posted, and what became of it. */
@Injectable()
export class AutoPostRows {
  constructor(private readonly dataSource: DataSource) {}

  /** Oldest first. */
  async waiting(limit: number): Promise<WaitingAsset[]> {
    return this.dataSource.query(
      `SELECT id, user_id AS "userId", caption, status = 'ready' AS "isReady",
         extract(epoch FROM now() - created_at)::float8 * 1000 AS "ageMs"
       FROM assets WHERE auto_post = 'waiting' AND status IN ('ready', 'failed') ORDER BY id LIMIT $1`,
      [limit],
    );
  }

  /** In the transaction that makes the post. @returns false: it is not waiting any more, and must not be posted by this one */
  async posted(tx: EntityManager, assetId: number, postId: number): Promise<boolean> {
    const [, count]: [unknown, number] = await tx.query(
      `UPDATE assets SET auto_post = 'posted', auto_post_id = $2
       WHERE id = $1 AND auto_post = 'waiting' AND status = 'ready'`,
      [assetId, postId],
    );
    return count === 1;
  }

  async failed(assetId: number, errorType: string, message: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE assets SET auto_post = 'failed', auto_post_error_type = $2, auto_post_message = $3
       WHERE id = $1 AND auto_post = 'waiting'`,
      [assetId, errorType, message],
    );
  }
}
