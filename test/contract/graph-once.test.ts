import { type Socket } from 'node:net';
import { GraphError, InstagramGraph, type ContainerSpec } from '../../src/graph';
import { clock, facebook, graphSettings, MetaServer, tcpServer } from '../unit/graph/meta-server';

const image: ContainerSpec = { kind: 'image', imageUrl: 'https://media.test/1.jpg' };
const failed = async (call: Promise<unknown>): Promise<GraphError> => {
  const error: unknown = await call.then(
    () => new Error('The call succeeded'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof GraphError)) throw error;
  return error;
};
const ok = (body: string, more = '') =>
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n${more}\r\n${body}`;

describe('a publish is sent at most once', () => {
  let stop: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of stop.splice(0)) await end();
    stop = [];
  });

  /** A raw server that counts whole requests and does with each as it is told. */
  async function counting(onRequest: (socket: Socket, count: number) => void) {
    const requests: string[] = [];
    let connections = 0;
    const server = await tcpServer((socket) => {
      connections += 1;
      let received = '';
      socket.on('data', (chunk) => {
        received += chunk.toString('utf8');
        const [head, body = ''] = received.split('\r\n\r\n');
        const length = Number(/content-length: (\d+)/i.exec(head ?? '')?.[1] ?? 0);
        if (!received.includes('\r\n\r\n') || body.length < length) return;
        requests.push(received);
        received = '';
        onRequest(socket, requests.length);
      });
    });
    const graph = new InstagramGraph(graphSettings(server.url), clock);
    stop.push(server.stop, () => Promise.resolve(graph.onModuleDestroy()));
    return { graph, requests, connections: () => connections };
  }

  const settle = () => new Promise((resolve) => setTimeout(resolve, 150));

  it('is in doubt, not repeated, when the server takes the request and closes', async () => {
    const { graph, requests } = await counting((socket) => socket.destroy());
    const error = await failed(graph.publish(facebook, '17841', '17900'));
    await settle();
    expect(requests).toHaveLength(1);
    expect(error).toMatchObject({ kind: 'network_error', ambiguous: true, remedy: 'verify', httpStatus: null });
  });

  it('is in doubt, not repeated, when the server resets the connection', async () => {
    const { graph, requests } = await counting((socket) => socket.resetAndDestroy());
    const error = await failed(graph.publish(facebook, '17841', '17900'));
    await settle();
    expect(requests).toHaveLength(1);
    expect(error).toMatchObject({ kind: 'network_error', ambiguous: true });
  });

  it('is in doubt when the answer breaks off in the middle', async () => {
    const { graph, requests } = await counting((socket) =>
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{"id":"179'),
    );
    const error = await failed(graph.publish(facebook, '17841', '17900'));
    expect(requests).toHaveLength(1);
    expect(error).toMatchObject({ kind: 'network_error', ambiguous: true });
  });

  it('is in doubt when no answer comes in time', async () => {
    const { graph, requests } = await counting(() => undefined);
    const error = await failed(graph.publish(facebook, '17841', '17900', { timeoutMs: 150 }));
    await settle();
    expect(requests).toHaveLength(1);
    expect(error).toMatchObject({ kind: 'timeout_error', ambiguous: true, remedy: 'verify' });
  });

  it('is in doubt when the answer drips in so slowly that its time runs out', async () => {
    const { graph } = await counting((socket) => {
      const drip = setInterval(() => socket.write('X-Drip: 1\r\n'), 20);
      socket.on('close', () => clearInterval(drip));
      socket.write('HTTP/1.1 200 OK\r\n');
    });
    const error = await failed(graph.publish(facebook, '17841', '17900', { timeoutMs: 200 }));
    expect(error).toMatchObject({ kind: 'timeout_error', ambiguous: true });
  });

  it('is in doubt when we give it up after it was sent, and not when before', async () => {
    const abort = new AbortController();
    const { graph, requests } = await counting(() => abort.abort());
    expect(await failed(graph.publish(facebook, '17841', '17900', { signal: abort.signal }))).toMatchObject({
      kind: 'network_error',
      ambiguous: true,
    });
    expect(await failed(graph.publish(facebook, '17841', '17900', { signal: abort.signal }))).toMatchObject({
      ambiguous: false,
    });
    await settle();
    expect(requests).toHaveLength(1);
  });

  it('goes over a connection of its own even when a kept one is at hand', async () => {
    const { graph, connections } = await counting((socket, count) =>
      socket.write(ok(count === 1 ? '{"id":"1","status_code":"FINISHED"}' : '{"id":"17900"}')),
    );
    await graph.containerStatus(facebook, '17900');
    await expect(graph.publish(facebook, '17841', '17900')).resolves.toEqual({ mediaId: '17900' });
    expect(connections()).toBe(2);
  });

  it('surfaces a kept socket that the server closed as a network failure; no other write is repeated either', async () => {
    const { graph, requests, connections } = await counting((socket, count) =>
      count === 1 ? socket.write(ok('{"id":"1"}', 'Connection: keep-alive\r\n')) : socket.destroy(),
    );
    await graph.createContainer(facebook, '17841', image);
    const error = await failed(graph.createContainer(facebook, '17841', image));
    await settle();
    expect(error).toMatchObject({ kind: 'network_error', ambiguous: true });
    expect(requests).toHaveLength(2);
    expect(connections()).toBe(1);
  });

  it('does not doubt a read', async () => {
    const { graph, requests } = await counting((socket) => socket.destroy());
    expect(await failed(graph.containerStatus(facebook, '17900'))).toMatchObject({
      kind: 'network_error',
      ambiguous: false,
      remedy: 'retry',
    });
    expect(requests).toHaveLength(1);
  });

  it('knows that a refused connection and an unknown host took nothing', async () => {
    const server = await tcpServer(() => undefined);
    await server.stop();
    for (const url of [server.url, 'http://meta.invalid']) {
      const graph = new InstagramGraph(graphSettings(url), clock);
      const error = await failed(graph.publish(facebook, '17841', '17900'));
      expect(error).toMatchObject({ kind: 'network_error', ambiguous: false, remedy: 'retry' });
      expect(error.detail).toMatch(/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN) before anything was sent$/);
    }
  });
});

describe('the last check before a publish', () => {
  const meta = new MetaServer();
  let graph: InstagramGraph;
  beforeAll(async () => {
    await meta.start();
    graph = new InstagramGraph(graphSettings(meta.url), clock);
  });
  afterAll(async () => {
    graph.onModuleDestroy();
    await meta.stop();
  });
  beforeEach(() => meta.seen.splice(0));

  it('runs once, before the server has seen anything', async () => {
    meta.says({ id: '17900' });
    const seenBefore: number[] = [];
    await graph.publish(facebook, '17841', '17900', { beforeSend: () => seenBefore.push(meta.seen.length) });
    expect(seenBefore).toEqual([0]);
    expect(meta.seen).toHaveLength(1);
  });

  it('stops the call with its own error and sends not one byte', async () => {
    let bytes = 0;
    let connections = 0;
    const server = await tcpServer((socket) => {
      connections += 1;
      socket.on('data', (chunk) => (bytes += chunk.length));
    });
    const stopping = new InstagramGraph(graphSettings(server.url), clock);
    const lost = new Error('The lease is lost');
    const beforeSend = () => {
      throw lost;
    };
    await expect(stopping.publish(facebook, '17841', '17900', { beforeSend })).rejects.toBe(lost);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([connections, bytes]).toEqual([1, 0]);
    await server.stop();
  });

  it.each([
    ['an error page', '<html>bad gateway</html>', 502],
    ['nothing', '', 500],
    ['a success that is not JSON', 'OK', 200],
    ['a success without an id', { success: true }, 200],
    ['an error inside of a success', { error: { code: 1, message: 'x' } }, 200],
    ['a throttle', { error: { code: 4, error_subcode: 2207051, message: 'request limit' } }, 403],
    ['a dead token', { error: { code: 190, message: 'x' } }, 400],
    ['a container that is not ready', { error: { code: 9007, error_subcode: 2207027, message: 'x' } }, 400],
    ['a redirect', '', 302],
  ])('leaves a publish in doubt that was answered with %s', async (_, body, status) => {
    meta.says(body, status, { location: `${meta.url}/elsewhere` });
    const error = await failed(graph.publish(facebook, '17841', '17900'));
    expect(error.ambiguous).toBe(true);
    expect(meta.seen).toHaveLength(1);
  });

  it.each([
    ['a clean refusal', { error: { code: 100, message: 'x' } }, 400, false],
    ['a refusal with a 5xx', { error: { code: 2, message: 'x' } }, 500, true],
    ['an error page', '<html></html>', 503, true],
    ['a malformed success', '{"id":', 200, true],
    [
      'the refusal that comes after the write',
      { error: { code: 20, error_subcode: 1772107, message: 'x' } },
      400,
      true,
    ],
  ])('doubts another write only where it must: %s', async (_, body, status, ambiguous) => {
    meta.says(body, status);
    expect(await failed(graph.createContainer(facebook, '17841', image))).toMatchObject({ ambiguous });
  });

  it('refuses an answer that is larger than any of Meta’s', async () => {
    meta.says('x'.repeat(5 * 1024 * 1024));
    expect(await failed(graph.publish(facebook, '17841', '17900'))).toMatchObject({
      kind: 'network_error',
      ambiguous: true,
    });
  });
});
