import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Login } from '../graph/index';
import { hashOf, newOneTimeText } from './one-time-text';

/** What a state was handed out for. */
export interface LoginState {
  userId: number;
  login: Login;
  /** Byte for byte as the dialog was given it. */
  redirectUri: string;
}

/** States that were handed out; only their hashes are kept. */
@Injectable()
export class LoginStatesRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** @returns the state, which is written nowhere else */
  async create({ userId, login, redirectUri }: LoginState, lifeSeconds: number): Promise<string> {
    const { text, hash } = newOneTimeText();
    await this.dataSource.query('DELETE FROM oauth_states WHERE expires_at <= now()');
    await this.dataSource.query(
      `INSERT INTO oauth_states (state_hash, user_id, login, redirect_uri, expires_at)
       VALUES ($1, $2, $3, $4, now() + $5 * interval '1 second')`,
      [hash, userId, login, redirectUri, lifeSeconds],
    );
    return text;
  }

  /** Whoever shows a state uses it up, rightly or not. @returns null when it is unknown, used or expired */
  async use(state: string): Promise<LoginState | null> {
    const [[found]]: [(LoginState & { isGood: boolean })[], number] = await this.dataSource.query(
      `DELETE FROM oauth_states WHERE state_hash = $1
       RETURNING user_id AS "userId", login, redirect_uri AS "redirectUri", expires_at > now() AS "isGood"`,
      [hashOf(state)],
    );
    return found?.isGood ? { userId: found.userId, login: found.login, redirectUri: found.redirectUri } : null;
  }
}
