import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The containers of a carousel's items, in their order: `{containerId, createdAt, ready}`. Empty for everything else. */
export class CarouselChildren1795176360000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE posts ADD COLUMN children jsonb NOT NULL DEFAULT '[]';
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE posts DROP COLUMN children`);
  }
}
