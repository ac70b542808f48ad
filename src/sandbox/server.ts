import { type AddressInfo } from 'node:net';
import { type Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { addControl } from './control';
import { addDialogs } from './dialogs';
import { accountEndpoints } from './endpoints/accounts';
import { businessEndpoints } from './endpoints/businesses';
import { commentEndpoints } from './endpoints/comments';
import { containerEndpoints } from './endpoints/containers';
import { createContainerEndpoints } from './endpoints/create-container';
import { facebookTokenEndpoints } from './endpoints/facebook-tokens';
import { instagramTokenEndpoints } from './endpoints/instagram-tokens';
import { mediaEndpoints } from './endpoints/media';
import { peopleEndpoints } from './endpoints/people';
import { publishEndpoints } from './endpoints/publish';
import { uploadEndpoints } from './endpoints/upload';
import { type Fault } from './faults';
import { GraphServer } from './graph-server';
import { addPublicPages } from './public-files';
import { type SandboxOptions, SandboxState } from './state';

/** A sandbox that listens. */
export interface RunningSandbox {
  /** Its address, without a slash at the end: the value for each of Meta's origins. */
  url: string;
  state: SandboxState;
  /** Arms a fault, as `POST /_sandbox/faults` does. Throws InvalidInput. */
  fault: (input: unknown) => Fault;
  /** Stops at once: open sockets are cut, timers forgotten, downloaded media deleted. */
  close: () => Promise<void>;
}

/** Starts a sandbox. Port 0 takes a free one; only this machine can reach it unless `host` says otherwise. */
export async function openSandbox(
  options: SandboxOptions & { host?: string; port?: number } = {},
): Promise<RunningSandbox> {
  const { host = '127.0.0.1', port = 0, ...rest } = options;
  const state = new SandboxState(rest);
  const server = fastify({ forceCloseConnections: true, routerOptions: { maxParamLength: 500 } });
  readBodies(server);
  const graph = new GraphServer(state, [
    ...facebookTokenEndpoints(state),
    ...instagramTokenEndpoints(state),
    ...peopleEndpoints(state),
    ...businessEndpoints(state),
    ...accountEndpoints(state),
    ...createContainerEndpoints(state),
    ...containerEndpoints(state),
    ...uploadEndpoints(state),
    ...publishEndpoints(state),
    ...mediaEndpoints(state),
    ...commentEndpoints(state),
  ]);
  addControl(server, state, graph.routes.names);
  addDialogs(server, state);
  addPublicPages(server, state);
  // Every other address is Graph's: it has an answer for paths that do not exist, too.
  server.route({
    method: ['GET', 'POST', 'DELETE'],
    url: '/*',
    exposeHeadRoute: false,
    handler: (request, reply) => graph.serve(request, reply),
  });
  await server.listen({ host, port });
  const url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  if (state.publicUrl === '') state.publicUrl = url;
  return {
    url,
    state,
    fault: (input) => state.faults.add(input, graph.routes.names),
    close: async () => {
      state.clock.stop();
      await server.close();
      await state.files.clear();
    },
  };
}

/** Form, JSON and multipart bodies become values; anything else stays a stream, for uploads. */
function readBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, new URLSearchParams(body as string)),
  );
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? {} : JSON.parse(body as string));
    } catch {
      done(Object.assign(new Error('The body is not JSON.'), { statusCode: 400 }));
    }
  });
  server.addContentTypeParser('multipart/form-data', async (request: FastifyRequest, payload: Readable) => {
    const headers = { 'content-type': request.headers['content-type'] ?? '' };
    const form = await new Response(new Uint8Array(await buffer(payload)), { headers }).formData();
    const values = new URLSearchParams();
    for (const [name, value] of form) if (typeof value === 'string') values.append(name, value);
    return values;
  });
  server.addContentTypeParser('*', (_request, _payload, done) => done(null));
}
