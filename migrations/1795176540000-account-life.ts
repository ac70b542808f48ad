import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What keeping an account alive needs to know: how old its token is and what it may do, who logged in, what Instagram last
 * said of the account; and a record of everything that was done to it.
 */
export class AccountLife1795176540000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE accounts
        ADD COLUMN token_version integer NOT NULL DEFAULT 1,
        ADD COLUMN token_issued_at timestamptz,
        ADD COLUMN token_checked_at timestamptz,
        ADD COLUMN refresh_failed_at timestamptz,
        ADD COLUMN data_access_expires_at timestamptz,
        ADD COLUMN scopes text[] NOT NULL DEFAULT '{}',
        ADD COLUMN app_scoped_user_id text,
        ADD COLUMN details jsonb,
        ADD COLUMN details_at timestamptz,
        ADD COLUMN warned_days integer;
      CREATE INDEX accounts_of_a_person ON accounts (login, app_scoped_user_id) WHERE app_scoped_user_id IS NOT NULL;

      CREATE TABLE account_audit (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT now(),
        user_id bigint,
        account_row_id bigint,
        account_id text,
        action text NOT NULL,
        by text NOT NULL,
        detail jsonb NOT NULL DEFAULT '{}'
      );
      CREATE INDEX account_audit_of_a_user ON account_audit (user_id, id DESC);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TABLE account_audit;
      DROP INDEX accounts_of_a_person;
      ALTER TABLE accounts DROP COLUMN token_version, DROP COLUMN token_issued_at, DROP COLUMN token_checked_at,
        DROP COLUMN refresh_failed_at, DROP COLUMN data_access_expires_at, DROP COLUMN scopes,
        DROP COLUMN app_scoped_user_id, DROP COLUMN details, DROP COLUMN details_at, DROP COLUMN warned_days;
    `);
  }
}
