import { Injectable } from '@nestjs/common';
import { AccountTokens } from '../accounts/account-tokens';
import { AppError } from '../common/app-error';
import { Clock } from '../common/clock';
import type { Secret } from '../common/secret';
import { GraphError, InstagramGraph, type GrantedToken, type TokenInspection } from '../graph';
import { PacedReading } from '../pace/paced-reading';
import { isNoWorse, type TokenFailure } from './token-policy';
import type { KeptToken, TokenFacts } from './tokens.repository';

/** The scope without which nothing can be published (reference §1a). */
const PUBLISHING_SCOPE = 'instagram_content_publish';

/** So near its end a token is refreshed even while Instagram wants silence: later there may be none to refresh. */
const URGENT_MS = 48 * 3_600_000;

/** A token that Meta has just given and that was proved to work. */
export interface ProvedToken extends GrantedToken {
  appScopedUserId: string;
}

/** What is asked of Meta about a token. Nothing is stored here. */
@Injectable()
export class TokenCalls {
  constructor(
    private readonly graph: InstagramGraph,
    private readonly reading: PacedReading,
    private readonly tokens: AccountTokens,
    private readonly clock: Clock,
  ) {}

  /**
   * A new token of Instagram Login for the old, after a call with it showed whose it is. The old one stays valid as far as
   * anybody saw; Meta documents neither. @throws GraphError, AppError `rate_limit_exceeded`, UnprovedToken
   */
  async refresh(token: KeptToken): Promise<ProvedToken> {
    const granted = await this.ask(token, (graph, secret) => graph.refreshInstagramToken(secret));
    if (!isNoWorse(token, granted)) throw new UnprovedToken('The new token would end sooner than the old one.');
    try {
      // At once, whatever our pace: a token that was given and is not kept is lost.
      const { id, appScopedId } = await this.graph.identifyInstagramUser(granted.accessToken);
      if (id !== token.accountId) throw new UnprovedToken('The new token is of another account.');
      return { ...granted, appScopedUserId: appScopedId };
    } catch (error) {
      if (!(error instanceof GraphError)) throw error;
      throw new UnprovedToken(`The new token could not be proved to work (${error.kind}).`);
    }
  }

  /**
   * Whether Meta takes the token, and what else it says of it. `missingScope`: Meta takes it, but not to publish.
   * @throws GraphError, AppError `rate_limit_exceeded`
   */
  async check(token: KeptToken): Promise<TokenFacts & { missingScope?: string }> {
    if (token.login === 'facebook') return this.checkFacebook(token);
    const user = await this.ask(token, (graph, secret) => graph.identifyInstagramUser(secret));
    return { appScopedUserId: user.appScopedId, username: user.username };
  }

  /**
   * A token is never condemned on the word of debug_token alone, which is asked with the app's own credentials: a call with
   * the token itself tells, by its code, what is wrong with it.
   */
  private async checkFacebook(token: KeptToken): Promise<TokenFacts & { missingScope?: string }> {
    const said = await this.inspect(token);
    const { accountId } = token;
    if (!said?.isValid || (said.dataAccessExpiresAt && said.dataAccessExpiresAt <= this.clock.now())) {
      const account = await this.ask(token, (graph, accessToken) =>
        graph.readAccount({ login: 'facebook', accessToken }, accountId),
      );
      if (!said?.isValid) return { username: account.username };
    }
    const { scopes, issuedAt, expiresAt, neverExpires, dataAccessExpiresAt, userId } = said;
    return {
      issuedAt: issuedAt ?? undefined,
      expiresAt: neverExpires ? null : (expiresAt ?? undefined),
      dataAccessExpiresAt: dataAccessExpiresAt ?? undefined,
      scopes,
      appScopedUserId: userId ?? undefined,
      missingScope: scopes.length > 0 && !scopes.includes(PUBLISHING_SCOPE) ? PUBLISHING_SCOPE : undefined,
    };
  }

  /** @returns null where Meta does not tell us, such as about a token of another app, or when ours is not set or wrong */
  private async inspect(token: KeptToken): Promise<TokenInspection | null> {
    try {
      return await this.ask(token, (graph, secret) => graph.inspectToken(secret));
    } catch (error) {
      if (error instanceof GraphError && error.permanent) return null;
      throw error;
    }
  }

  private ask<T>(token: KeptToken, call: (graph: InstagramGraph, secret: Secret) => Promise<T>): Promise<T> {
    const secret = this.tokens.open(token.sealed, token);
    const msLeft = token.expiresAt ? token.expiresAt.getTime() - this.clock.now().getTime() : Infinity;
    if (msLeft < URGENT_MS) return call(this.graph, secret);
    return this.reading.read(token, (graph) => call(graph, secret));
  }
}

/** Meta gave a token that we can't vouch for: the old one stays. */
export class UnprovedToken extends AppError {
  constructor(detail: string) {
    super('instagram_error', `${detail} The old one is kept.`, { action_required: 'Nothing: it is tried again.' });
  }
}

/** What the policy needs to know of an error; null: it is none of Meta's. */
export function failureOf(error: unknown): TokenFailure | null {
  if (error instanceof GraphError) return error;
  if (error instanceof UnprovedToken) return { kind: 'instagram_error', code: null, retryAfterSeconds: null };
  if (error instanceof AppError && error.errorType === 'rate_limit_exceeded')
    return { kind: 'rate_limit_exceeded', code: null, retryAfterSeconds: error.extras.retry_after ?? null };
  return null;
}
