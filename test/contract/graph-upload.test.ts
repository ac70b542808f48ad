import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { GraphError, InstagramGraph, type GraphCallObservation } from '../../src/graph';
import { clock, facebook, graphSettings } from '../unit/graph/meta-server';

const OK = JSON.stringify({ success: true, message: 'Upload successful.' });
const MB = 1024 * 1024;

interface Arrived {
  method?: string;
  url?: string;
  headers: IncomingHttpHeaders;
  bytes: number;
  text: string;
}

/** So many bytes, made while they are read. */
function bytes(count: number): Readable {
  let left = count;
  return new Readable({
    read(size) {
      const length = Math.min(left, Math.max(size, 64 * 1024));
      left -= length;
      this.push(length === 0 ? null : Buffer.alloc(length, 'v'));
    },
  });
}

describe('a video on its way to Meta’s upload host', () => {
  let server: Server;
  let graph: InstagramGraph;
  let arrived: Arrived[];
  let observed: GraphCallObservation[];
  let answer: { status: number; body: string };
  /** Bytes after which the server closes the connection. */
  let cutAfter: number;
  let answerAtOnce: boolean;

  beforeAll(async () => {
    server = createServer((request, response) => {
      const seen: Arrived = { method: request.method, url: request.url, headers: request.headers, bytes: 0, text: '' };
      arrived.push(seen);
      const reply = () => response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
      if (answerAtOnce) return void reply();
      request.on('data', (chunk: Buffer) => {
        seen.bytes += chunk.length;
        if (seen.bytes <= 100) seen.text += chunk.toString();
        if (seen.bytes >= cutAfter) request.socket.destroy();
      });
      request.on('end', reply);
      request.on('error', () => undefined);
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    [arrived, observed, cutAfter, answerAtOnce] = [[], [], Infinity, false];
    answer = { status: 200, body: OK };
    const { port } = server.address() as AddressInfo;
    // The other hosts are nowhere: what went there would fail.
    const settings = { ...graphSettings('http://127.0.0.1:1'), ruploadUrl: `http://127.0.0.1:${port}` };
    graph = new InstagramGraph(settings, clock, (call) => observed.push(call));
  });
  afterEach(() => graph.onModuleDestroy());

  const failed = async (upload: Promise<void>): Promise<GraphError> => {
    const error: unknown = await upload.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(GraphError);
    return error as GraphError;
  };

  it('carries exactly the headers that Meta documents', async () => {
    const stream = Readable.from([Buffer.from('moov'), Buffer.from('mdat')]);
    await graph.uploadVideo(facebook, '17900', { stream, sizeBytes: 8 });
    expect(arrived).toHaveLength(1);
    expect(arrived[0]).toMatchObject({ method: 'POST', url: '/ig-api-upload/v25.0/17900', text: 'moovmdat' });
    const { host: _host, connection: _connection, ...headers } = arrived[0]?.headers ?? {};
    expect(headers).toEqual({
      authorization: `OAuth ${facebook.accessToken.reveal()}`,
      offset: '0',
      file_size: '8',
      'content-type': 'application/octet-stream',
      'content-length': '8',
      accept: 'application/json',
      'user-agent': 'instagram-publisher',
      'accept-encoding': expect.any(String),
    });
  });

  it('goes on from the next byte: the offset, the size of the whole file, and only what is left', async () => {
    await graph.uploadVideo(
      facebook,
      '17900',
      { stream: Readable.from([Buffer.from('rest')]), sizeBytes: 50_006 },
      {
        offset: 50_002,
      },
    );
    expect(arrived[0]?.headers).toMatchObject({ offset: '50002', file_size: '50006', 'content-length': '4' });
    expect(arrived[0]?.text).toBe('rest');
  });

  it('is never in memory as a whole', async () => {
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().arrayBuffers - before)), 5);
    await graph.uploadVideo(facebook, '17900', { stream: bytes(300 * MB), sizeBytes: 300 * MB });
    clearInterval(watch);
    expect(arrived[0]?.bytes).toBe(300 * MB);
    expect(most).toBeLessThan(100 * MB);
  });

  it('is told with its bytes, and neither with the token nor with an id', async () => {
    await graph.uploadVideo(facebook, '17900', { stream: bytes(1_000), sizeBytes: 1_500 }, { offset: 500 });
    expect(observed).toMatchObject([
      {
        method: 'POST',
        host: 'rupload',
        route: '/ig-api-upload/{version}/{container-id}',
        status: 200,
        kind: null,
        upload: { offset: 500, sent: 1_000, total: 1_500 },
      },
    ]);
    expect(JSON.stringify(observed)).not.toMatch(/17900|EAA/);
  });

  it('that breaks off is sent once, and is a failure of the network that leaves open what arrived', async () => {
    cutAfter = 2 * MB;
    const stream = bytes(60 * MB);
    const error = await failed(graph.uploadVideo(facebook, '17900', { stream, sizeBytes: 60 * MB }));
    expect(error).toMatchObject({ kind: 'network_error', ambiguous: true });
    expect(arrived).toHaveLength(1);
    expect(stream.destroyed).toBe(true);
    expect(observed[0]?.upload?.sent).toBeGreaterThanOrEqual(2 * MB);
    expect(observed[0]?.upload?.sent).toBeLessThan(60 * MB);
  });

  it('ends when we give it up', async () => {
    const stop = new AbortController();
    const stream = new Readable({ read: () => undefined });
    stream.push(Buffer.alloc(1_000));
    const upload = failed(graph.uploadVideo(facebook, '17900', { stream, sizeBytes: 5_000 }, { signal: stop.signal }));
    while ((arrived[0]?.bytes ?? 0) < 1_000) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort();
    expect(await upload).toMatchObject({ kind: 'network_error' });
    expect(stream.destroyed).toBe(true);
  });

  it('can fail because our own storage does', async () => {
    const stream = new Readable({ read: () => undefined });
    stream.push(Buffer.alloc(1_000));
    setTimeout(() => stream.destroy(new Error('EIO /secret/path')), 20);
    const error = await failed(graph.uploadVideo(facebook, '17900', { stream, sizeBytes: 5_000 }));
    expect(error.kind).toBe('network_error');
    expect(`${error.message} ${error.advice}`).not.toContain('secret');
  });

  const refusal = (debug_info: object) => JSON.stringify({ debug_info });

  it.each([
    ['retriable', 400, { retriable: true, type: 'PartialRequestError', message: 'x' }, 'instagram_error', 'retry'],
    [
      'final',
      400,
      { retriable: false, type: 'ProcessingFailedError', message: 'x' },
      'media_processing_error',
      'rebuild',
    ],
    ['final in a 200', 200, { retriable: false, message: 'x' }, 'instagram_error', 'retry'],
    ['about the token', 401, { retriable: false, message: 'x' }, 'invalid_token', 'account'],
    [
      'about the token, in Graph’s own words',
      400,
      { retriable: false, message: JSON.stringify({ error: { code: 190, error_subcode: 463, message: 'x' } }) },
      'token_expired',
      'account',
    ],
    ['of a full host', 503, { retriable: false, message: 'x' }, 'service_unavailable', 'retry'],
  ])('is refused: %s', async (_, status, info, kind, remedy) => {
    answer = { status, body: refusal(info) };
    const error = await failed(graph.uploadVideo(facebook, '17900', { stream: bytes(10), sizeBytes: 10 }));
    expect(error).toMatchObject({ kind, remedy, httpStatus: status });
  });

  it('may be refused before all of it was sent; the rest then stays here', async () => {
    [answerAtOnce, answer] = [true, { status: 400, body: refusal({ retriable: false, message: 'no' }) }];
    const stream = bytes(200 * MB);
    const error = await failed(graph.uploadVideo(facebook, '17900', { stream, sizeBytes: 200 * MB }));
    expect(['media_processing_error', 'network_error']).toContain(error.kind);
    expect(stream.destroyed).toBe(true);
    expect(observed[0]?.upload?.sent).toBeLessThan(200 * MB);
  });

  it('is no success without the word', async () => {
    answer = { status: 200, body: '{"success":false}' };
    const error = await failed(graph.uploadVideo(facebook, '17900', { stream: bytes(10), sizeBytes: 10 }));
    expect(error).toMatchObject({ kind: 'instagram_error', ambiguous: true });
  });
});
