import { type Secret } from '../common/secret';

/** Which of Meta's two login products a token belongs to; tokens and hosts are not interchangeable (reference §1). */
export type Login = 'facebook' | 'instagram';

/** What a call is made with: a Page or user token of Facebook Login, or a user token of Instagram Login. */
export interface Credential {
  login: Login;
  accessToken: Secret;
}
