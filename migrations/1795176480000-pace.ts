import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What keeps us below Instagram's limits. `gates`: until when an app, an account or the whole platform is left alone.
 * `account_quotas`: what Instagram said of the publishing quota. `container_counts`: containers made, by the hour.
 * `posts.wait_reason`: why a post that is due is not worked on. `accounts.action_required`: why its token is of no use.
 */
export class Pace1795176480000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE gates (
        scope text NOT NULL CHECK (scope IN ('app', 'account', 'platform')),
        subject text NOT NULL,
        closed_until timestamptz,
        stated boolean NOT NULL DEFAULT false,
        why text,
        usage smallint NOT NULL DEFAULT 0,
        usage_at timestamptz,
        round integer NOT NULL DEFAULT 0,
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (scope, subject)
      );

      CREATE TABLE account_quotas (
        account_id text PRIMARY KEY,
        total integer,
        external integer NOT NULL DEFAULT 0,
        exhausted_until timestamptz,
        seen_at timestamptz NOT NULL
      );

      CREATE TABLE container_counts (
        account_id text NOT NULL,
        hour timestamptz NOT NULL,
        made integer NOT NULL,
        PRIMARY KEY (account_id, hour)
      );

      ALTER TABLE accounts ADD COLUMN action_required text;
      ALTER TABLE posts ADD COLUMN wait_reason text;
      CREATE INDEX posts_by_account_and_time ON posts (account_id, next_action_at, due_at, id)
        WHERE next_action_at IS NOT NULL;
      CREATE INDEX posts_held_by_workers ON posts (account_id) WHERE lease_until IS NOT NULL;
      CREATE INDEX posts_by_account_and_intent ON posts (account_id, intent_at) WHERE intent_at IS NOT NULL;
      CREATE INDEX posts_that_wait ON posts (wait_reason) WHERE wait_reason IS NOT NULL;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP INDEX posts_that_wait, posts_by_account_and_intent, posts_held_by_workers, posts_by_account_and_time;
      ALTER TABLE posts DROP COLUMN wait_reason;
      ALTER TABLE accounts DROP COLUMN action_required;
      DROP TABLE container_counts, account_quotas, gates;
    `);
  }
}
