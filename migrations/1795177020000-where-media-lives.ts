import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Assets that are not there yet (`uploading`, under `upload_key`) or not any more (`expired`; `storage_key` stays until
 * the file is deleted), what a URL was warned of, and which posts an asset is in (that index without a list of pending
 * entries: whoever publishes must not be the one who has to clear it).
 */
export class WhereMediaLives1795177020000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE assets
        ADD COLUMN upload_key text UNIQUE,
        ADD COLUMN upload_expires_at timestamptz,
        ADD COLUMN warnings text[] NOT NULL DEFAULT '{}',
        DROP CONSTRAINT assets_status_check,
        ADD CONSTRAINT assets_status_check
          CHECK (status IN ('uploading', 'processing', 'ready', 'failed', 'expired')),
        DROP CONSTRAINT assets_live_in_one_place,
        ADD CONSTRAINT assets_live_in_one_place CHECK (CASE status
          WHEN 'uploading' THEN source_url IS NULL AND storage_key IS NULL
          WHEN 'expired' THEN source_url IS NULL
          ELSE (source_url IS NULL) <> (storage_key IS NULL) END),
        ADD CONSTRAINT assets_are_waited_for_somewhere CHECK (status <> 'uploading' OR upload_key IS NOT NULL),
        ADD CONSTRAINT assets_uploads_expire CHECK ((upload_key IS NULL) = (upload_expires_at IS NULL));
      CREATE INDEX assets_to_clear ON assets (id) WHERE status IN ('uploading', 'expired');
      CREATE INDEX posts_of_an_asset ON posts USING gin (jsonb_path_query_array(items, '$[*].asset_id'))
        WITH (fastupdate = off);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP INDEX posts_of_an_asset;
      DROP INDEX assets_to_clear;
      DELETE FROM assets WHERE status IN ('uploading', 'expired');
      ALTER TABLE assets
        DROP CONSTRAINT assets_uploads_expire,
        DROP CONSTRAINT assets_are_waited_for_somewhere,
        DROP CONSTRAINT assets_live_in_one_place,
        ADD CONSTRAINT assets_live_in_one_place CHECK ((source_url IS NULL) <> (storage_key IS NULL)),
        DROP CONSTRAINT assets_status_check,
        ADD CONSTRAINT assets_status_check CHECK (status IN ('ready')),
        DROP COLUMN warnings,
        DROP COLUMN upload_expires_at,
        DROP COLUMN upload_key;
    `);
  }
}
