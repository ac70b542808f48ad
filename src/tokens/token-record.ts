import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AuditEntry } from '../accounts/account-audit';
import type { AppError } from '../common/app-error';
import { Log } from '../common/log';
import { Settings } from '../config/settings';
import { Transactions } from '../database/transactions';
import { Events } from '../events/events';
import { GraphError } from '../graph';
import { tokenStep, type TokenRules } from './token-policy';
import { type KeptToken, type NewToken, type TokenFacts, TokensRepository } from './tokens.repository';

/** A dead token is not looked at again until a person acted; should one ask, it is not done in a circle. */
const AFTER_DEATH_MS = 3_600_000;

/** Writes down what became of a token: the row, the event and the audit, all or nothing, and the log after it. */
@Injectable()
export class TokenRecord {
  readonly rules: TokenRules;

  constructor(
    private readonly repository: TokensRepository,
    private readonly transactions: Transactions,
    private readonly events: Events,
    private readonly log: Log,
    settings: Settings,
  ) {
    this.rules = settings.tokens;
  }

  /** @returns whether the old one was still there to be replaced */
  async refreshed(token: KeptToken, by: AuditEntry['by'], fresh: Omit<NewToken, 'nextAt'>): Promise<boolean> {
    const { userId, accountId, username } = token;
    const expires_at = fresh.expiresAt?.toISOString() ?? null;
    const won = await this.transactions.run(async (tx) => {
      const nextAt = this.nextLook({ ...token, ...fresh }, fresh.checkedAt);
      if (!(await this.repository.replace(tx, token, { ...fresh, nextAt }))) return false;
      const data = { account_id: accountId, username, token_expires_at: expires_at };
      await this.events.append(tx, { userId, type: 'account.token_refreshed', accountId, data });
      const detail = { version: token.version + 1, token_expires_at: expires_at };
      await this.repository.record(tx, token, { action: 'refreshed', by, detail });
      return true;
    });
    this.log.info(won ? 'account.token_refreshed' : 'account.refresh_overtaken', { ...about(token), expires_at, by });
    return won;
  }

  async checked(token: KeptToken, facts: TokenFacts, at: Date): Promise<void> {
    const { expiresAt = token.expiresAt, issuedAt = token.issuedAt } = facts;
    const nextAt = this.nextLook({ ...token, expiresAt, issuedAt, checkedAt: at }, at);
    await this.transactions.run((tx) => this.repository.checked(tx, token, facts, { at, nextAt }));
  }

  async failed(
    token: KeptToken,
    by: AuditEntry['by'],
    { error, pauseMs, at }: Failed & { pauseMs: number },
  ): Promise<void> {
    const nextAt = new Date(at.getTime() + pauseMs);
    const detail = { ...codesOf(error), next_at: nextAt.toISOString() };
    await this.transactions.run(async (tx) => {
      await this.repository.failed(tx, token, { at, nextAt });
      await this.repository.record(tx, token, { action: 'refresh_failed', by, detail });
    });
    this.log.info('account.refresh_failed', { ...about(token), ...detail, attempt: token.attempts + 1 });
  }

  /** @returns whether the token that is dead was still the account's */
  async dead(
    token: KeptToken,
    by: AuditEntry['by'],
    { error, at }: Failed,
    tellUser: (tx: EntityManager) => Promise<void>,
  ): Promise<boolean> {
    const was = await this.transactions.run(async (tx) => {
      if (!(await this.repository.isStill(tx, token))) return false;
      await tellUser(tx);
      await this.repository.failed(tx, token, { at, nextAt: new Date(at.getTime() + AFTER_DEATH_MS) });
      await this.repository.record(tx, token, { action: 'checked_dead', by, detail: codesOf(error) });
      return true;
    });
    if (was) this.log.warn('account.token_dead', { ...about(token), ...codesOf(error) });
    return was;
  }

  async leave(token: KeptToken, until: Date | null): Promise<void> {
    await this.repository.leave(token, until);
  }

  private nextLook(token: Parameters<typeof tokenStep>[0], now: Date): Date {
    const step = tokenStep(token, now, this.rules);
    return step.what === 'wait' ? step.until : now;
  }
}

interface Failed {
  error: AppError;
  at: Date;
}

function about({ userId, accountId, login }: KeptToken) {
  return { user_id: userId, account_id: accountId, login };
}

/** What may stand in a record: no text of Meta's. */
function codesOf(error: AppError): Record<string, unknown> {
  if (!(error instanceof GraphError)) return { kind: error.errorType };
  return { kind: error.kind, code: error.code, subcode: error.subcode, fbtrace_id: error.fbtraceId };
}
