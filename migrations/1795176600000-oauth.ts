import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Logins under way: states that were handed out, and accounts to choose among. Neither state nor selection token is kept,
 * only its SHA-256; each is deleted as it is used. And since when an account needs a person.
 */
export class Oauth1795176600000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE oauth_states (
        state_hash bytea PRIMARY KEY,
        user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        login text NOT NULL CHECK (login IN ('facebook', 'instagram')),
        redirect_uri text NOT NULL,
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX oauth_states_by_end ON oauth_states (expires_at);

      CREATE TABLE account_selections (
        token_hash bytea PRIMARY KEY,
        user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        pages jsonb NOT NULL,
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX account_selections_by_end ON account_selections (expires_at);

      ALTER TABLE accounts ADD COLUMN action_required_at timestamptz;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE accounts DROP COLUMN action_required_at;
      DROP TABLE account_selections;
      DROP TABLE oauth_states;
    `);
  }
}
