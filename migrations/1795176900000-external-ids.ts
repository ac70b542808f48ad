import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a client calls a post; no two posts of a user have the same. */
export class ExternalIds1795176900000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE posts ADD COLUMN external_id text CHECK (char_length(external_id) BETWEEN 1 AND 255);
      CREATE UNIQUE INDEX posts_external_ids_are_unique ON posts (user_id, external_id) WHERE external_id IS NOT NULL;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP INDEX posts_external_ids_are_unique; ALTER TABLE posts DROP COLUMN external_id`);
  }
}
