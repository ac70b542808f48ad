import { call, type Answer, type Client, type House } from '../support/app';
import { INSTAGRAM_APP, STUDIO } from '../support/sandbox';
import { GRACE } from './accounts-stage';

/** The front end of the installation under test, and its callback as Meta's app settings would have it. */
export const FRONTEND = 'https://app.example.com/settings';
export const FRONTEND_PAGE = 'https://app.example.com/instagram/callback';

export function oauthEnv(overrides: Partial<NodeJS.ProcessEnv> = {}): Partial<NodeJS.ProcessEnv> {
  return {
    INSTAGRAM_REDIRECT_URI: undefined,
    FRONTEND_URL: `${FRONTEND},http://localhost:3000`,
    INSTAGRAM_LOGIN_APP_ID: INSTAGRAM_APP.id,
    INSTAGRAM_LOGIN_APP_SECRET: INSTAGRAM_APP.secret,
    ...overrides,
  };
}

export async function authorize(user: Client, query: Record<string, string> = {}): Promise<Answer> {
  return user.get(`/api/instagram/oauth/authorize?${new URLSearchParams(query).toString()}`);
}

interface Consent {
  /** Facebook: who logs in. */
  person?: string;
  /** Instagram: which account. */
  account?: string;
  /** Permissions that are not granted. */
  declined?: string[];
  deny?: boolean;
}

/** What the dialog sends the browser back with, once a person has decided there. */
export async function decide(auth_url: string, consent: Consent = {}): Promise<URL> {
  const url = new URL(auth_url);
  const { person = GRACE, account = STUDIO, declined = [], deny = false } = consent;
  url.searchParams.set('person_id', person);
  url.searchParams.set('account_id', account);
  url.searchParams.set('auto_approve', deny ? 'deny' : '1');
  const scopes = (url.searchParams.get('scope') ?? '').split(',').filter((scope) => !declined.includes(scope));
  if (url.searchParams.has('scope')) url.searchParams.set('scope', scopes.join(','));
  const response = await fetch(url, { redirect: 'manual' });
  return new URL(response.headers.get('location') ?? 'missing:');
}

export interface Came {
  code: string;
  state: string;
}

/** Through the dialog and back: the code and state of a login that this user began. */
export async function login(
  user: Client,
  { login: which = 'facebook', redirect_uri, ...consent }: Consent & { login?: string; redirect_uri?: string } = {},
): Promise<Came> {
  const { body } = await authorize(user, { login: which, ...(redirect_uri && { redirect_uri }) });
  const back = await decide(body.auth_url, consent);
  return { code: back.searchParams.get('code') ?? '', state: back.searchParams.get('state') ?? '' };
}

/** As the browser calls it: no token, redirects not followed. */
export function callback(house: House, query: Record<string, string>): Promise<Answer> {
  return call(house.url, 'GET', `/api/instagram/callback?${new URLSearchParams(query).toString()}`);
}

/** Where the browser is sent to, apart from its query. */
export function sentTo({ headers }: Answer): { address: string; query: Record<string, string> } {
  const url = new URL(headers.location ?? 'missing:');
  return { address: `${url.origin}${url.pathname}`, query: Object.fromEntries(url.searchParams) };
}

export function auditOf(house: House, user: Client): Promise<Record<string, unknown>[]> {
  return house.query(
    'SELECT account_id, action, by, detail, account_row_id FROM account_audit WHERE user_id = $1 ORDER BY id',
    [user.userId],
  );
}
