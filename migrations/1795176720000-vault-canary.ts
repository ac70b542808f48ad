import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * One known value sealed with each key that ever sealed something here and was not retired by `npm run keys:rotate`: a
 * process that cannot open one of them has the wrong keys, and does not start.
 */
export class VaultCanary1795176720000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE vault_canary (
        kid text PRIMARY KEY,
        sealed text NOT NULL CHECK (sealed LIKE 'v1.%'),
        created_at timestamptz NOT NULL DEFAULT now()
      );
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE vault_canary`);
  }
}
