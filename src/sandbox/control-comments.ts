import { type FastifyInstance } from 'fastify';
import { InvalidInput, optional, shape, text } from './checks';
import { type SandboxState } from './state';

const commentCheck = shape({ text, username: optional(text) });

/** The part of the control API that is about what people say under a post. */
export function addCommentControl(server: FastifyInstance, state: SandboxState): void {
  server.post<{ Params: { id: string } }>('/_sandbox/media/:id/comments', (request, reply) =>
    reply.code(201).send({ comment_id: commentElsewhere(state, request.params.id, request.body) }),
  );
}

/** What somebody else writes; `username` of the account itself: a person with the Instagram app. @returns the id */
export function commentElsewhere(state: SandboxState, media_id: string, input: unknown): string {
  const { text: said, username = 'someone.else' } = commentCheck(input, '');
  if (!state.media.find(media_id)) throw new InvalidInput([`id ${media_id} is not known here`]);
  const account_id = state.world.accountNamed(username)?.id ?? null;
  const { id: comment_id } = state.comments.write({ media_id, account_id, username, text: said });
  state.ledger.effect({ kind: 'comment_written_elsewhere', account_id, media_id, comment_id, text: said });
  return comment_id;
}
