import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What can be posted: a file of ours (storage_key) or somebody's public URL (source_url), with what probing found. */
export class Assets1795176120000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`

      CREATE TABLE assets (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        kind text NOT NULL CHECK (kind IN ('image', 'video')),
        status text NOT NULL CHECK (status IN ('ready')),
        title text,
        alt_text text,
        source_url text,
        storage_key text UNIQUE,
        content_type text NOT NULL,
        size_bytes bigint NOT NULL CHECK (size_bytes > 0),
        width integer,
        height integer,
        duration_seconds double precision,
        codecs text[] NOT NULL DEFAULT '{}',
        video jsonb,
        problems jsonb NOT NULL DEFAULT '[]',
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT assets_live_in_one_place CHECK ((source_url IS NULL) <> (storage_key IS NULL))
      );
      CREATE INDEX assets_of_a_user ON assets (user_id, id DESC);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE assets`);
  }
}
