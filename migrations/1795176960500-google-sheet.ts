import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A row of a Google Sheet for each published post: another channel, with rows of its own in `notifications`. */
export class GoogleSheet1795176960500 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE notifications DROP CONSTRAINT notifications_channel_check,
        ADD CONSTRAINT notifications_channel_check
          CHECK (channel IN ('log', 'slack', 'operators_email', 'user_email', 'google_sheet'));
      CREATE INDEX events_of_published_posts ON events (created_at) WHERE type = 'post.published';
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP INDEX events_of_published_posts;
      DELETE FROM notifications WHERE channel = 'google_sheet';
      ALTER TABLE notifications DROP CONSTRAINT notifications_channel_check,
        ADD CONSTRAINT notifications_channel_check CHECK (channel IN ('log', 'slack', 'operators_email', 'user_email'));
    `);
  }
}
