import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How late a post may be published; later than that it is missed. */
export class PostLifecycle1795176300000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE posts ADD COLUMN max_lateness_seconds integer CHECK (max_lateness_seconds > 0);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE posts DROP COLUMN max_lateness_seconds`);
  }
}
