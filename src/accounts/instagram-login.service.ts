import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { InstagramGraph, type LoginCode } from '../graph/index';
import { missingToPublish } from './login-scopes';
import { type ProvedAccount } from './proved-account';
import { notGranted, personalAccount, rethrow } from './refusals';
import { TokenProof } from './token-proof';

/** Instagram Login: a code is worth one account, and a token for 60 days. */
@Injectable()
export class InstagramLogin {
  constructor(
    private readonly graph: InstagramGraph,
    private readonly proof: TokenProof,
    private readonly clock: Clock,
  ) {}

  /**
   * The id that the exchange answers is app-scoped, and a number too large for JSON: who it is, `/me` says (reference §1b).
   * @throws AppError `oauth_code_invalid`, `permission_denied`, `account_not_business`; GraphError
   */
  async prove(code: LoginCode): Promise<ProvedAccount> {
    const short = await this.graph.exchangeInstagramCode(code);
    const missing = missingToPublish('instagram', short.permissions);
    if (missing.length > 0) throw notGranted(missing);
    const long = await this.graph.extendInstagramToken(short.accessToken).catch(
      // Meta's "Unsupported request" (100) is about the app, not about the request (reference §1b).
      rethrow(
        ['validation_error'],
        'permission_denied',
        'Instagram gives this app no lasting access to the account.',
        'While the app is in development, the account must have accepted a role as its tester; later, the app needs approval.',
      ),
    );
    const user = await this.graph.identifyInstagramUser(long.accessToken);
    if (user.accountType === 'PERSONAL') throw personalAccount(user.username);
    await this.proof.isNotRefused({ login: 'instagram', accessToken: long.accessToken }, user.id);
    return {
      accountId: user.id,
      login: 'instagram',
      username: user.username,
      pageId: null,
      pageName: null,
      token: long.accessToken,
      tokenIssuedAt: this.clock.now(),
      tokenExpiresAt: long.expiresAt,
      dataAccessExpiresAt: null,
      scopes: short.permissions,
      appScopedUserId: user.appScopedId,
    };
  }
}
