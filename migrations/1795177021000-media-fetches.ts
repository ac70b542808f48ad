import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who fetched which file of ours and what became of it. No addresses: behind a proxy they would be the proxy's. No foreign
 * key to posts: its row lock would make a claim pass the post over (FOR UPDATE SKIP LOCKED) just when Meta is fetching.
 */
export class MediaFetches1795177021000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE media_fetches (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        asset_id bigint NOT NULL REFERENCES assets (id) ON DELETE CASCADE,
        post_id bigint,
        item integer,
        at timestamptz NOT NULL,
        method text NOT NULL,
        user_agent text,
        byte_range text,
        status integer NOT NULL,
        bytes_sent bigint NOT NULL,
        bytes_wanted bigint,
        duration_ms integer NOT NULL,
        is_whole boolean NOT NULL
      );
      CREATE INDEX media_fetches_of_a_post ON media_fetches (post_id, at) WHERE post_id IS NOT NULL;
      CREATE INDEX media_fetches_of_an_asset ON media_fetches (asset_id, at);
      CREATE INDEX media_fetches_by_age ON media_fetches (at);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE media_fetches`);
  }
}
