import { writeAccount } from '../account-fields';
import { type FieldTable, parseFields, project } from '../fields';
import { type GraphCall, type GraphEndpoint, tokenOf } from '../graph-call';
import { unknownObject } from '../graph-error';
import { pageOf } from '../paging';
import { type SandboxState } from '../state';
import { isProfessional, type Page, type Person } from '../world';

interface View {
  state: SandboxState;
  call: GraphCall;
}

const personFields: FieldTable<Person, View> = { id: (person) => person.id, name: (person) => person.name };

const pageFields: FieldTable<Page, View> = {
  id: (page) => page.id,
  name: (page) => page.name,
  category: (page) => page.category,
  category_list: (page) => [{ id: '2250', name: page.category }],
  tasks: (page, { call }) => page.tasks.get(tokenOf(call).person_id ?? ''),
  access_token: (page, { state, call }) => {
    const token = tokenOf(call);
    return token.kind === 'page' ? token.value : state.tokens.forPage(token, page.id, page.account_id).value;
  },
  // Absent when nothing is linked, and when what is linked is a personal account (§1a).
  instagram_business_account: (page, { state, call }, wanted) => {
    const account = state.world.accounts.get(page.account_id ?? '');
    if (!account || !isProfessional(account)) return undefined;
    return writeAccount(state, call, account, wanted.inner ?? []);
  },
};

/** Facebook's people and Pages (§1a): who am I, which Pages do I have, what did I grant. */
export function peopleEndpoints(state: SandboxState): GraphEndpoint[] {
  return [
    { name: 'person_read', method: 'GET', on: 'person', path: '', answer: (call) => readPerson(state, call) },
    { name: 'pages_list', method: 'GET', on: 'person', path: 'accounts', answer: (call) => listPages(state, call) },
    { name: 'page_read', method: 'GET', on: 'page', path: '', answer: (call) => readPage(state, call) },
    {
      name: 'permissions_list',
      method: 'GET',
      on: 'person',
      path: 'permissions',
      answer: (call) => ({ data: listPermissions(requireSelf(call)) }),
    },
    {
      name: 'permissions_revoke',
      method: 'DELETE',
      on: 'person',
      path: 'permissions',
      answer: (call) => revoke(state, call),
    },
  ];
}

/** People see themselves only. */
export function requireSelf(call: GraphCall): GraphCall & { node: { kind: 'person'; person: Person } } {
  const { node } = call;
  if (node?.kind !== 'person' || tokenOf(call).person_id !== node.person.id) {
    throw unknownObject(call.method, call.path.split('/')[0] ?? '');
  }
  return { ...call, node };
}

function readPerson(state: SandboxState, call: GraphCall): unknown {
  const { node } = requireSelf(call);
  const wanted = parseFields(call.params.text('fields') ?? 'name,id');
  return project(node.person, wanted, personFields, { state, call }, 'User');
}

export function canSee(call: GraphCall, page: Page): boolean {
  const token = tokenOf(call);
  if (token.kind === 'instagram' || !page.tasks.has(token.person_id ?? '')) return false;
  if (token.kind === 'page') return token.page_id === page.id;
  return token.granted_pages === null || token.granted_pages.has(page.id);
}

function listPages(state: SandboxState, call: GraphCall): unknown {
  const { node } = requireSelf(call);
  if (!tokenOf(call).scopes.has('pages_show_list')) return { data: [] };
  const pages = state.world.pagesOf(node.person.id).filter((page) => !page.business && canSee(call, page));
  return writePages(state, call, pages);
}

/** The same list, whoever's Pages they are. */
export function writePages(state: SandboxState, call: GraphCall, pages: Page[]): unknown {
  const wanted = parseFields(call.params.text('fields') ?? 'access_token,category,category_list,name,id,tasks');
  const write = (page: Page): unknown => project(page, wanted, pageFields, { state, call }, 'Page');
  return pageOf(call, state.publicUrl, pages.reverse(), () => true, write);
}

function readPage(state: SandboxState, call: GraphCall): unknown {
  const page = call.node?.kind === 'page' ? call.node.page : undefined;
  if (!page || !canSee(call, page)) throw unknownObject(call.method, page?.id ?? call.path);
  const wanted = parseFields(call.params.text('fields') ?? 'name,id');
  return project(page, wanted, pageFields, { state, call }, 'Page');
}

function listPermissions(call: GraphCall): unknown[] {
  return [...tokenOf(call).scopes].map((permission) => ({ permission, status: 'granted' }));
}

/** Without a permission the app is gone for that person: every token of theirs dies, Page tokens too. */
function revoke(state: SandboxState, call: GraphCall): unknown {
  const { node } = requireSelf(call);
  const { app } = tokenOf(call);
  const permission = call.rest[0];
  const theirs = [...state.tokens.all()].filter((t) => t.person_id === node.person.id && t.app.id === app.id);
  if (permission !== undefined) for (const token of theirs) token.scopes.delete(permission);
  else state.tokens.kill(458, (token) => theirs.includes(token));
  state.ledger.effect({ kind: 'permission_revoked', reason: permission ?? 'all' });
  return { success: true };
}
