import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error';
import { type Secret } from '../common/secret';
import { Settings } from '../config/settings';
import { GraphError, InstagramGraph, type Credential, type TokenInspection } from '../graph/index';
import { PUBLISHING_SCOPE } from './login-scopes';
import { rethrow } from './refusals';

/** Proves that one can publish with a token, before it is stored. */
@Injectable()
export class TokenProof {
  constructor(
    private readonly graph: InstagramGraph,
    private readonly settings: Settings,
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

  /** By asking for the quota, which takes the same permission as publishing. @throws AppError `permission_denied`; GraphError */
  async mayPublish(credential: Credential, accountId: string): Promise<void> {
    const scope = PUBLISHING_SCOPE[credential.login];
    await this.graph
      .publishingLimit(credential, accountId)
      .catch(
        rethrow(
          ['permission_denied'],
          'permission_denied',
          `The token lacks the permission ${scope}.`,
          `Make the token again, or log in once more, with ${scope} granted for this account.`,
        ),
      );
  }
}
