import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * When each token is looked at next, who is at it, and what the environment's token was. A new token is a new version, and
 * nothing that was noted about the one before holds for it: a trigger, so that it is true for whoever writes a token.
 */
export class TokenLife1795176660000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE accounts
        ADD COLUMN token_next_at timestamptz,
        ADD COLUMN token_attempts integer NOT NULL DEFAULT 0,
        ADD COLUMN token_lease_until timestamptz,
        ADD COLUMN env_token_sha256 text;
      CREATE INDEX accounts_tokens_to_look_at ON accounts (token_next_at) WHERE access_token IS NOT NULL;

      CREATE FUNCTION accounts_new_token() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        NEW.token_version := OLD.token_version + 1;
        NEW.token_attempts := 0;
        NEW.token_next_at := NULL;
        NEW.token_lease_until := NULL;
        NEW.refresh_failed_at := NULL;
        NEW.warned_days := NULL;
        IF NEW.token_issued_at IS NOT DISTINCT FROM OLD.token_issued_at THEN NEW.token_issued_at := NULL; END IF;
        IF NEW.token_checked_at IS NOT DISTINCT FROM OLD.token_checked_at THEN NEW.token_checked_at := NULL; END IF;
        IF NEW.data_access_expires_at IS NOT DISTINCT FROM OLD.data_access_expires_at THEN
          NEW.data_access_expires_at := NULL;
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER accounts_new_token BEFORE UPDATE OF access_token ON accounts FOR EACH ROW
        WHEN (OLD.access_token IS DISTINCT FROM NEW.access_token) EXECUTE FUNCTION accounts_new_token();
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TRIGGER accounts_new_token ON accounts;
      DROP FUNCTION accounts_new_token();
      DROP INDEX accounts_tokens_to_look_at;
      ALTER TABLE accounts DROP COLUMN token_next_at, DROP COLUMN token_attempts, DROP COLUMN token_lease_until,
        DROP COLUMN env_token_sha256;
    `);
  }
}
