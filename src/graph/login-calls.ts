import { type Clock } from '../common/clock';
import { type Secret } from '../common/secret';
import { type AppCredentials } from '../config/settings';
import { read, READ_TIMEOUT_MS, type GraphCall } from './graph-call';
import { page, type WirePage } from './wire';
import * as wire from './wire-login';

/** What a login leaves in our hands: `redirectUri` must be byte-identical to the one in the authorize URL. */
export interface LoginCode {
  code: string;
  redirectUri: string;
}

type TokenCall = GraphCall<wire.GrantedToken>;

export function facebookCode(app: AppCredentials, { code, redirectUri }: LoginCode, clock: Clock): TokenCall {
  const query = { client_id: app.id, redirect_uri: redirectUri, client_secret: app.secret.reveal(), code };
  return facebookToken(query, code, clock);
}

export function facebookExtension(app: AppCredentials, token: Secret, clock: Clock): TokenCall {
  const query = {
    grant_type: 'fb_exchange_token',
    client_id: app.id,
    client_secret: app.secret.reveal(),
    fb_exchange_token: token.reveal(),
  };
  return facebookToken(query, token.reveal(), clock);
}

export function facebookPages(userToken: Secret): GraphCall<WirePage<wire.FacebookPage>> {
  return {
    ...read('facebook', '/me/accounts'),
    token: userToken,
    query: { fields: wire.PAGE_FIELDS, limit: 100 },
    parse: (answer) => page(answer, wire.facebookPage),
  };
}

export function facebookBusinesses(userToken: Secret): GraphCall<WirePage<string>> {
  return {
    ...read('facebook', '/me/businesses'),
    token: userToken,
    query: { fields: 'id', limit: 100 },
    parse: (answer) => page(answer, wire.businessId),
  };
}

export function businessPages(
  userToken: Secret,
  businessId: string,
  edge: 'owned_pages' | 'client_pages',
): GraphCall<WirePage<wire.FacebookPage>> {
  return {
    ...read('facebook', `/{business-id}/${edge}`),
    ids: { 'business-id': businessId },
    token: userToken,
    query: { fields: wire.PAGE_FIELDS, limit: 100 },
    parse: (answer) => page(answer, wire.facebookPage),
  };
}

export function facebookPermissions(userToken: Secret): GraphCall<wire.Permission[]> {
  return { ...read('facebook', '/me/permissions'), token: userToken, parse: wire.permissions };
}

export function debugToken(app: AppCredentials, token: Secret): GraphCall<wire.TokenInspection> {
  return {
    ...read('facebook', '/debug_token'),
    query: { input_token: token.reveal(), access_token: `${app.id}|${app.secret.reveal()}` },
    secrets: [token.reveal()],
    parse: wire.tokenInspection,
  };
}

export function instagramCode(
  app: AppCredentials,
  { code, redirectUri }: LoginCode,
): GraphCall<wire.InstagramShortToken> {
  // Instagram appends `#_` to the redirect; a browser drops it, a person who copies the address does not.
  const bareCode = code.replace(/#_$/, '');
  return {
    method: 'POST',
    host: 'instagram_oauth',
    route: '/oauth/access_token',
    versioned: false,
    form: {
      client_id: app.id,
      client_secret: app.secret.reveal(),
      grant_type: 'authorization_code',
      redirect_uri: redirectUri,
      code: bareCode,
    },
    secrets: [bareCode],
    effect: 'some',
    timeoutMs: READ_TIMEOUT_MS,
    parse: wire.instagramShortToken,
  };
}

export function instagramExtension(app: AppCredentials, token: Secret, clock: Clock): TokenCall {
  const query = { grant_type: 'ig_exchange_token', client_secret: app.secret.reveal() };
  return instagramToken('/access_token', token, query, clock);
}

export function instagramRefresh(token: Secret, clock: Clock): TokenCall {
  return instagramToken('/refresh_access_token', token, { grant_type: 'ig_refresh_token' }, clock);
}

export function instagramMe(token: Secret): GraphCall<wire.InstagramUser> {
  return {
    ...read('instagram', '/me'),
    token,
    query: { fields: wire.INSTAGRAM_USER_FIELDS },
    parse: wire.instagramUser,
  };
}

function facebookToken(query: Record<string, string>, secret: string, clock: Clock): TokenCall {
  return {
    ...read('facebook', '/oauth/access_token'),
    effect: 'some',
    query,
    secrets: [secret],
    parse: (answer) => wire.grantedToken(answer, clock.now()),
  };
}

/** Meta documents these two without a version, and the token as a query parameter only. */
function instagramToken(route: string, token: Secret, query: Record<string, string>, clock: Clock): TokenCall {
  return {
    ...read('instagram', route),
    versioned: false,
    effect: 'some',
    query: { ...query, access_token: token.reveal() },
    secrets: [token.reveal()],
    parse: (answer) => wire.grantedToken(answer, clock.now()),
  };
}
