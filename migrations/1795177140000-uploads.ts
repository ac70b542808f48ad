import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How much of its video a post has sent to Instagram: `{sizeBytes, sentBytes, state, doneAt}`. Null where Instagram fetches
 * the media itself. Each child of a carousel has its own, in `children`.
 */
export class Uploads1795177140000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE posts ADD COLUMN upload jsonb CHECK (upload->>'state' IN ('send', 'ask', 'done'));
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE posts DROP COLUMN upload`);
  }
}
