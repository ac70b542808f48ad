import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error';
import { Secret } from '../common/secret';
import { InstagramGraph, type Login } from '../graph/index';
import { AccountJoining } from './account-joining.service';
import { type ManuallyConnectedAnswer } from './dto/account-answers.dto';
import { type ManualConnectRequest } from './dto/connect.dto';
import { type ProvedAccount } from './proved-account';
import { personalAccount, rethrow } from './refusals';
import { TokenProof } from './token-proof';

/** Who a token belongs to. `appScopedId` null: Facebook tells at the inspection. */
interface Owner {
  id: string;
  username: string;
  appScopedId: string | null;
}

/** Joins an account by a token made elsewhere, after it was proved to be of this account and able to publish. */
@Injectable()
export class ManualConnect {
  constructor(
    private readonly graph: InstagramGraph,
    private readonly proof: TokenProof,
    private readonly joining: AccountJoining,
  ) {}

  /** @throws AppError `account_not_found` (a token of another account), `permission_denied`; GraphError (`invalid_token`, …) */
  async connect(userId: number, request: ManualConnectRequest): Promise<ManuallyConnectedAnswer> {
    // Tokens of Instagram Login start with IGAA or IGQ, those of Facebook Login with EA (reference §1).
    const login = request.access_token.startsWith('IG') ? 'instagram' : 'facebook';
    const proved = await this.prove(login, new Secret(request.access_token), request.account_id);
    const { accountId, username } = await this.joining.join(userId, proved, 'manual');
    return { success: true, instagram_account_id: accountId, message: `Connected @${username ?? accountId}.` };
  }

  private async prove(login: Login, token: Secret, accountId: string): Promise<ProvedAccount> {
    const { id, username, appScopedId } =
      login === 'facebook' ? await this.reached(token, accountId) : await this.ownerOf(token);
    if (id !== accountId)
      throw new AppError(
        'account_not_found',
        `This token belongs to @${username}, account ${id}, not to ${accountId}.`,
        { action_required: `Send the account_id ${id}, or a token of the account ${accountId}.` },
      );
    await this.proof.mayPublish({ login, accessToken: token }, accountId);
    const inspection = login === 'facebook' ? await this.proof.inspect(token) : null;
    return {
      accountId,
      login,
      username,
      pageId: null,
      pageName: null,
      token,
      tokenIssuedAt: inspection?.issuedAt ?? null,
      tokenExpiresAt: inspection?.expiresAt ?? null,
      dataAccessExpiresAt: inspection?.dataAccessExpiresAt ?? null,
      scopes: inspection?.scopes ?? [],
      appScopedUserId: appScopedId ?? inspection?.userId ?? null,
    };
  }

  private async reached(accessToken: Secret, accountId: string): Promise<Owner> {
    const account = await this.graph
      .readAccount({ login: 'facebook', accessToken }, accountId)
      .catch(
        rethrow(
          ['object_missing', 'account_not_found'],
          'account_not_found',
          `This token does not reach an Instagram account ${accountId}.`,
          'Check the account_id (the id of the Instagram professional account, not of the Page), and that the person behind the token may use it.',
        ),
      );
    return { ...account, appScopedId: null };
  }

  /** An Instagram token knows whose it is; asking for the id of somebody else's account would only say "not found". */
  private async ownerOf(token: Secret): Promise<Owner> {
    const user = await this.graph.identifyInstagramUser(token);
    if (user.accountType === 'PERSONAL') throw personalAccount(user.username);
    return user;
  }
}
