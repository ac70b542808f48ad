import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An Instagram professional account joined to a user. The token is sealed (see src/common/vault.ts) and erased on disconnect. */
export class Accounts1795176060000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`

      CREATE TABLE accounts (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        account_id text NOT NULL CHECK (account_id ~ '^[0-9]+$'),
        login text NOT NULL CHECK (login IN ('facebook', 'instagram')),
        username text,
        page_id text,
        page_name text,
        is_default boolean NOT NULL DEFAULT false,
        access_token text CHECK (access_token LIKE 'v1.%'),
        token_expires_at timestamptz,
        connected_at timestamptz NOT NULL,
        disconnected_at timestamptz,
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT accounts_once_per_user UNIQUE (user_id, account_id),
        CONSTRAINT accounts_hold_a_token_while_connected CHECK ((access_token IS NULL) = (disconnected_at IS NOT NULL)),
        CONSTRAINT accounts_default_is_connected CHECK (NOT is_default OR disconnected_at IS NULL)
      );
      CREATE UNIQUE INDEX accounts_one_default ON accounts (user_id) WHERE is_default;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE accounts`);
  }
}
