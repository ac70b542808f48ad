import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { hashOf } from './one-time-text';

/** A Page to choose, as it is kept: what the dialog gave, with its token sealed. */
export interface KeptPage {
  id: string;
  name: string;
  tasks: string[];
  canPublish: boolean;
  sealedToken: string | null;
  account: {
    id: string;
    username: string | null;
    name: string | null;
    profilePictureUrl: string | null;
    followersCount: number | null;
  };
}

/** Logins that wait for a person to choose; of their tokens only the hashes are kept. */
@Injectable()
export class SelectionsRepository {
  constructor(private readonly dataSource: DataSource) {}

  async create(hash: Buffer, userId: number, pages: KeptPage[], lifeSeconds: number): Promise<void> {
    await this.dataSource.query('DELETE FROM account_selections WHERE expires_at <= now()');
    await this.dataSource.query(
      `INSERT INTO account_selections (token_hash, user_id, pages, expires_at)
       VALUES ($1, $2, $3, now() + $4 * interval '1 second')`,
      [hash, userId, JSON.stringify(pages), lifeSeconds],
    );
  }

  /** @returns null when it is unknown, used, expired or another user's */
  async read(token: string, userId: number): Promise<KeptPage[] | null> {
    const [found]: { pages: KeptPage[] }[] = await this.dataSource.query(
      'SELECT pages FROM account_selections WHERE token_hash = $1 AND user_id = $2 AND expires_at > now()',
      [hashOf(token), userId],
    );
    return found?.pages ?? null;
  }

  /** @returns whether this call used it up */
  async use(tx: EntityManager, token: string, userId: number): Promise<boolean> {
    const [, count]: [unknown, number] = await tx.query(
      'DELETE FROM account_selections WHERE token_hash = $1 AND user_id = $2 AND expires_at > now()',
      [hashOf(token), userId],
    );
    return count === 1;
  }
}
