import { Injectable } from '@nestjs/common';
import { type Secret } from '../common/secret';
import { GraphError, InstagramGraph, type FacebookPage, type LoginCode } from '../graph/index';
import { type PublishingPage } from './choose-page';
import { missingToFindPages, PORTFOLIO_SCOPE } from './login-scopes';
import { type ProvedAccount } from './proved-account';
import { notGranted, rethrow } from './refusals';
import { TokenProof } from './token-proof';

/** More portfolios than anybody has; a stop for whoever has more. */
const MOST_BUSINESSES = 50;

/** Facebook Login: a code is worth a person's Pages, and a Page is worth a token that has no end of its own. */
@Injectable()
export class FacebookLogin {
  constructor(
    private readonly graph: InstagramGraph,
    private readonly proof: TokenProof,
  ) {}

  /**
   * All Pages that the person chose in the dialog. Their tokens are made from a long-lived user token (reference §1a).
   * @throws AppError `oauth_code_invalid`, `permission_denied` (what was not granted); GraphError
   */
  async pages(code: LoginCode): Promise<FacebookPage[]> {
    const shortLived = await this.graph.exchangeFacebookCode(code).catch(
      // A code that Facebook cannot even read is a wrong parameter to it (100, without a subcode).
      rethrow(
        ['validation_error'],
        'oauth_code_invalid',
        'Facebook does not know this login code.',
        'Have the person log in once more, and send the new code as it comes.',
      ),
    );
    const { accessToken: userToken } = await this.graph.extendFacebookToken(shortLived.accessToken);
    const granted = await this.granted(userToken);
    const missing = missingToFindPages(granted);
    if (missing.length > 0) throw notGranted(missing);
    const pages = await this.graph.listPages(userToken);
    if (!granted.includes(PORTFOLIO_SCOPE)) return pages;
    const byId = new Map(pages.map((page) => [page.id, page]));
    for (const page of await this.portfolioPages(userToken)) if (!byId.has(page.id)) byId.set(page.id, page);
    return [...byId.values()];
  }

  /** @throws AppError `invalid_token`, `permission_denied` */
  async prove({ token, ...page }: PublishingPage): Promise<ProvedAccount> {
    const inspection = await this.proof.inspect(token);
    await this.proof.isNotRefused({ login: 'facebook', accessToken: token }, page.accountId);
    return {
      ...page,
      login: 'facebook',
      token,
      tokenIssuedAt: inspection?.issuedAt ?? null,
      tokenExpiresAt: inspection?.expiresAt ?? null,
      dataAccessExpiresAt: inspection?.dataAccessExpiresAt ?? null,
      scopes: inspection?.scopes ?? [],
      appScopedUserId: inspection?.userId ?? null,
    };
  }

  /** Told by the token's inspection; where Facebook does not inspect now, by the list of permissions. */
  private async granted(userToken: Secret): Promise<string[]> {
    const inspection = await this.proof.inspect(userToken);
    if (inspection) return inspection.scopes;
    const permissions = await this.graph.listPermissions(userToken);
    return permissions.filter(({ status }) => status === 'granted').map(({ name }) => name);
  }

  /** Pages that `/me/accounts` may leave out (reference §1a). A portfolio that cannot be read hides its Pages, no more. */
  private async portfolioPages(userToken: Secret): Promise<FacebookPage[]> {
    const pages: FacebookPage[] = [];
    try {
      const businesses = await this.graph.listBusinesses(userToken);
      for (const id of businesses.slice(0, MOST_BUSINESSES)) {
        const inside = await this.graph.listBusinessPages(userToken, id).catch(nothingIfRefused);
        pages.push(...inside);
      }
    } catch (error) {
      nothingIfRefused(error);
    }
    return pages;
  }
}

function nothingIfRefused(error: unknown): FacebookPage[] {
  if (error instanceof GraphError) return [];
  throw error;
}
