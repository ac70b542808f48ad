import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Assets that ask to be posted as soon as they are ready, with the row itself: `waiting` until a worker made the post
 * (`auto_post_id`) in the transaction that says so, or could not, and why.
 */
export class AutoPosts1795176961000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE assets
        ADD COLUMN caption text,
        ADD COLUMN auto_post text CHECK (auto_post IN ('waiting', 'posted', 'failed')),
        ADD COLUMN auto_post_id bigint,
        ADD COLUMN auto_post_error_type text,
        ADD COLUMN auto_post_message text;
      CREATE INDEX assets_to_post ON assets (id) WHERE auto_post = 'waiting';
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE assets DROP COLUMN caption, DROP COLUMN auto_post, DROP COLUMN auto_post_id,
        DROP COLUMN auto_post_error_type, DROP COLUMN auto_post_message;
    `);
  }
}
