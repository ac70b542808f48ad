import { type CodeProblem } from '../codes';
import { GraphError, invalidParameter, missingParameter, unparsableToken } from '../graph-error';
import { type GraphCall, type GraphEndpoint } from '../graph-call';
import { type SandboxState } from '../state';
import { DAY_MS, HOUR_MS, LONG_LIFE_MS, type Token } from '../tokens';
import { type App } from '../world';

const SHORT_LIFE_MS = 1.5 * HOUR_MS;

const codeErrors: Record<CodeProblem, () => GraphError> = {
  unknown: () => invalidParameter('Invalid verification code format.'),
  expired: () => invalidParameter('This authorization code has expired.', 36007),
  used: () => invalidParameter('This authorization code has been used.', 36009),
  redirect_mismatch: () =>
    invalidParameter(
      'Error validating verification code. Please make sure your redirect_uri is identical to the one you used in ' +
        'the OAuth dialog request',
      36008,
    ),
};

/** Facebook Login's token endpoint (§1a): code exchange, short to long, app tokens; and debug_token. */
export function facebookTokenEndpoints(state: SandboxState): GraphEndpoint[] {
  const exchange = (call: GraphCall): unknown => {
    const app = requireApp(state, call);
    switch (call.params.text('grant_type')) {
      case 'fb_exchange_token':
        return lengthen(state, app, call.params.text('fb_exchange_token'));
      case 'client_credentials':
        return { access_token: `${app.id}|${app.secret}`, token_type: 'bearer' };
      default:
        return redeem(state, app, call);
    }
  };
  const path = 'oauth/access_token';
  return [
    { name: 'token', method: 'GET', on: 'root', path, needsToken: false, answer: exchange },
    // Without a version, POST is api.instagram.com's.
    { name: 'token', method: 'POST', on: 'root', path, versioned: 'always', needsToken: false, answer: exchange },
    {
      name: 'debug_token',
      method: 'GET',
      on: 'root',
      path: 'debug_token',
      needsToken: false,
      answer: (call) => ({ data: inspect(state, call) }),
    },
  ];
}

function requireApp(state: SandboxState, call: GraphCall): App {
  const id = call.params.text('client_id');
  if (!id) throw new GraphError({ http: 400, code: 101, message: 'Missing client_id parameter.' });
  const app = state.world.apps.get(id);
  if (!app) {
    const message = 'Error validating application. Cannot get application info due to a system error.';
    throw new GraphError({ http: 400, code: 101, message });
  }
  if (call.params.text('client_secret') !== app.secret) {
    throw new GraphError({ http: 400, code: 1, message: 'Error validating client secret.' });
  }
  return app;
}

function redeem(state: SandboxState, app: App, call: GraphCall): unknown {
  const code = call.params.text('code');
  if (!code) throw missingParameter('code');
  const grant = state.codes.redeem(code, 'facebook', app.id, call.params.text('redirect_uri') ?? '');
  if (typeof grant === 'string') throw codeErrors[grant]();
  const token = state.tokens.mint({
    kind: 'user',
    app,
    person_id: grant.person_id,
    granted_pages: grant.pages && new Set(grant.pages),
    scopes: new Set(grant.scopes),
    expires_at: state.clock.now() + SHORT_LIFE_MS,
  });
  return issued(state, token);
}

/** A long-lived token is answered with another that keeps the first one's end: nothing prolongs it (§11). */
function lengthen(state: SandboxState, app: App, text: string | undefined): unknown {
  if (!text) throw missingParameter('fb_exchange_token');
  const token = state.tokens.require(text);
  if (token.kind !== 'user' || token.app.id !== app.id) throw unparsableToken();
  const { value: _old, ...rest } = token;
  const expires_at = token.long_lived ? token.expires_at : state.clock.now() + LONG_LIFE_MS;
  return issued(state, state.tokens.mint({ ...rest, long_lived: true, issued_at: state.clock.now(), expires_at }));
}

function issued(state: SandboxState, token: Token): unknown {
  state.ledger.effect({ kind: 'token_issued', account_id: token.account_id });
  const expires_in = token.expires_at && Math.round((token.expires_at - state.clock.now()) / 1000);
  return { access_token: token.value, token_type: 'bearer', ...(expires_in !== null && { expires_in }) };
}

/** Cannot look into Instagram-Login tokens: Meta answers code 2 (§1a). */
function inspect(state: SandboxState, call: GraphCall): unknown {
  requireInspector(state, call.tokenText);
  const text = call.params.text('input_token');
  if (!text) throw missingParameter('input_token');
  const token = state.tokens.find(text);
  if (token?.kind === 'instagram' || (!token && text.startsWith('IGAA'))) {
    const message = '(#2) Service temporarily unavailable';
    throw new GraphError({ http: 500, code: 2, message, is_transient: true });
  }
  if (!token) {
    const error = { code: 190, message: 'Invalid OAuth access token - Cannot parse access token' };
    return { error, is_valid: false, scopes: [] };
  }
  const problem = state.tokens.problemOf(token);
  return {
    app_id: token.app.id,
    type: token.kind.toUpperCase(),
    application: token.app.name,
    data_access_expires_at: seconds(token.issued_at + 90 * DAY_MS),
    ...(problem !== null && { error: { code: 190, message: 'Error validating access token', subcode: problem } }),
    expires_at: token.expires_at === null ? 0 : seconds(token.expires_at),
    is_valid: problem === null,
    issued_at: seconds(token.issued_at),
    ...(token.page_id && { profile_id: token.page_id }),
    scopes: [...token.scopes],
    granular_scopes: [...token.scopes].map((scope) => ({ scope, ...targets(state, token, scope) })),
    user_id: token.person_id,
  };
}

function requireInspector(state: SandboxState, text: string | undefined): void {
  const [id = '', secret] = text?.split('|') ?? [];
  if (secret !== undefined && state.world.apps.get(id)?.secret === secret) return;
  if (!text || !state.tokens.find(text)) throw unparsableToken();
}

/** Ids of the Pages or accounts a scope was limited to; absent = all. */
function targets(state: SandboxState, token: Token, scope: string): { target_ids?: string[] } {
  if (!token.granted_pages || !/^(pages_|instagram_)/.test(scope)) return {};
  const pages = [...token.granted_pages];
  if (scope.startsWith('pages_')) return { target_ids: pages };
  return { target_ids: pages.flatMap((id) => state.world.pages.get(id)?.account_id ?? []) };
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
