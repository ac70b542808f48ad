import { type Secret } from '../common/secret';
import { type Login } from '../graph/index';

/** An account whose token was proved. Null fields, and empty scopes, are not known. */
export interface ProvedAccount {
  accountId: string;
  login: Login;
  username: string | null;
  pageId: string | null;
  pageName: string | null;
  token: Secret;
  tokenIssuedAt: Date | null;
  tokenExpiresAt: Date | null;
  /** Of Facebook Login: after this, calls fail although the token is good (reference §11). */
  dataAccessExpiresAt: Date | null;
  scopes: string[];
  /** Whom Meta's deauthorize callbacks name. */
  appScopedUserId: string | null;
}
