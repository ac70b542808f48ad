import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The comment that follows a live post, and how far writing it has come; its words are in the post's options. A row comes
 * about in the transaction in which its post is found live. `intent_at`: a call was about to be sent whose outcome is open.
 */
export class FirstComments1795176960000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE first_comments (
        post_id bigint PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE,
        status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'posted', 'failed', 'unknown')),
        next_action_at timestamptz,
        wait_reason text,
        epoch integer NOT NULL DEFAULT 0,
        lease_until timestamptz,
        takeovers integer NOT NULL DEFAULT 0,
        intent_at timestamptz,
        calls integer NOT NULL DEFAULT 0,
        misses integer NOT NULL DEFAULT 0,
        refusal jsonb,
        comment_id text,
        error_type text,
        error_message text,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),

        CONSTRAINT first_comments_wait_for_something CHECK ((status = 'pending') = (next_action_at IS NOT NULL)),
        CONSTRAINT first_comments_open_calls_are_counted CHECK (intent_at IS NULL OR calls > 0)
      );
      CREATE INDEX first_comments_to_act_on ON first_comments (next_action_at) WHERE status = 'pending';
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE first_comments`);
  }
}
