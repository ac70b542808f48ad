import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { AppError } from '../common/app-error';
import { type LinkedPage } from './choose-page';
import { hashOf, newOneTimeText } from './one-time-text';
import { SelectionVault } from './selection-vault';
import { SelectionsRepository } from './selections.repository';

const LIFE_SECONDS = 600;

/** What a login reaches, kept until a person has chosen: for 10 minutes, for one user. */
@Injectable()
export class Selections {
  constructor(
    private readonly kept: SelectionsRepository,
    private readonly vault: SelectionVault,
  ) {}

  /** @returns the token to choose with */
  async offer(userId: number, pages: LinkedPage[]): Promise<string> {
    const { text, hash } = newOneTimeText();
    const sealed = pages.map((page) => this.vault.keep(page, { hash, userId }));
    await this.kept.create(hash, userId, sealed, LIFE_SECONDS);
    return text;
  }

  /** @throws AppError `oauth_state_invalid` */
  async pages(userId: number, token: string): Promise<LinkedPage[]> {
    const pages = await this.kept.read(token, userId);
    if (!pages) throw gone();
    return pages.map((page) => this.vault.open(page, { hash: hashOf(token), userId }));
  }

  /** @throws AppError `oauth_state_invalid` when somebody was quicker */
  async use(tx: EntityManager, userId: number, token: string): Promise<void> {
    if (!(await this.kept.use(tx, token, userId))) throw gone();
  }
}

function gone(): AppError {
  return new AppError('oauth_state_invalid', 'This selection_token is unknown, was used before, or has expired.', {
    action_required: 'Have the person log in once more: GET /api/instagram/oauth/authorize.',
  });
}
