import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who may call: our own users (e-mail and password) and those of an outside issuer (issuer and subject). */
export class Users1795176000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`

      CREATE TABLE users (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        email text,
        password_hash text,
        issuer text,
        subject text,
        roles text[] NOT NULL DEFAULT '{}',
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT users_are_known_by_password_or_issuer CHECK (
          (email IS NOT NULL AND password_hash IS NOT NULL AND email = lower(email))
          OR (issuer IS NOT NULL AND subject IS NOT NULL)
        )
      );
      CREATE UNIQUE INDEX users_email ON users (email);
      CREATE UNIQUE INDEX users_subject ON users (issuer, subject);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE users`);
  }
}
