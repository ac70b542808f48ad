import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What people asked Meta to have erased here. `request_hash` tells a repetition of the same request; `accounts` is what is
 * still to be looked after, and empty once all is done. Nothing in it says who asked.
 */
export class DataDeletions1795176721000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE data_deletions (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        confirmation_code text NOT NULL UNIQUE,
        request_hash text NOT NULL UNIQUE,
        status text NOT NULL CHECK (status IN ('pending', 'completed')),
        accounts jsonb NOT NULL DEFAULT '[]',
        requested_at timestamptz NOT NULL,
        completed_at timestamptz,
        CONSTRAINT data_deletions_end CHECK ((status = 'completed') = (completed_at IS NOT NULL)),
        CONSTRAINT data_deletions_forget CHECK (status = 'pending' OR accounts = '[]')
      );
      CREATE INDEX data_deletions_pending ON data_deletions (id) WHERE status = 'pending';
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE data_deletions`);
  }
}
