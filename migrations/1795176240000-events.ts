import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The outbox: what happened, written in the transaction that made it happen. */
export class Events1795176240000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`

      CREATE TABLE events (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        type text NOT NULL,
        post_id bigint,
        account_id text,
        data jsonb NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX events_of_a_post ON events (post_id, id) WHERE post_id IS NOT NULL;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE events`);
  }
}
