import { type Container } from '../containers';
import { accountIdOf, type GraphCall, type GraphEndpoint, requirePublisher } from '../graph-call';
import { invalidParameter, missingParameter } from '../graph-error';
import { type Media } from '../media';
import { publishingError } from '../publishing-error';
import { quotasOf } from '../settings';
import { type SandboxState } from '../state';

/** `POST /{ig-id}/media_publish` (§2.2). */
export function publishEndpoints(state: SandboxState): GraphEndpoint[] {
  return [
    {
      name: 'media_publish',
      method: 'POST',
      on: 'account',
      path: 'media_publish',
      answer: (call) => publish(state, call),
    },
  ];
}

// Nothing in here waits: of two simultaneous calls for one container exactly one finds it FINISHED.
function publish(state: SandboxState, call: GraphCall): unknown {
  const account = requirePublisher(state, call, accountIdOf(call));
  const creationId = call.params.text('creation_id');
  if (!creationId) throw missingParameter('creation_id');
  const container = state.containers.find(creationId);
  if (container?.account_id !== account.id) throw publishingError(2207008);
  if (container.request.is_carousel_item) {
    throw invalidParameter('(#100) A carousel item cannot be published by itself.');
  }
  const status = state.containers.statusOf(container);
  if (status === 'EXPIRED') throw publishingError(2207008);
  if (status === 'PUBLISHED') {
    const { republish } = state.settings;
    if (republish === 'reject') throw publishingError(2207027, 'It was published already.');
    if (republish === 'same_id') return { id: container.media_id };
  } else if (status !== 'FINISHED') throw publishingError(2207027);

  const now = state.clock.now();
  const { quota_total } = quotasOf(state.settings, account.id);
  if (state.postsPublished.count(account.id, now) >= quota_total) throw publishingError(2207042);
  state.postsPublished.add(account.id, now);
  return { id: goLive(state, container).id };
}

/** The effect itself: from here on it is on Instagram. */
function goLive(state: SandboxState, container: Container): Media {
  const { request, account_id } = container;
  const children = request.children.flatMap((id) => {
    const child = state.containers.find(id);
    if (!child) return [];
    const { request: item, media: file, cover } = child;
    return state.media.addChild({ account_id, container_id: id, request: item, file, cover });
  });
  const media = state.media.publish({
    account_id,
    container_id: container.id,
    request,
    file: container.media,
    cover: container.cover,
    children,
  });
  container.state = 'PUBLISHED';
  container.media_id = media.id;
  state.ledger.effect({
    kind: 'media_published',
    account_id,
    container_id: container.id,
    media_id: media.id,
    media_type: request.media_type,
    media_product_type: request.surface,
    ...(request.caption !== null && { caption: request.caption }),
    ...(request.children.length > 0 && { children: request.children }),
  });
  return media;
}
