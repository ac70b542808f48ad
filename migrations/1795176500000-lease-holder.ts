import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whose lease it is: when a worker dies, the only post that it held may be to blame, one of many hardly is. */
export class LeaseHolder1795176500000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE posts ADD COLUMN lease_holder text, ADD COLUMN blamed integer NOT NULL DEFAULT 0;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE posts DROP COLUMN lease_holder, DROP COLUMN blamed`);
  }
}
