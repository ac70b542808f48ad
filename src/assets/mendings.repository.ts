import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { ToMend } from '../queue/mend-bell';
import { AssetEntity } from './asset.entity';
import { MAX_ATTEMPTS } from './mending-policy';

/** Whose asset is being mended: `attempt` is the fence, in every WHERE. */
export interface MendClaim {
  asset: AssetEntity;
  attempt: number;
}

export type MendedRow = Pick<
  AssetEntity,
  'storageKey' | 'contentType' | 'sizeBytes' | 'width' | 'height' | 'durationSeconds' | 'codecs' | 'video' | 'mended'
>;

/** Nobody took it up: no worker has ffmpeg. */
const NOBODY_CAME = '24 hours';

/** Videos that are to be mended. Time is the database's. */
@Injectable()
export class MendingsRepository {
  constructor(@InjectRepository(AssetEntity) private readonly rows: Repository<AssetEntity>) {}

  /** Null: not due, somebody has it, or it is gone. */
  async claim(id: number, leaseMs: number): Promise<MendClaim | null> {
    const [claimed] = await this.write<{ attempt: number }>(
      `UPDATE assets SET mend_attempts = mend_attempts + 1, mend_at = now() + $2 * interval '1 ms', progress = 0
       WHERE id = $1 AND status = 'processing' AND mend_at <= now() AND mend_attempts < ${MAX_ATTEMPTS}
       RETURNING mend_attempts AS attempt`,
      [id, leaseMs],
    );
    const asset = claimed && (await this.rows.findOneBy({ id }));
    return asset ? { asset, attempt: claimed.attempt } : null;
  }

  /** @returns whether it is still ours */
  async renew({ asset, attempt }: MendClaim, leaseMs: number, progress: number): Promise<boolean> {
    const ours = await this.write(
      `UPDATE assets SET mend_at = now() + $3 * interval '1 ms', progress = $4
       WHERE id = $1 AND mend_attempts = $2 AND status = 'processing' RETURNING id`,
      [asset.id, attempt, leaseMs, progress],
    );
    return ours.length > 0;
  }

  /** It lives in our storage now, wherever it came from. @returns whether it was still ours */
  async finish({ asset, attempt }: MendClaim, row: MendedRow): Promise<boolean> {
    const { affected } = await this.rows.update(
      { id: asset.id, mendAttempts: attempt, status: 'processing' },
      { ...row, sourceUrl: null, problems: [], status: 'ready', progress: null, mendAt: null },
    );
    return affected === 1;
  }

  async fail({ asset, attempt }: MendClaim, message: string): Promise<void> {
    await this.rows.update(
      { id: asset.id, mendAttempts: attempt, status: 'processing' },
      { status: 'failed', errorMessage: message, progress: null, mendAt: null },
    );
  }

  async later({ asset, attempt }: MendClaim, inMs: number): Promise<void> {
    await this.write(
      `UPDATE assets SET mend_at = now() + $3 * interval '1 ms'
       WHERE id = $1 AND mend_attempts = $2 AND status = 'processing' RETURNING id`,
      [asset.id, attempt, inMs],
    );
  }

  /** Due and held by nobody: a lost wake-up, a dead worker. @param roundMs how long a wake-up that came to nothing keeps its name */
  leftBehind(limit: number, roundMs: number): Promise<ToMend[]> {
    return this.rows.query(
      `SELECT id AS "assetId", mend_attempts AS attempts,
         floor(extract(epoch FROM now() - mend_at)::float8 * 1000 / $2)::integer AS round
       FROM assets WHERE mend_at <= now() - interval '1 second' AND mend_attempts < ${MAX_ATTEMPTS}
       ORDER BY mend_at LIMIT $1`,
      [limit, roundMs],
    );
  }

  /** Ends what nobody can mend. @returns how many */
  async giveUp(interrupted: string, nobodyCame: string): Promise<number> {
    const ended = await this.write(
      `UPDATE assets SET status = 'failed', progress = NULL, mend_at = NULL,
         error_message = CASE WHEN mend_attempts >= ${MAX_ATTEMPTS} THEN $1 ELSE $2 END
       WHERE mend_at <= now() AND (mend_attempts >= ${MAX_ATTEMPTS} OR mend_at <= now() - interval '${NOBODY_CAME}')
       RETURNING id`,
      [interrupted, nobodyCame],
    );
    return ended.length;
  }

  /** What an UPDATE … RETURNING gave. */
  private async write<Row>(sql: string, values: unknown[]): Promise<Row[]> {
    const [rows] = await this.rows.query<[Row[], number]>(sql, values);
    return rows;
  }
}
