import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type Repository } from 'typeorm';
import { type User } from './current-user';
import { UserRow } from './user.entity';

/** A user who signs in here. */
export interface PasswordUser extends User {
  email: string;
  passwordHash: string;
}

@Injectable()
export class UsersRepository {
  constructor(@InjectRepository(UserRow) private readonly rows: Repository<UserRow>) {}

  /** @returns null when the e-mail is taken; the unique index decides, also between two simultaneous calls. */
  async register(email: string, passwordHash: string): Promise<(User & { email: string }) | null> {
    const [row] = await this.rows.query<(User & { email: string })[]>(
      `INSERT INTO users (email, password_hash) VALUES (lower($1), $2)
       ON CONFLICT (email) DO NOTHING RETURNING id, email, roles`,
      [email, passwordHash],
    );
    return row ?? null;
  }

  async byEmail(email: string): Promise<PasswordUser | null> {
    const [row] = await this.rows.query<PasswordUser[]>(
      `SELECT id, email, roles, password_hash AS "passwordHash" FROM users
       WHERE email = lower($1) AND password_hash IS NOT NULL`,
      [email],
    );
    return row ?? null;
  }

  /** The user of one of our own tokens. Users of an outside issuer are never found by their id. */
  async own(id: number): Promise<User | null> {
    const [row] = await this.rows.query<User[]>(
      `SELECT id, email, roles FROM users WHERE id = $1 AND password_hash IS NOT NULL`,
      [id],
    );
    return row ?? null;
  }

  /** The user an outside issuer calls `subject`, made on first sight. Simultaneous first requests make one row. */
  async outside(issuer: string, subject: string): Promise<User> {
    const known = await this.bySubject(issuer, subject);
    if (known) return known;
    await this.rows.query(
      `INSERT INTO users (issuer, subject) VALUES ($1, $2) ON CONFLICT (issuer, subject) DO NOTHING`,
      [issuer, subject],
    );
    const made = await this.bySubject(issuer, subject);
    if (!made) throw new Error('A user vanished right after being provisioned');
    return made;
  }

  private async bySubject(issuer: string, subject: string): Promise<User | null> {
    const [row] = await this.rows.query<User[]>(
      `SELECT id, email, roles FROM users WHERE issuer = $1 AND subject = $2`,
      [issuer, subject],
    );
    return row ?? null;
  }
}
