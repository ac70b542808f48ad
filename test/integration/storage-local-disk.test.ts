import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { request, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import fastify, { type FastifyInstance } from 'fastify';
import { SystemClock } from '../../src/common/clock';
import type { Settings } from '../../src/config/settings';
import { LocalDisk } from '../../src/storage/local-disk';
import { serveFiles } from '../../src/storage/serve-files';

let directory: string;
let disk: LocalDisk;
let settings: Settings;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'storage-'));
  settings = {
    http: { publicBaseUrl: 'https://api.example.com' },
    storage: { directory, maxUploadBytes: 100 },
  } as unknown as Settings;
  disk = new LocalDisk(settings, new SystemClock());
  await disk.onModuleInit();
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const bytes = (...chunks: string[]) => Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
const staging = () => readdir(join(directory, '.staging'));
const kept = async () => (await readdir(directory)).filter((name) => name !== '.staging');

async function keep(content: string, extension: string): Promise<string> {
  return disk.keep(await disk.stage(bytes(content)), extension);
}

describe('a kept file', () => {
  it('is read from the start, or from any byte on, and says how large it is', async () => {
    const key = await keep('hello world', 'mp4');
    const whole = await disk.open(key);
    expect(whole.sizeBytes).toBe(11);
    expect(await text(whole.stream)).toBe('hello world');
    const rest = await disk.open(key, 6);
    expect(rest.sizeBytes).toBe(11);
    expect(await text(rest.stream)).toBe('world');
    expect(await text((await disk.open(key, 11)).stream)).toBe('');
  });

  it('that is gone cannot be opened', async () => {
    const key = await keep('hello world', 'mp4');
    await disk.remove(key);
    await expect(disk.open(key)).rejects.toThrow();
    await expect(disk.open('../passwd')).rejects.toThrow('Not a key of ours');
  });
});

describe('a file that comes in', () => {
  it('is staged, then kept under an unguessable key', async () => {
    const staged = await disk.stage(bytes('hello ', 'world'));
    expect(staged.sizeBytes).toBe(11);
    expect(await readFile(staged.path, 'utf8')).toBe('hello world');
    expect(await kept()).toEqual([]);

    const key = await disk.keep(staged, 'mp4');

    expect(key).toMatch(/^[0-9a-f]{40}\.mp4$/);
    expect(disk.publicUrl(key)).toBe(`https://api.example.com/files/${key}`);
    expect(await readFile(join(directory, key), 'utf8')).toBe('hello world');
    expect(await staging()).toEqual([]);
    expect(await keep('hello world', 'mp4')).not.toBe(key);
  });

  it('may be as large as the limit and not a byte larger', async () => {
    expect((await disk.stage(bytes('x'.repeat(100)))).sizeBytes).toBe(100);
    await expect(disk.stage(bytes('x'.repeat(60), 'x'.repeat(41)))).rejects.toMatchObject({
      errorType: 'payload_too_large',
    });
    expect(await staging()).toHaveLength(1);
  });

  it('is refused when it is empty', async () => {
    await expect(disk.stage(bytes())).rejects.toMatchObject({ errorType: 'media_invalid_format' });
    expect(await staging()).toEqual([]);
  });

  it('leaves nothing behind when its sender goes away', async () => {
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('half');
        await Promise.resolve();
        throw new Error('gone');
      })(),
    );
    await expect(disk.stage(broken)).rejects.toThrow('gone');
    expect(await staging()).toEqual([]);
  });

  it('can be discarded, once or twice', async () => {
    const staged = await disk.stage(bytes('x'));
    await disk.discard(staged);
    await disk.discard(staged);
    expect(await staging()).toEqual([]);
  });

  it('is not kept as anything that a browser would run', async () => {
    const staged = await disk.stage(bytes('<script>'));
    await expect(disk.keep(staged, 'html')).rejects.toThrow();
    await expect(disk.keep(staged, '../x')).rejects.toThrow();
  });
});

it('a kept file can be removed, once or twice', async () => {
  const key = await keep('x', 'jpg');
  await disk.remove(key);
  await disk.remove(key);
  expect(await kept()).toEqual([]);
});

it('nothing but a key of ours can be removed', async () => {
  await expect(disk.remove('../../etc/passwd')).rejects.toThrow();
  await expect(disk.remove('.staging')).rejects.toThrow();
});

it('what a crashed process left is cleared after a day, not before', async () => {
  const old = join(directory, '.staging', 'old');
  await writeFile(old, 'x');
  await writeFile(join(directory, '.staging', 'young'), 'x');
  const yesterday = new Date(Date.now() - 25 * 3_600_000);
  await utimes(old, yesterday, yesterday);
  await disk.onModuleInit();
  expect(await staging()).toEqual(['young']);
});

describe('the served file', () => {
  let server: FastifyInstance;
  let url: string;

  /** Sends the path as it is; fetch would tidy it up first. */
  function ask(path: string, headers = {}, method = 'GET') {
    const { port } = server.server.address() as AddressInfo;
    return new Promise<{ status?: number; headers: IncomingHttpHeaders; body: string }>((resolve, reject) => {
      request({ host: '127.0.0.1', port, path, headers, method, agent: false }, (response) => {
        const { statusCode: status } = response;
        text(response).then((body) => resolve({ status, headers: response.headers, body }), reject);
      })
        .on('error', reject)
        .end();
    });
  }

  beforeEach(async () => {
    server = fastify();
    server.setNotFoundHandler((_request, reply) => reply.status(404).send({ error_type: 'not_found' }));
    await serveFiles(server, settings);
    url = `/files/${await keep('0123456789', 'mp4')}`;
    await server.listen({ host: '127.0.0.1', port: 0 });
  });

  afterEach(() => server.close());

  it('comes whole, with its type, its length and leave to cache it', async () => {
    const { status, headers, body } = await ask(url);
    expect(status).toBe(200);
    expect(body).toBe('0123456789');
    expect(headers).toMatchObject({
      'content-type': 'video/mp4',
      'content-length': '10',
      'accept-ranges': 'bytes',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
    });
  });

  it('comes in parts', async () => {
    const part = await ask(url, { range: 'bytes=2-4' });
    expect([part.status, part.body, part.headers['content-range'], part.headers['content-type']]).toEqual([
      206,
      '234',
      'bytes 2-4/10',
      'video/mp4',
    ]);
    const tail = await ask(url, { range: 'bytes=-3' });
    expect(tail.body).toBe('789');
    const beyond = await ask(url, { range: 'bytes=10-' });
    expect(beyond.status).toBe(416);
  });

  it('answers HEAD like GET, without the bytes', async () => {
    const { status, headers, body } = await ask(url, {}, 'HEAD');
    expect([status, body, headers['content-length'], headers['content-type']]).toEqual([200, '', '10', 'video/mp4']);
  });

  it.each([
    '/files/unknown.mp4',
    `/files/${'0'.repeat(40)}.mp4`,
    '/files/',
    '/files/.staging',
    '/files/..%2f..%2fetc%2fpasswd',
    '/files/%2e%2e/%2e%2e/etc/passwd',
    '/files/..\\..\\etc\\passwd',
    '/files/%00',
    `/files/${'0'.repeat(40)}.mp4%00`,
    `/files/.staging%2f${'0'.repeat(40)}.mp4`,
  ])('%s is a plain 404', async (path) => {
    await writeFile(join(directory, 'unknown.mp4'), 'not under a key');
    await writeFile(join(directory, '.staging', `${'0'.repeat(40)}.mp4`), 'staged');
    const { status, body } = await ask(path);
    expect(status).toBe(404);
    expect(JSON.parse(body)).toEqual({ error_type: 'not_found' });
  });
});
