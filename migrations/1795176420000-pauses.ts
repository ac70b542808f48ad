import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What is switched off right now, and who switched what and when. No foreign keys: a switch holds, and the record of it
 * stays, whatever becomes of who set it.
 */
export class Pauses1795176420000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`

      CREATE TABLE pauses (
        scope text NOT NULL,
        subject text NOT NULL,
        reason text,
        paused_by bigint NOT NULL,
        paused_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (scope, subject),
        CONSTRAINT pauses_scope CHECK (scope IN ('all', 'user', 'account')),
        CONSTRAINT pauses_subject CHECK (CASE WHEN scope = 'all' THEN subject = '' ELSE subject ~ '^[1-9][0-9]*$' END)
      );

      CREATE TABLE pause_audit (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT now(),
        scope text NOT NULL CHECK (scope IN ('all', 'user', 'account')),
        subject text NOT NULL,
        action text NOT NULL CHECK (action IN ('paused', 'resumed')),
        reason text,
        by_user bigint NOT NULL
      );
      CREATE INDEX pause_audit_of_a_subject ON pause_audit (scope, subject, id DESC);

      CREATE FUNCTION pause_audit_is_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'pause_audit is written once'; END
      $$;
      CREATE TRIGGER pause_audit_is_written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON pause_audit
        FOR EACH STATEMENT EXECUTE FUNCTION pause_audit_is_written_once();
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE pause_audit; DROP FUNCTION pause_audit_is_written_once(); DROP TABLE pauses`);
  }
}
