import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error';
import { type Secret } from '../common/secret';
import { Settings } from '../config/settings';
import { GraphError, InstagramGraph, type Credential, type TokenInspection } from '../graph/index';
import { PacedReading } from '../pace/paced-reading';
import { PUBLISHING_SCOPE } from './login-scopes';
import { rethrow } from './refusals';

/** Proves that one can publish with a token, before it is stored. */
@Injectable()
export class TokenProof {
  constructor(
    private readonly graph: InstagramGraph,
    private readonly settings: Settings,
    private readonly reading: PacedReading,
  ) {}

  /**
   * What Facebook says about a token, where it says anything: a token of another app, for one, it does not show to ours.
   * @throws AppError `invalid_token`
   */
  async inspect(token: Secret): Promise<TokenInspection | null> {
    if (!this.settings.graph.app) return null;
    const inspection = await this.graph.inspectToken(token).catch((error: unknown) => {
      if (error instanceof GraphError) return null;
      throw error;
    });
    if (!inspection) return null;
    if (!inspection.isValid)
      throw new AppError('invalid_token', 'Meta says that this token is not valid.', {
        action_required: 'Log in once more, or make a new token.',
      });
    return inspection;
  }

  /**
   * By asking for the quota, which takes the same permission as publishing.
   * @throws AppError `permission_denied`, `rate_limit_exceeded` (Instagram wants silence for this account); GraphError
   */
  async mayPublish(credential: Credential, accountId: string): Promise<void> {
    const { login } = credential;
    const scope = PUBLISHING_SCOPE[login];
    await this.reading
      .read({ accountId, login }, (graph) => graph.publishingLimit(credential, accountId))
      .catch(
        rethrow(
          // To Meta, an account that a permission was not granted for is one that is not there (100/33).
          ['permission_denied', 'object_missing'],
          'permission_denied',
          `The token lacks the permission ${scope} for this account.`,
          `Make the token again, or log in once more, with ${scope} granted for this account.`,
        ),
      );
  }

  /** For logins, whose code is used up by now: what only says "not now" must not cost the person another one. */
  async isNotRefused(credential: Credential, accountId: string): Promise<void> {
    try {
      await this.mayPublish(credential, accountId);
    } catch (error) {
      const passes =
        error instanceof GraphError
          ? !error.permanent
          : error instanceof AppError && error.errorType === 'rate_limit_exceeded';
      if (!passes) throw error;
    }
  }
}
