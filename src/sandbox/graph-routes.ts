import { type GraphCall, type GraphEndpoint, type GraphNode, type Method } from './graph-call';
import { GraphError, unknownObject, unknownPath, unparsableToken, unsupportedMethod } from './graph-error';
import { type GraphPath } from './graph-path';
import { type SandboxState } from './state';
import { loginOf, type Token } from './tokens';

/** The name that calls go by which no endpoint answers. */
export const NO_ENDPOINT = 'unknown';

/** Finds the node and the endpoint of a call; all lookups are by key. */
export class GraphRoutes {
  private readonly byKey = new Map<string, GraphEndpoint>();
  /** Names that the ledger and faults know. */
  readonly names: ReadonlySet<string>;
  private readonly rootPaths: Set<string>;
  private readonly edges: Set<string>;

  constructor(
    private readonly state: SandboxState,
    endpoints: GraphEndpoint[],
  ) {
    for (const endpoint of endpoints) {
      for (const versioned of [true, false]) {
        if (endpoint.versioned === (versioned ? 'never' : 'always')) continue;
        this.byKey.set(keyOf(endpoint.method, endpoint.on, endpoint.path, versioned), endpoint);
      }
    }
    this.names = new Set([...endpoints.map((endpoint) => endpoint.name), NO_ENDPOINT]);
    this.rootPaths = new Set(endpoints.filter(({ on }) => on === 'root').map(({ path }) => path));
    this.edges = new Set(endpoints.map(({ path }) => path));
  }

  /** The endpoint and node; or the error Graph answers to such a path. */
  match(method: Method, at: GraphPath, token: Token | undefined): RouteMatch {
    if (this.rootPaths.has(at.path)) {
      const endpoint = this.byKey.get(keyOf(method, 'root', at.path, at.versioned));
      return endpoint ? { endpoint, node: undefined } : { problem: unsupportedMethod(method), node: undefined };
    }
    const [id = '', edge = ''] = at.segments;
    if (id === '' || !this.edges.has(edge) || at.segments.length > 3) {
      return { problem: unknownPath(at.path), node: undefined };
    }
    const node = id === 'me' ? this.self(token) : this.find(id);
    if (!node) return { problem: missingNode(method, id), node };
    const endpoint = this.byKey.get(keyOf(method, node.kind, edge, at.versioned));
    return endpoint ? { endpoint, node } : { problem: unknownObject(method, id), node };
  }

  private self(token: Token | undefined): GraphNode | undefined {
    const id = loginOf(token) === 'instagram' ? token?.account_id : (token?.page_id ?? token?.person_id);
    return id ? this.find(id) : undefined;
  }

  private find(id: string): GraphNode | undefined {
    const { world, containers, media } = this.state;
    const account = world.accounts.get(id);
    if (account) return { kind: 'account', account };
    const container = containers.find(id);
    if (container) return { kind: 'container', container };
    const post = media.find(id);
    if (post) return { kind: 'media', media: post };
    const page = world.pages.get(id);
    if (page) return { kind: 'page', page };
    const business = world.businesses.get(id);
    if (business) return { kind: 'business', business };
    const person = world.persons.get(id);
    return person && { kind: 'person', person };
  }
}

export type RouteMatch = { node: GraphNode | undefined } & ({ endpoint: GraphEndpoint } | { problem: GraphError });

function keyOf(method: Method, on: GraphEndpoint['on'], path: string, versioned: boolean): string {
  return `${method} ${on} ${path} ${versioned ? 'v' : '-'}`;
}

function missingNode(method: Method, id: string): GraphError {
  if (id !== 'me') return unknownObject(method, id);
  const message = 'An active access token must be used to query information about the current user.';
  return new GraphError({ http: 400, code: 2500, message });
}

/** The path with placeholders for ids: what the ledger may hold. */
export function routeTemplate(match: RouteMatch): string {
  if (!('endpoint' in match)) return '/…';
  const { on, path } = match.endpoint;
  if (on === 'root') return `/${path}`;
  return `/{${on}-id}${path && `/${path}`}`;
}

/** Which account the call is about and with which caption: what faults look at. */
export function subjectOf(
  state: SandboxState,
  call: Pick<GraphCall, 'node' | 'params' | 'token'>,
): { account_id: string | null; caption: string | null } {
  const { node, params, token } = call;
  const creation = state.containers.find(params.text('creation_id') ?? '');
  const caption = params.text('caption') ?? creation?.request.caption ?? null;
  switch (node?.kind) {
    case 'account':
      return { account_id: node.account.id, caption };
    case 'container':
      return { account_id: node.container.account_id, caption: node.container.request.caption };
    case 'media':
      return { account_id: node.media.account_id, caption: node.media.request.caption };
    case 'page':
      return { account_id: node.page.account_id, caption };
    default:
      return { account_id: token?.account_id ?? null, caption };
  }
}

/** Checks that the token works; without one Graph answers code 104. */
export function requireToken(state: SandboxState, text: string | undefined): Token {
  if (text === undefined) {
    const message = 'An access token is required to request this resource.';
    throw new GraphError({ http: 400, code: 104, message });
  }
  if (text.includes('|')) throw unparsableToken();
  return state.tokens.require(text);
}
