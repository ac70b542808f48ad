import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { isUrl } from './checks';
import { type Grant } from './codes';
import { type Login } from './graph-error';
import { facebookConsentPage, instagramConsentPage } from './pages/consent';
import { noticePage } from './pages/post';
import { Params } from './params';
import { type SandboxState } from './state';
import { FACEBOOK_SCOPES, INSTAGRAM_SCOPES } from './tokens';
import { type App } from './world';

/**
 * The two consent dialogs (§1a, §1b), for a browser to click through. Without a browser: POST the same form
 * (`decision`, `person_id` and `page_ids`, or `account_id`), or add `auto_approve=1` (or `deny`) to the address.
 */
export function addDialogs(server: FastifyInstance, state: SandboxState): void {
  for (const path of ['/dialog/oauth', '/:version/dialog/oauth']) {
    server.get(path, (request, reply) => dialog(state, 'facebook', request, reply));
    server.post(path, (request, reply) => dialog(state, 'facebook', request, reply));
  }
  server.get('/oauth/authorize', (request, reply) => dialog(state, 'instagram', request, reply));
  server.post('/oauth/authorize', (request, reply) => dialog(state, 'instagram', request, reply));
}

interface Asked {
  app: App;
  redirect_uri: string;
  scopes: string[];
  params: Params;
  /** `page_ids` as the form sends it, once per ticked box; null when there is no form. */
  pages: string[] | null;
}

function dialog(state: SandboxState, login: Login, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const params = Params.from(request.url.replace(/^[^?]*\??/, ''), request.body);
  const app = state.world.apps.get(params.text('client_id') ?? '');
  const redirect_uri = params.text('redirect_uri') ?? '';
  if (!app) return refuse(reply, 'Invalid app', 'The client_id is not the id of an app that this sandbox knows.');
  if (!isUrl(redirect_uri) || !/^https?:/.test(redirect_uri)) {
    return refuse(reply, 'Invalid redirect_uri', 'The redirect_uri must be an absolute http or https address.');
  }
  if (params.text('response_type') !== 'code') {
    return refuse(reply, 'Invalid response_type', 'This sandbox answers response_type=code only.');
  }
  const form = request.body instanceof URLSearchParams ? request.body : null;
  const scopes = granted(scopesOf(login, params), form);
  const asked = { app, redirect_uri, scopes, params, pages: form?.getAll('page_ids') ?? null };
  const decision = form ? params.text('decision') : automatic(params.text('auto_approve'));
  if (decision === 'deny') return reply.redirect(denied(login, asked));
  if (decision === 'approve') return approve(state, login, asked, reply);
  return ask(state, login, asked, request.url, reply);
}

function automatic(value: string | undefined): string | undefined {
  return value === 'deny' ? 'deny' : value && 'approve';
}

/** A `config_id` stands for a configuration that asks for everything. Unknown permissions are dropped. */
function scopesOf(login: Login, params: Params): string[] {
  const known = login === 'facebook' ? FACEBOOK_SCOPES : INSTAGRAM_SCOPES;
  if (params.text('config_id')) return known;
  const wanted = (params.text('scope') ?? '').split(/[\s,]+/);
  return known.filter((scope) => scope === 'public_profile' || wanted.includes(scope));
}

/** A person may untick permissions; a form that was not made by our page names none. */
function granted(scopes: string[], form: URLSearchParams | null): string[] {
  if (!form?.has('permissions_shown')) return scopes;
  const ticked = form.getAll('permissions');
  return scopes.filter((scope) => scope === 'public_profile' || ticked.includes(scope));
}

function ask(state: SandboxState, login: Login, asked: Asked, url: string, reply: FastifyReply): FastifyReply {
  const consent = { app: asked.app, scopes: asked.scopes, action: url.replace(/&person_id=\d*/g, '') };
  const person = personOf(state, asked.params);
  const page =
    login === 'facebook' && person ? facebookConsentPage(state, person, consent) : instagramConsentPage(state, consent);
  return reply.type('text/html; charset=utf-8').send(page);
}

function personOf(state: SandboxState, params: Params): { id: string; name: string } | undefined {
  const given = params.text('person_id');
  return given === undefined ? [...state.world.persons.values()][0] : state.world.persons.get(given);
}

function approve(state: SandboxState, login: Login, asked: Asked, reply: FastifyReply): FastifyReply {
  const { params } = asked;
  const person = login === 'facebook' ? personOf(state, params) : null;
  const accountId = params.text('account_id') ?? [...state.world.accounts.keys()][0] ?? '';
  if (login === 'facebook' ? !person : !state.world.accounts.has(accountId)) {
    return refuse(reply, 'Nobody there', 'This sandbox has no such person or account.');
  }
  const grant: Grant = {
    login,
    client_id: asked.app.id,
    redirect_uri: asked.redirect_uri,
    person_id: person?.id ?? null,
    account_id: login === 'instagram' ? accountId : null,
    pages: login === 'facebook' ? (asked.pages ?? params.list('page_ids') ?? null) : null,
    scopes: asked.scopes,
  };
  return reply.redirect(address(login, asked, { code: state.codes.issue(grant) }));
}

function denied(login: Login, asked: Asked): string {
  return address(login, asked, {
    error: 'access_denied',
    ...(login === 'facebook' && { error_code: '200' }),
    error_reason: 'user_denied',
    error_description: login === 'facebook' ? 'Permissions error' : 'The user denied your request',
  });
}

/** Instagram puts `#_` behind every address it sends the browser back to; clients must strip it. */
function address(login: Login, asked: Asked, added: Record<string, string>): string {
  const url = new URL(asked.redirect_uri);
  const state = asked.params.text('state');
  for (const [name, value] of Object.entries(added)) url.searchParams.set(name, value);
  if (state !== undefined) url.searchParams.set('state', state);
  return login === 'instagram' ? `${url.href}#_` : url.href;
}

function refuse(reply: FastifyReply, title: string, text: string): FastifyReply {
  return reply.code(400).type('text/html; charset=utf-8').send(noticePage(title, text));
}
