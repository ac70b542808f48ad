import { once } from 'node:events';
import { createServer } from 'node:net';

/** `wanted` if nobody listens there on `host`, else one that is free at this moment. */
export async function freePort(wanted = 0, host = '127.0.0.1') {
  const server = createServer().listen(wanted, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    if (wanted === 0) throw error;
    return freePort(0, host);
  }
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
