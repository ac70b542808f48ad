import { type AppCredentials, type GraphSettings } from '../config/settings';
import { unanswered } from './graph-error';
import { type Login } from './credential';

/** Where to send a person's browser. `redirectUri` must be byte-identical in the exchange of the code. */
export interface AuthorizeRequest {
  redirectUri: string;
  state: string;
  scopes: readonly string[];
}

/** Meta: Facebook Login for Business dialog; reference §1a. */
export function facebookAuthorizeUrl(settings: GraphSettings, request: AuthorizeRequest): string {
  const url = new URL(`/${settings.version}/dialog/oauth`, settings.facebookDialogUrl);
  return withQuery(url, appOf(settings, 'facebook').id, request);
}

/** Meta: Business Login for Instagram; reference §1b. */
export function instagramAuthorizeUrl(settings: GraphSettings, request: AuthorizeRequest): string {
  const url = new URL('/oauth/authorize', settings.instagramAuthorizeUrl);
  return withQuery(url, appOf(settings, 'instagram').id, request);
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

function withQuery(url: URL, clientId: string, { redirectUri, state, scopes }: AuthorizeRequest): string {
  url.searchParams.set('client_id', clientId);
  url.searchParams.set('redirect_uri', redirectUri);
  url.searchParams.set('state', state);
  url.searchParams.set('response_type', 'code');
  url.searchParams.set('scope', scopes.join(','));
  return url.href;
}
