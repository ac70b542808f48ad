import { type FastifyInstance } from 'fastify';
import { bool, integer, InvalidInput, oneOf, optional, shape, text } from './checks';
import { type ContainerRequest } from './container-rules';
import { type SandboxState } from './state';

const MOST_POSTS = 10_000;

const postsCheck = shape({
  count: optional(integer(1)),
  caption: optional(text),
  media_product_type: optional(oneOf('FEED', 'REELS', 'STORY')),
  age_seconds: optional(integer()),
  counts_in_quota: optional(bool),
});

/** The part of the control API that is about how much a client may do: throttles, and what others post meanwhile. */
export function addPaceControl(server: FastifyInstance, state: SandboxState): void {
  const { throttles } = state;
  server.get('/_sandbox/throttles', () => ({
    throttles: throttles.list(),
    calls_while_throttled: throttles.violations(),
  }));
  server.post('/_sandbox/throttles', (request, reply) => reply.code(201).send(throttles.add(request.body)));
  server.delete('/_sandbox/throttles', (_request, reply) => {
    throttles.clear();
    return reply.code(204).send();
  });
  server.delete<{ Params: { id: string } }>('/_sandbox/throttles/:id', (request, reply) => {
    const gone = throttles.remove(Number(request.params.id));
    return gone ? reply.code(204).send() : reply.code(404).send({ error: 'not_found' });
  });
  server.post<{ Params: { id: string } }>('/_sandbox/accounts/:id/media', (request, reply) =>
    reply.code(201).send({ media_ids: postElsewhere(state, request.params.id, request.body) }),
  );
}

/** What somebody else puts on the account: another tool with the same right, or a person with the Instagram app. */
export function postElsewhere(state: SandboxState, account_id: string, input: unknown): string[] {
  const { count = 1, caption = null, media_product_type = 'FEED', ...given } = postsCheck(input, '');
  const { age_seconds = 0, counts_in_quota = true } = given;
  if (!state.world.accounts.has(account_id)) throw new InvalidInput([`id ${account_id} is not known here`]);
  if (count > MOST_POSTS) throw new InvalidInput([`count must be at most ${MOST_POSTS}`]);
  const published_at = state.clock.now() - age_seconds * 1000;
  const request: ContainerRequest = {
    surface: media_product_type,
    media_type: media_product_type === 'REELS' ? 'VIDEO' : 'IMAGE',
    caption,
    is_carousel_item: false,
    source_url: null,
    resumable: false,
    cover_url: null,
    thumb_offset: 0,
    children: [],
    share_to_feed: true,
    alt_text: null,
    is_ai_generated: false,
    is_trial: false,
  };
  return Array.from({ length: count }, () => {
    const { id } = state.media.publish({
      account_id,
      container_id: '',
      request,
      file: null,
      cover: null,
      published_at,
    });
    if (counts_in_quota) state.postsPublished.add(account_id, published_at);
    state.ledger.effect({
      kind: 'media_posted_elsewhere',
      account_id,
      media_id: id,
      media_type: request.media_type,
      media_product_type,
      ...(caption !== null && { caption }),
    });
    return id;
  });
}
