import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type Check, integer, InvalidInput, shape, text, optional } from './checks';
import { addCallbackControl } from './control-callbacks';
import { addCommentControl } from './control-comments';
import { addPaceControl } from './control-pace';
import { addWorldControl } from './control-world';
import { settingsCheck } from './settings';
import { type SandboxState } from './state';

const year = 366 * 86_400_000;
const clockCheck = shape({ advance_ms: integer() });
const ledgerCheck: Check<{ after?: string; account_id?: string }> = shape({
  after: optional(text),
  account_id: optional(text),
});

/** The control API under `/_sandbox`: the ledger, faults, settings, the clock and the world. docs/sandbox.md. */
export function addControl(server: FastifyInstance, state: SandboxState, endpoints: ReadonlySet<string>): void {
  server.setErrorHandler((error, request, reply) => {
    if (error instanceof InvalidInput)
      return reply.code(400).send({ error: 'invalid_input', problems: error.problems });
    return crashed(error, request, reply);
  });
  addWorldControl(server, state);
  addPaceControl(server, state);
  addCallbackControl(server, state);
  addCommentControl(server, state);

  server.all('/_sandbox/*', (_request, reply) => reply.code(404).send({ error: 'not_found' }));
  server.get('/_sandbox/pulse', (_request, reply) => reply.type('text/plain').send(state.ledger.pulse()));
  server.get('/_sandbox/ledger', (request) => {
    const { after, account_id } = ledgerCheck(request.query, '');
    const wanted = (entry: { sequence: number; account_id?: string | null }): boolean =>
      entry.sequence > Number(after ?? 0) && (account_id === undefined || entry.account_id === account_id);
    const { effects, calls, fetches, uploads } = state.ledger;
    return {
      effects: effects.filter(wanted),
      calls: calls.filter(wanted),
      uploads: uploads.filter(wanted),
      fetches: fetches.filter((entry) => entry.sequence > Number(after ?? 0)),
    };
  });
  server.delete('/_sandbox/ledger', (_request, reply) => {
    state.ledger.clear();
    return reply.code(204).send();
  });
  server.post('/_sandbox/reset', async (_request, reply) => {
    await state.reset();
    return reply.code(204).send();
  });

  server.get('/_sandbox/faults', () => ({ faults: state.faults.list() }));
  server.post('/_sandbox/faults', (request, reply) => reply.code(201).send(state.faults.add(request.body, endpoints)));
  server.delete('/_sandbox/faults', (_request, reply) => {
    state.faults.clear();
    return reply.code(204).send();
  });
  server.delete<{ Params: { id: string } }>('/_sandbox/faults/:id', (request, reply) => {
    const gone = state.faults.remove(Number(request.params.id));
    return gone ? reply.code(204).send() : reply.code(404).send({ error: 'not_found' });
  });

  server.get('/_sandbox/settings', () => state.settings);
  server.post('/_sandbox/settings', (request) => Object.assign(state.settings, settingsCheck(request.body, '')));

  server.get('/_sandbox/clock', () => ({ now: new Date(state.clock.now()).toISOString() }));
  server.post('/_sandbox/clock', (request) => {
    const { advance_ms } = clockCheck(request.body, '');
    if (advance_ms > 10 * year) throw new InvalidInput(['advance_ms must be at most ten years']);
    state.clock.advance(advance_ms);
    return { now: new Date(state.clock.now()).toISOString() };
  });
}

/** A bug of the sandbox itself. Marked, so that nobody takes it for something Meta would say. */
function crashed(error: unknown, _request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  const message = error instanceof Error ? error.message : 'unknown';
  return reply.code(status).send({ error: 'sandbox_error', message });
}
