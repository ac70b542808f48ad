import { type ContainerRequest, invalidLocation, readContainerRequest } from '../container-rules';
import { fetchImage, processContainer } from '../container-work';
import { accountIdOf, type GraphCall, type GraphEndpoint, requirePublisher } from '../graph-call';
import { GraphError } from '../graph-error';
import { type Params } from '../params';
import { publishingError } from '../publishing-error';
import { quotasOf } from '../settings';
import { type SandboxState } from '../state';

/** `POST /{ig-id}/media` (§2.1). */
export function createContainerEndpoints(state: SandboxState): GraphEndpoint[] {
  return [
    {
      name: 'create_container',
      method: 'POST',
      on: 'account',
      path: 'media',
      answer: (call) => createContainer(state, call),
    },
  ];
}

/** Images are fetched and judged before there is a container, so what is wrong with them is the answer. */
async function createContainer(state: SandboxState, call: GraphCall): Promise<unknown> {
  const account = requirePublisher(state, call, accountIdOf(call));
  const request = readContainerRequest(call.params, call.login);
  if (request.is_trial && !account.trial_reels) throw publishingError(2207081);
  // Any number passes for a Page with a location, but those that the settings name.
  if (state.settings.unknown_locations.includes(call.params.text('location_id') ?? '')) throw invalidLocation();
  for (const id of request.children) requireChild(state, account.id, id);
  spendQuota(state, account.id);

  const image = request.media_type === 'IMAGE' ? await fetchImage(state, request) : null;
  const container = state.containers.add(account.id, request);
  container.media = image;
  state.ledger.effect({
    kind: 'container_created',
    account_id: account.id,
    container_id: container.id,
    media_type: request.media_type,
    media_product_type: request.surface,
    ...(request.caption !== null && { caption: request.caption }),
    ...(request.children.length > 0 && { children: request.children }),
    parameters: recorded(call.params),
  });
  processContainer(state, container, call.tweaks);
  return { id: container.id, ...uploadAddress(state, call, request, container.id) };
}

/** As they arrived, each as the text it would have in a query; without credentials and the queries of media URLs. */
function recorded(params: Params): Record<string, string> {
  const entries = [...params.withoutCredentials()].map(([name, value]): [string, string] => [
    name,
    name.endsWith('_url') ? (value.split('?')[0] ?? '') : value,
  ]);
  return Object.fromEntries(entries);
}

function uploadAddress(state: SandboxState, call: GraphCall, request: ContainerRequest, id: string): { uri?: string } {
  return request.resumable ? { uri: `${state.publicUrl}/ig-api-upload/${call.version}/${id}` } : {};
}

/** Children must be finished before their parent is made (§2.2). */
function requireChild(state: SandboxState, accountId: string, id: string): void {
  const child = state.containers.find(id);
  if (child?.account_id !== accountId || !child.request.is_carousel_item) throw publishingError(2207006, id);
  const status = state.containers.statusOf(child);
  if (status === 'EXPIRED') throw publishingError(2207008, id);
  if (status === 'ERROR') throw publishingError(2207032, id);
  if (status === 'IN_PROGRESS') throw publishingError(2207027, id);
}

/** Meta documents the 400 containers in 24 hours, but not what the 401st is answered; this is our guess. */
function spendQuota(state: SandboxState, accountId: string): void {
  const limit = quotasOf(state.settings, accountId).containers_per_day;
  const now = state.clock.now();
  if (limit !== null && state.containersMade.count(accountId, now) >= limit) {
    const message = 'Application request limit reached: too many containers were created for this account in 24 hours.';
    throw new GraphError({ http: 400, code: 9, subcode: 2207042, message, is_transient: false });
  }
  state.containersMade.add(accountId, now);
}
