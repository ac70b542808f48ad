import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Mending: what was done to an asset, and videos that ffmpeg is at work on. `mend_attempts` is the fence of a claim, `mend_at`
 * when a video is due, and the end of the lease of who has it.
 */
export class Mending1795177080000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE assets
        ADD COLUMN mended text[] NOT NULL DEFAULT '{}',
        ADD COLUMN error_message text,
        ADD COLUMN progress smallint CHECK (progress BETWEEN 0 AND 100),
        ADD COLUMN mend_attempts integer NOT NULL DEFAULT 0,
        ADD COLUMN mend_at timestamptz,
        ADD CONSTRAINT assets_processing_is_due CHECK ((status = 'processing') = (mend_at IS NOT NULL));
      CREATE INDEX assets_to_mend ON assets (mend_at) WHERE mend_at IS NOT NULL;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE assets DROP CONSTRAINT assets_processing_is_due;
      UPDATE assets SET status = 'ready' WHERE status IN ('processing', 'failed');
      ALTER TABLE assets
        DROP COLUMN mended,
        DROP COLUMN error_message,
        DROP COLUMN progress,
        DROP COLUMN mend_attempts,
        DROP COLUMN mend_at;
    `);
  }
}
