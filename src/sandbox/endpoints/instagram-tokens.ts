import { type CodeProblem } from '../codes';
import {
  FlatOauthError,
  GraphError,
  missingParameter,
  permissionDenied,
  unparsableToken,
  unsupportedMethod,
} from '../graph-error';
import { type GraphCall, type GraphEndpoint, RawJson, scopes } from '../graph-call';
import { type SandboxState } from '../state';
import { DAY_MS, HOUR_MS, LONG_LIFE_MS, type Token } from '../tokens';

const codeMessages: Record<CodeProblem, string> = {
  unknown: 'Matching code was not found or was already used',
  used: 'This authorization code has been used',
  expired: 'This authorization code has expired',
  redirect_mismatch:
    'Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the ' +
    'OAuth dialog request',
};

/** Instagram Login's three token endpoints (§1b): `POST /oauth/access_token`, `/access_token`, `/refresh_access_token`. */
export function instagramTokenEndpoints(state: SandboxState): GraphEndpoint[] {
  const common = { name: 'token', on: 'root', versioned: 'never', needsToken: false } as const;
  return [
    {
      ...common,
      method: 'POST',
      path: 'oauth/access_token',
      errors: 'flat',
      answer: (call) => redeem(state, call),
    },
    { ...common, method: 'GET', path: 'access_token', answer: (call) => lengthen(state, call) },
    { ...common, method: 'GET', path: 'refresh_access_token', answer: (call) => refresh(state, call) },
  ];
}

/** The live shape: flat, `user_id` a bare 17-digit number, `permissions` a list. The docs show otherwise. */
function redeem(state: SandboxState, call: GraphCall): RawJson {
  const params = call.params;
  for (const name of ['client_id', 'client_secret', 'grant_type', 'redirect_uri', 'code']) {
    if (!params.text(name)) throw new FlatOauthError(`Missing required field ${name}`);
  }
  if (params.text('grant_type') !== 'authorization_code') throw new FlatOauthError('Invalid grant_type');
  const app = state.world.apps.get(params.text('client_id') ?? '');
  if (!app) throw new FlatOauthError('Invalid platform app');
  if (params.text('client_secret') !== app.secret) throw new FlatOauthError('Error validating client secret.');
  const grant = state.codes.redeem(params.text('code') ?? '', 'instagram', app.id, params.text('redirect_uri') ?? '');
  if (typeof grant === 'string') throw new FlatOauthError(codeMessages[grant]);
  const account = state.world.accounts.get(grant.account_id ?? '');
  if (!account) throw new FlatOauthError(codeMessages.unknown);
  const token = state.tokens.mint({
    kind: 'instagram',
    app,
    account_id: account.id,
    scopes: new Set(grant.scopes),
    expires_at: state.clock.now() + HOUR_MS,
  });
  state.ledger.effect({ kind: 'token_issued', account_id: account.id });
  const permissions = JSON.stringify([...token.scopes]);
  return new RawJson(
    `{"access_token": "${token.value}", "user_id": ${account.app_scoped_id}, "permissions": ${permissions}}`,
  );
}

function lengthen(state: SandboxState, call: GraphCall): unknown {
  requireGrant(call, 'ig_exchange_token');
  const token = requireInstagramToken(state, call);
  if (!call.params.text('client_secret')) throw missingParameter('client_secret');
  if (call.params.text('client_secret') !== token.app.secret) {
    throw new GraphError({ http: 400, code: 1, message: 'Error validating client secret.' });
  }
  // A token that is long-lived already must not be exchanged; this odd sentence is Meta's answer to it (§1b).
  if (token.long_lived) throw unsupportedMethod('GET');
  return issued(state, token, false);
}

/** Long-lived, 24 hours old, not expired, `instagram_business_basic` still granted. */
function refresh(state: SandboxState, call: GraphCall): unknown {
  requireGrant(call, 'ig_refresh_token');
  const token = requireInstagramToken(state, call);
  if (!token.scopes.has(scopes.basic.instagram)) throw permissionDenied();
  if (!token.long_lived) throw unsupportedMethod('GET');
  if (state.clock.now() < token.issued_at + DAY_MS) {
    const message = 'The access token must be at least 24 hours old to be refreshed.';
    throw new GraphError({ http: 400, code: 100, message, type: 'GraphMethodException' });
  }
  return issued(state, token, state.settings.refresh_keeps_token);
}

function issued(state: SandboxState, old: Token, keep: boolean): unknown {
  const life = { long_lived: true, issued_at: state.clock.now(), expires_at: state.clock.now() + LONG_LIFE_MS };
  const { value: _old, ...rest } = old;
  const token = keep ? Object.assign(old, life) : state.tokens.mint({ ...rest, ...life });
  state.ledger.effect({ kind: 'token_issued', account_id: token.account_id });
  return { access_token: token.value, token_type: 'bearer', expires_in: LONG_LIFE_MS / 1000 };
}

function requireGrant(call: GraphCall, wanted: string): void {
  if (call.params.text('grant_type') !== wanted) throw missingParameter('grant_type');
}

function requireInstagramToken(state: SandboxState, call: GraphCall): Token {
  const token = state.tokens.require(call.tokenText ?? '');
  if (token.kind !== 'instagram') throw unparsableToken();
  return token;
}
