import { Injectable } from '@nestjs/common';
import type { AuditEntry } from '../accounts/account-audit';
import { AccountTokens } from '../accounts/account-tokens';
import { AccountsService } from '../accounts/accounts.service';
import { AppError } from '../common/app-error';
import { Clock } from '../common/clock';
import { GraphError } from '../graph';
import { failureOf, TokenCalls } from './token-calls';
import { afterFailure, tokenStep } from './token-policy';
import { TokenRecord } from './token-record';
import { type KeptToken } from './tokens.repository';

/** What became of a token. `overtaken`: somebody replaced it meanwhile, and what was found out is about the old one. */
export type Kept =
  | { did: 'refreshed' | 'checked'; expiresAt: Date | null }
  | { did: 'failed'; error: AppError }
  | { did: 'left' | 'overtaken' };

/** Does what the policy says to a claimed token: the calls outside, what came of them in one transaction. */
@Injectable()
export class TokenKeeper {
  constructor(
    private readonly calls: TokenCalls,
    private readonly written: TokenRecord,
    private readonly tokens: AccountTokens,
    private readonly accounts: AccountsService,
    private readonly clock: Clock,
  ) {}

  /** Whatever is due now. */
  async keep(token: KeptToken, by: AuditEntry['by']): Promise<Kept> {
    const step = tokenStep(token, this.clock.now(), this.written.rules);
    switch (step.what) {
      case 'refresh':
        return this.refresh(token, by);
      case 'check':
        return this.check(token, by);
      case 'give_up':
        return this.dead(token, by, this.clock.now(), ENDED);
      case 'wait':
        await this.written.leave(token, step.until);
        return { did: 'left' };
    }
  }

  /** Of Instagram Login only. */
  async refresh(token: KeptToken, by: AuditEntry['by']): Promise<Kept> {
    const began = this.clock.now();
    return this.orFailed(token, by, began, async () => {
      const { accessToken, expiresAt, appScopedUserId } = await this.calls.refresh(token);
      const sealed = this.tokens.seal(accessToken, token);
      const fresh = { sealed, issuedAt: began, checkedAt: this.clock.now(), expiresAt, appScopedUserId };
      const won = await this.written.refreshed(token, by, fresh);
      return won ? { did: 'refreshed', expiresAt } : { did: 'overtaken' };
    });
  }

  async check(token: KeptToken, by: AuditEntry['by']): Promise<Kept> {
    const began = this.clock.now();
    return this.orFailed(token, by, began, async () => {
      const { missingScope, ...facts } = await this.calls.check(token);
      if (missingScope !== undefined) return this.dead(token, by, began, lacks(missingScope));
      await this.written.checked(token, facts, this.clock.now());
      return { did: 'checked', expiresAt: facts.expiresAt === undefined ? token.expiresAt : facts.expiresAt };
    });
  }

  /** The old token stays whatever happens, but for a death that Meta declared by its own code. */
  private async orFailed(
    token: KeptToken,
    by: AuditEntry['by'],
    began: Date,
    work: () => Promise<Kept>,
  ): Promise<Kept> {
    try {
      return await work();
    } catch (error) {
      const failure = failureOf(error);
      if (!failure || !(error instanceof AppError)) throw error;
      const msLeft = token.expiresAt && token.expiresAt.getTime() - this.clock.now().getTime();
      const next = afterFailure(failure, token.attempts, msLeft);
      if (next.dead) return this.dead(token, by, began, error);
      await this.written.failed(token, by, { error, pauseMs: next.pauseMs, at: this.clock.now() });
      return { did: 'failed', error };
    }
  }

  private async dead(token: KeptToken, by: AuditEntry['by'], since: Date, error: AppError): Promise<Kept> {
    const kind = error instanceof GraphError ? error.kind : error.errorType;
    const advice = error.extras.action_required ?? error.detail;
    const done = await this.written.dead(token, by, { error, at: this.clock.now() }, (tx) =>
      this.accounts.needsAction(tx, token.rowId, { kind, advice }, since),
    );
    return done ? { did: 'failed', error } : { did: 'overtaken' };
  }
}

const ENDED = new AppError('token_expired', 'The access token has expired, and could not be refreshed before.', {
  action_required: 'Connect the account again.',
});

function lacks(scope: string): AppError {
  return new AppError('permission_denied', `The permission ${scope} was withdrawn.`, {
    action_required: `Connect the account again and grant ${scope}.`,
  });
}
