import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A post is one row: what the user asked for, and how far publishing has come. docs/states.md explains the columns. */
export class Posts1795176180000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`

      CREATE TABLE posts (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        account_row_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        account_id text NOT NULL,
        media_type text NOT NULL CHECK (media_type IN ('IMAGE', 'REELS', 'STORIES', 'CAROUSEL')),
        video_id bigint,
        items jsonb NOT NULL CHECK (jsonb_array_length(items) BETWEEN 1 AND 10),
        caption text,
        options jsonb NOT NULL DEFAULT '{}',
        scheduled_time timestamptz,
        due_at timestamptz NOT NULL,

        status text NOT NULL,
        outcome text NOT NULL DEFAULT 'not_live',
        step text NOT NULL DEFAULT 'create',
        next_action_at timestamptz,
        epoch integer NOT NULL DEFAULT 0,
        lease_until timestamptz,
        takeovers integer NOT NULL DEFAULT 0,

        container_id text,
        container_created_at timestamptz,
        intent_at timestamptz,
        publish_calls integer NOT NULL DEFAULT 0,
        doubts integer NOT NULL DEFAULT 0,
        refusal jsonb,
        failures jsonb NOT NULL DEFAULT '{}',

        instagram_post_id text,
        permalink text,
        posted_at timestamptz,
        error_type text,
        error_message text,
        instagram_error_code integer,
        instagram_error_subcode integer,
        fbtrace_id text,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),

        CONSTRAINT posts_status CHECK (status IN ('draft', 'scheduled', 'posting', 'processing', 'completed', 'failed',
          'canceled', 'missed', 'needs_review')),
        CONSTRAINT posts_step CHECK (step IN ('create', 'await', 'publish', 'verify', 'link', 'done')),
        CONSTRAINT posts_outcome CHECK (outcome IN ('not_live', 'live', 'unknown')),
        CONSTRAINT posts_completed_means_live CHECK ((status = 'completed') = (outcome = 'live')),
        CONSTRAINT posts_failed_means_not_live CHECK (status <> 'failed' OR outcome = 'not_live'),
        CONSTRAINT posts_needs_review_means_unknown CHECK (status <> 'needs_review' OR outcome = 'unknown'),
        CONSTRAINT posts_intent_has_a_container CHECK (intent_at IS NULL OR container_id IS NOT NULL),
        CONSTRAINT posts_own_their_media UNIQUE (account_row_id, instagram_post_id)
      );
      CREATE INDEX posts_to_act_on ON posts (next_action_at) WHERE next_action_at IS NOT NULL;
      CREATE INDEX posts_of_a_user ON posts (user_id, id DESC);

      CREATE TABLE post_timeline (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        post_id bigint NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
        at timestamptz NOT NULL DEFAULT now(),
        kind text NOT NULL CHECK (kind IN ('state', 'call', 'decision')),
        summary text NOT NULL,
        detail jsonb NOT NULL DEFAULT '{}'
      );
      CREATE INDEX post_timeline_of_a_post ON post_timeline (post_id, id);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE post_timeline; DROP TABLE posts`);
  }
}
