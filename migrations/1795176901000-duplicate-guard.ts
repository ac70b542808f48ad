import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What stands in the way of the same content going live twice on an account. A row for each post that is to go live, or
 * has: which content (a hash), and from its time on for how long the same is a duplicate. A table of its own, so that
 * nothing which publishing writes can ever wait for it. Ranges instead of numbers, so that GiST needs no extension.
 * Posts from before, or made by an older process, have no row: they are not compared until a client moves them.
 */
export class DuplicateGuard1795176901000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE posts ADD COLUMN allow_duplicate boolean NOT NULL DEFAULT false;

      CREATE TABLE post_fingerprints (
        post_id bigint PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE,
        account_row_id bigint NOT NULL,
        fingerprint bigint NOT NULL,
        guarded tstzrange NOT NULL,
        allowed boolean NOT NULL,
        CONSTRAINT posts_are_no_duplicates EXCLUDE USING gist (
          int8range(fingerprint, fingerprint, '[]') WITH &&,
          int8range(account_row_id, account_row_id, '[]') WITH &&,
          guarded WITH &&) WHERE (NOT allowed)
      );
      CREATE INDEX post_fingerprints_by_content ON post_fingerprints (account_row_id, fingerprint);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE post_fingerprints; ALTER TABLE posts DROP COLUMN allow_duplicate`);
  }
}
