import { type GraphCall, type GraphEndpoint, tokenOf } from '../graph-call';
import { permissionDenied, unknownObject } from '../graph-error';
import { pageOf } from '../paging';
import { type SandboxState } from '../state';
import { canSee, requireSelf, writePages } from './people';

/** Business portfolios (§1a): Pages that `/me/accounts` leaves out. All of it needs `business_management`. */
export function businessEndpoints(state: SandboxState): GraphEndpoint[] {
  const edges = ['owned_pages', 'client_pages'] as const;
  return [
    {
      name: 'businesses_list',
      method: 'GET',
      on: 'person',
      path: 'businesses',
      answer: (call) => listBusinesses(state, call),
    },
    ...edges.map((edge): GraphEndpoint => ({
      name: 'business_pages',
      method: 'GET',
      on: 'business',
      path: edge,
      answer: (call) => listPages(state, call, edge),
    })),
  ];
}

function requireManager(call: GraphCall): void {
  if (!tokenOf(call).scopes.has('business_management')) throw permissionDenied();
}

function listBusinesses(state: SandboxState, call: GraphCall): unknown {
  const { person } = requireSelf(call).node;
  requireManager(call);
  const theirs = [...state.world.businesses.values()].filter((business) => business.person_id === person.id);
  return pageOf(
    call,
    state.publicUrl,
    theirs,
    () => true,
    ({ id, name }) => ({ id, name }),
  );
}

function listPages(state: SandboxState, call: GraphCall, edge: 'owned_pages' | 'client_pages'): unknown {
  const business = call.node?.kind === 'business' ? call.node.business : undefined;
  if (business?.person_id !== tokenOf(call).person_id) throw unknownObject(call.method, call.path);
  requireManager(call);
  const inside = [...state.world.pages.values()].filter(
    (page) => page.business?.id === business?.id && page.business?.edge === edge && canSee(call, page),
  );
  return writePages(state, call, inside);
}
