import { type IncomingMessage } from 'node:http';
import { type Container } from './containers';
import { GraphError, type Login, permissionDenied, unknownObject } from './graph-error';
import { type Media } from './media';
import { type Params } from './params';
import { publishingError } from './publishing-error';
import { type SandboxState } from './state';
import { type Token } from './tokens';
import { type Account, type Business, isProfessional, type Page, type Person } from './world';

export type Method = 'GET' | 'POST' | 'DELETE';

/** The things that have an id of their own on Graph. */
export type GraphNode =
  | { kind: 'person'; person: Person }
  | { kind: 'business'; business: Business }
  | { kind: 'page'; page: Page }
  | { kind: 'account'; account: Account }
  | { kind: 'container'; container: Container }
  | { kind: 'media'; media: Media };

/** What a fault changes about the effect itself, instead of about the answer. */
export interface EffectTweaks {
  /** The container's time IN_PROGRESS in ms; null = for ever. */
  processing_ms?: number | null;
  container_error?: number;
  /** Media younger than this many ms is missing from lists. */
  stale_ms?: number;
  /** An upload is read no further than this, and refused all the same. */
  upload?: { after_bytes?: number; refuse?: { retriable?: boolean; type?: string; message?: string } };
}

/** One request, read. */
export interface GraphCall {
  method: Method;
  /** The version that serves it, e.g. `v25.0`; the one asked for may be older (§10). */
  version: string;
  /** The path without the version, as it was asked for. */
  path: string;
  /** Path segments behind node and edge, e.g. the permission in `me/permissions/{permission}`. */
  rest: string[];
  /** The API that the token belongs to. */
  login: Login;
  params: Params;
  token: Token | undefined;
  tokenText: string | undefined;
  node: GraphNode | undefined;
  tweaks: EffectTweaks;
  request: IncomingMessage;
}

/** One thing that Graph can do. To add one, add it to the list of a file in `endpoints/`. */
export interface GraphEndpoint {
  /** What the ledger and the faults call it. */
  name: string;
  method: Method;
  /** What the first path segment must be the id of; `root` when the path is fixed. */
  on: GraphNode['kind'] | 'root';
  /** The edge behind the id, `''` for the node itself; for `root` the whole path. */
  path: string;
  /** Root paths that exist with a version only, or without only. Default: either. */
  versioned?: 'always' | 'never';
  /** How errors are written; default Graph's envelope. */
  errors?: 'flat' | 'upload';
  /** false: the endpoint looks after credentials itself. */
  needsToken?: false;
  /** The answer's body, or text that is JSON already. Throws what Graph answers otherwise. */
  answer: (call: GraphCall) => unknown;
}

/** Text to be sent as it is: for numbers that JavaScript cannot hold. */
export class RawJson {
  constructor(readonly text: string) {}
}

/** The two logins call the same permission differently. */
export const scopes = {
  basic: { facebook: 'instagram_basic', instagram: 'instagram_business_basic' },
  publish: { facebook: 'instagram_content_publish', instagram: 'instagram_business_content_publish' },
  comments: { facebook: 'instagram_manage_comments', instagram: 'instagram_business_manage_comments' },
  contents: { facebook: 'instagram_manage_contents', instagram: '' },
} as const;

/** The token, which the router has already found good. */
export function tokenOf(call: GraphCall): Token {
  if (!call.token) throw new GraphError({ http: 400, code: 104, message: 'An access token is required.' });
  return call.token;
}

/** Throws code 10 when the person did not grant that permission. */
export function requireScope(call: GraphCall, scope: keyof typeof scopes): void {
  if (!hasScope(call, scope)) throw permissionDenied();
}

/** Whether the person granted that permission. */
export function hasScope(call: GraphCall, scope: keyof typeof scopes): boolean {
  return tokenOf(call).scopes.has(scopes[scope][call.login]);
}

/** Whether the token reaches the account; someone else's is answered as if it did not exist. */
export function reaches(state: SandboxState, token: Token, account: Account): boolean {
  if (token.kind === 'instagram') return token.account_id === account.id;
  if (!account.page_id || !isProfessional(account)) return false;
  if (token.kind === 'page') return token.page_id === account.page_id;
  const page = state.world.pages.get(account.page_id);
  if (!page?.tasks.has(token.person_id ?? '')) return false;
  return token.granted_pages === null || token.granted_pages.has(page.id);
}

/** The account that the call is about, within the token's reach and with the permission that is needed. */
export function requireAccount(
  state: SandboxState,
  call: GraphCall,
  accountId: string,
  scope: keyof typeof scopes,
): Account {
  const account = state.world.accounts.get(accountId);
  if (!account || !reaches(state, tokenOf(call), account)) throw unknownObject(call.method, accountId);
  requireScope(call, scope);
  if (!isProfessional(account)) throw permissionDenied();
  return account;
}

const PUBLISHING_TASKS = ['MANAGE', 'CREATE_CONTENT', 'PROFILE_PLUS_FULL_CONTROL', 'PROFILE_PLUS_CREATE_CONTENT'];

/** As {@link requireAccount}, for what puts something on Instagram: also a task on the Page, and no checkpoint. */
export function requirePublisher(state: SandboxState, call: GraphCall, accountId: string): Account {
  const account = requireAccount(state, call, accountId, 'publish');
  const { kind, person_id } = tokenOf(call);
  const tasks = state.world.pages.get(account.page_id ?? '')?.tasks.get(person_id ?? '') ?? [];
  if (kind !== 'instagram' && !tasks.some((task) => PUBLISHING_TASKS.includes(task))) throw permissionDenied();
  if (account.restricted) throw publishingError(2207050);
  return account;
}

/** The id of the account in the path; the router matched the node, so anything else is a bug. */
export function accountIdOf(call: GraphCall): string {
  if (call.node?.kind !== 'account') throw unknownObject(call.method, call.path);
  return call.node.account.id;
}
