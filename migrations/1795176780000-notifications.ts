import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who has been told of which event. The row of the channel `log` says that an event was looked at, so each is looked at
 * once, in whatever order transactions commit. `skipped`: nobody has to hear of it, as of all that happened before this
 * migration. `attempts` is the fence of a claim, `next_attempt_at` also the end of its lease.
 */
export class Notifications1795176780000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE notifications (
        event_id bigint NOT NULL REFERENCES events (id) ON DELETE CASCADE,
        channel text NOT NULL CHECK (channel IN ('log', 'slack', 'operators_email', 'user_email')),
        status text NOT NULL CHECK (status IN ('waiting', 'sent', 'given_up', 'skipped')),
        attempts integer NOT NULL DEFAULT 0,
        created_at timestamptz NOT NULL DEFAULT now(),
        attempted_at timestamptz,
        next_attempt_at timestamptz,
        sent_at timestamptz,
        error text,
        PRIMARY KEY (event_id, channel),
        CONSTRAINT notifications_wait_for_something CHECK ((status = 'waiting') = (next_attempt_at IS NOT NULL)),
        CONSTRAINT notifications_are_sent_at_a_time CHECK ((status = 'sent') = (sent_at IS NOT NULL))
      );
      CREATE INDEX notifications_that_wait ON notifications (channel, next_attempt_at) WHERE status = 'waiting';
      CREATE INDEX notifications_by_attempt ON notifications (channel, attempted_at) WHERE attempted_at IS NOT NULL;
      CREATE INDEX events_worth_telling ON events (created_at)
        WHERE type IN ('account.action_required', 'account.token_expiring', 'account.disconnected', 'post.failed',
          'post.at_risk');

      INSERT INTO notifications (event_id, channel, status)
      SELECT id, 'log', 'skipped' FROM events
      WHERE type IN ('account.action_required', 'account.token_expiring', 'account.disconnected', 'post.failed',
          'post.at_risk')
        AND created_at > now() - interval '2 days';
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP INDEX events_worth_telling;
      DROP TABLE notifications;
    `);
  }
}
