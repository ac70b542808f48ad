import { type FastifyInstance } from 'fastify';
import { bool, integer, InvalidInput, listOf, oneOf, optional, orNull, shape, text } from './checks';
import { type SandboxState } from './state';
import { FACEBOOK_SCOPES, INSTAGRAM_SCOPES, LONG_LIFE_MS, type Token } from './tokens';
import { type Account } from './world';

const accountFields = {
  name: optional(text),
  biography: optional(text),
  account_type: optional(oneOf('BUSINESS', 'MEDIA_CREATOR', 'PERSONAL')),
  followers_count: optional(integer()),
  restricted: optional(bool),
  trial_reels: optional(bool),
};
const newAccountCheck = shape({
  username: text,
  ...accountFields,
  person_id: optional(text),
  page_name: optional(text),
});
const changedAccountCheck = shape(accountFields);
const personCheck = shape({ name: text });
const pageCheck = shape({ name: text, person_id: text });
const tokenCheck = shape({
  account_id: text,
  login: optional(oneOf('facebook', 'instagram')),
  kind: optional(oneOf('page', 'user')),
  expires_in: optional(orNull(integer())),
  age_seconds: optional(integer()),
  scopes: optional(listOf(text)),
  long_lived: optional(bool),
});
const revokeCheck = shape({
  access_token: optional(text),
  account_id: optional(text),
  person_id: optional(text),
  subcode: optional(integer(1)),
});

/** The part of the control API that is about who exists and which tokens they have. */
export function addWorldControl(server: FastifyInstance, state: SandboxState): void {
  const { world } = state;
  server.get('/_sandbox/world', () => ({
    apps: [...world.apps.values()],
    persons: [...world.persons.values()],
    pages: [...world.pages.values()].map(({ tasks, ...page }) => ({ ...page, tasks: Object.fromEntries(tasks) })),
    accounts: [...world.accounts.values()],
  }));
  server.post('/_sandbox/persons', (request, reply) =>
    reply.code(201).send(world.addPerson(personCheck(request.body, '').name)),
  );
  server.post('/_sandbox/pages', (request, reply) => {
    const { name, person_id } = pageCheck(request.body, '');
    const { tasks: _tasks, ...page } = world.addPage(name, requireIn(world.persons, person_id, 'person_id'), null);
    return reply.code(201).send(page);
  });
  server.post('/_sandbox/accounts', (request, reply) => {
    const { person_id, page_name, ...given } = newAccountCheck(request.body, '');
    if (world.accountNamed(given.username)) throw new InvalidInput([`username ${given.username} is taken`]);
    const person = person_id === undefined ? null : requireIn(world.persons, person_id, 'person_id');
    const account = world.addAccount(given);
    if (person) world.addPage(page_name ?? account.name, person, account);
    return reply.code(201).send(account);
  });
  server.patch<{ Params: { id: string } }>('/_sandbox/accounts/:id', (request) =>
    Object.assign(requireIn(world.accounts, request.params.id, 'id'), changedAccountCheck(request.body, '')),
  );

  server.post('/_sandbox/tokens', (request, reply) => reply.code(201).send(mintToken(state, request.body)));
  server.post('/_sandbox/tokens/revoke', (request) => {
    const { access_token, account_id, person_id, subcode = 460 } = revokeCheck(request.body, '');
    if (!access_token && !account_id && !person_id) {
      throw new InvalidInput(['one of access_token, account_id and person_id must be given']);
    }
    const revoked = state.tokens.kill(
      subcode,
      (token) =>
        (!access_token || token.value === access_token) &&
        (!account_id || token.account_id === account_id) &&
        (!person_id || token.person_id === person_id),
    );
    return { revoked };
  });
}

/** A token without the dialog: `{access_token, token_type, expires_at}`. Default: long-lived, what one publishes with. */
export function mintToken(
  state: SandboxState,
  input: unknown,
): { access_token: string; token_type: 'bearer'; expires_at: string | null } {
  const given = tokenCheck(input, '');
  const account = requireIn(state.world.accounts, given.account_id, 'account_id');
  const login = given.login ?? (account.page_id ? 'facebook' : 'instagram');
  const issued_at = state.clock.now() - (given.age_seconds ?? 0) * 1000;
  const long_lived = given.long_lived ?? true;
  const token =
    login === 'instagram'
      ? state.tokens.mint({
          kind: 'instagram',
          app: appNumber(state, 1),
          account_id: account.id,
          scopes: new Set(given.scopes ?? INSTAGRAM_SCOPES),
          issued_at,
          long_lived,
          expires_at: endOf(state, given.expires_in, issued_at + LONG_LIFE_MS),
        })
      : state.tokens.mint({
          ...facebookPart(state, account, given.kind ?? 'page'),
          app: appNumber(state, 0),
          scopes: new Set(given.scopes ?? FACEBOOK_SCOPES),
          issued_at,
          long_lived,
          expires_at: endOf(state, given.expires_in, given.kind === 'user' ? issued_at + LONG_LIFE_MS : null),
        });
  const expires_at = token.expires_at === null ? null : new Date(token.expires_at).toISOString();
  return { access_token: token.value, token_type: 'bearer', expires_at };
}

function facebookPart(
  state: SandboxState,
  account: Account,
  kind: 'page' | 'user',
): Pick<Token, 'kind' | 'person_id' | 'page_id' | 'account_id'> {
  const page = state.world.pages.get(account.page_id ?? '');
  const person_id = page?.tasks.keys().next().value;
  if (!page || person_id === undefined) {
    throw new InvalidInput([`account ${account.id} has no Facebook Page: login must be instagram`]);
  }
  if (kind === 'user') return { kind, person_id, page_id: null, account_id: null };
  return { kind, person_id, page_id: page.id, account_id: account.id };
}

/** `expires_in` seconds from now; 0 = expired already; null = never. */
function endOf(state: SandboxState, expiresIn: number | null | undefined, usual: number | null): number | null {
  if (expiresIn === undefined) return usual;
  return expiresIn === null ? null : state.clock.now() + expiresIn * 1000;
}

/** The Facebook pair comes first in the seed, Instagram Login's second; they may be the same app. */
function appNumber(state: SandboxState, index: 0 | 1): Token['app'] {
  const apps = [...state.world.apps.values()];
  const app = apps[index] ?? apps[0];
  if (!app) throw new InvalidInput(['this sandbox has no app']);
  return app;
}

function requireIn<T>(things: Map<string, T>, id: string, at: string): T {
  const thing = things.get(id);
  if (!thing) throw new InvalidInput([`${at} ${id} is not known here`]);
  return thing;
}
