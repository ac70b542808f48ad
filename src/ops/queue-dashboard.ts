import { createHash, timingSafeEqual } from 'node:crypto';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter as BoardAdapter } from '@bull-board/fastify';
import type { Queue } from 'bullmq';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../common/app-error';
import { bodyOf } from '../common/error.filter';
import type { Settings } from '../config/settings';

const PATH = '/ops/queues';

const READING = ['GET', 'HEAD'];

const NOT_SIGNED_IN = new AppError('unauthorized', 'The queue dashboard wants the credentials of OPS_USER.');
const READ_ONLY = new AppError('forbidden', 'The queue dashboard is for looking only.');
const NOTHING_THERE = new AppError('not_found', 'The queue has no such thing (any more).');

/**
 * The queue dashboard, to look at: closed (404) without OPS_USER and OPS_PASSWORD, otherwise behind Basic credentials.
 * Read only: a job repeated by hand must not go round the rules of publishing.
 */
export async function serveQueueDashboard(
  fastify: FastifyInstance,
  queues: Queue[],
  settings: Settings,
): Promise<void> {
  const { ops } = settings;
  if (ops === null) return;
  const expected = digest(`Basic ${Buffer.from(`${ops.user}:${ops.password.reveal()}`).toString('base64')}`);
  const board = new BoardAdapter();
  board.setBasePath(PATH);
  createBullBoard({
    queues: queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true })),
    serverAdapter: board,
    options: { uiConfig: { boardTitle: 'instagram-publisher' } },
  });
  await fastify.register(
    async (scope) => {
      scope.addHook('onRequest', async (request, reply) => {
        const given = (request.headers.authorization ?? '').replace(/^basic +/i, 'Basic ');
        const signedIn = timingSafeEqual(digest(given), expected);
        if (signedIn && READING.includes(request.method)) return;
        const error = signedIn ? READ_ONLY : NOT_SIGNED_IN;
        if (!signedIn) reply.header('WWW-Authenticate', 'Basic realm="instagram-publisher ops", charset="UTF-8"');
        return reply.status(error.status).send(bodyOf(error, request.id));
      });
      // What the board itself says of a job that is gone has another shape than our errors.
      scope.addHook('preSerialization', async (request, reply, payload) => {
        if (reply.statusCode < 400 || isOurs(payload)) return payload;
        reply.status(NOTHING_THERE.status);
        return bodyOf(NOTHING_THERE, request.id);
      });
      await scope.register(board.registerPlugin());
    },
    { prefix: PATH },
  );
}

function isOurs(payload: unknown): boolean {
  return typeof payload === 'object' && payload !== null && 'error_type' in payload;
}

/** Equal length for whatever was sent, so that the comparison takes equal time. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
