import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { MediaFetch, SeenFetch } from './media-fetch';

/** A crawler that comes in pieces comes often; a story tells the last ones. */
const MOST_TOLD = 200;

const SEEN = `f.at, f.method, f.user_agent AS "userAgent", f.byte_range AS range, f.status, f.bytes_sent AS "bytesSent",
  f.bytes_wanted AS "bytesWanted", f.duration_ms AS "durationMs", f.is_whole AS "isWhole"`;

/** The rows of `media_fetches`. */
@Injectable()
export class MediaFetchesRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Those of files that are assets; what else was asked for is nobody's. */
  async insert(fetches: readonly MediaFetch[]): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO media_fetches (asset_id, post_id, item, at, method, user_agent, byte_range, status, bytes_sent,
         bytes_wanted, duration_ms, is_whole)
       SELECT a.id, p.id, f.item, f.at, f.method, f."userAgent", f.range, f.status, f."bytesSent", f."bytesWanted",
         f."durationMs", f."isWhole"
       FROM jsonb_to_recordset($1::jsonb) f(key text, "postId" bigint, item integer, at timestamptz, method text,
         "userAgent" text, range text, status integer, "bytesSent" bigint, "bytesWanted" bigint, "durationMs" integer,
         "isWhole" boolean)
       JOIN assets a ON a.storage_key = f.key LEFT JOIN posts p ON p.id = f."postId"`,
      [JSON.stringify(fetches)],
    );
  }

  /** Oldest first. */
  async ofPost(postId: number): Promise<(SeenFetch & { item: number })[]> {
    return this.dataSource.query(
      `SELECT * FROM (SELECT ${SEEN}, f.item FROM media_fetches f WHERE post_id = $1 ORDER BY f.at DESC, f.id DESC
         LIMIT ${MOST_TOLD}) latest ORDER BY at`,
      [postId],
    );
  }

  /** Of one medium of a post, and those by which nobody can tell what they were for; oldest first. */
  async ofItem({ postId, item, assetId }: { postId: number; item: number; assetId: number }, since: Date) {
    const rows: SeenFetch[] = await this.dataSource.query(
      `SELECT ${SEEN} FROM media_fetches f WHERE f.at >= $4
         AND ((f.post_id = $1 AND f.item = $2) OR (f.post_id IS NULL AND f.asset_id = $3 AND f.status >= 400))
       ORDER BY f.at, f.id`,
      [postId, item, assetId, since],
    );
    return rows;
  }

  /** Old ones, so many at once. @returns how many */
  async forget(olderThanDays: number, atMost: number): Promise<number> {
    const [, count]: [unknown, number] = await this.dataSource.query(
      `DELETE FROM media_fetches WHERE id IN (SELECT id FROM media_fetches
         WHERE at < now() - $1 * interval '1 day' ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
      [olderThanDays, atMost],
    );
    return count;
  }
}
