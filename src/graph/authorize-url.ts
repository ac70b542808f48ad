import { type AppCredentials, type GraphSettings } from '../config/settings';
import { unanswered } from './graph-error';
import { type Login } from './credential';

/** Where to send a person's browser. `redirectUri` must be byte-identical in the exchange of the code. */
export interface AuthorizeRequest {
  redirectUri: string;
  state: string;
  scopes: readonly string[];
  /** Facebook only: ask again for what was declined, or for access to data that has lapsed (reference §1a, §11). */
  authType?: 'rerequest' | 'reauthorize';
}

/** Meta: Facebook Login for Business dialog; reference §1a. */
export function facebookAuthorizeUrl(settings: GraphSettings, request: AuthorizeRequest): string {
  const url = new URL(`/${settings.version}/dialog/oauth`, settings.facebookDialogUrl);
  const { scopes, authType } = request;
  return withQuery(url, appOf(settings, 'facebook').id, request, {
    // A configuration fixes the permissions, so none are named beside it.
    ...(settings.facebookConfigId ? { config_id: settings.facebookConfigId } : { scope: scopes.join(',') }),
    ...(authType && { auth_type: authType }),
  });
}

/** Meta: Business Login for Instagram; reference §1b. */
export function instagramAuthorizeUrl(settings: GraphSettings, request: AuthorizeRequest): string {
  const url = new URL('/oauth/authorize', settings.instagramAuthorizeUrl);
  return withQuery(url, appOf(settings, 'instagram').id, request, { scope: request.scopes.join(',') });
}

/** The app behind a login. @throws GraphError `validation_error` when none is configured. */
export function appOf(settings: GraphSettings, login: Login): AppCredentials {
  const app = login === 'facebook' ? settings.app : settings.instagramLoginApp;
  if (app) return app;
  const names = login === 'facebook' ? 'INSTAGRAM_APP_ID and _SECRET' : 'INSTAGRAM_LOGIN_APP_ID and _SECRET';
  throw unanswered(
    'validation_error',
    'no Meta app is configured for this login',
    `Whoever runs this service must set ${names}.`,
    {
      remedy: 'fail',
    },
  );
}

function withQuery(
  url: URL,
  clientId: string,
  { redirectUri, state }: AuthorizeRequest,
  more: Record<string, string>,
): string {
  const query = { client_id: clientId, redirect_uri: redirectUri, state, response_type: 'code', ...more };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}
