import { readdir, readFile } from 'node:fs/promises';
import { createServer, request as httpRequest, type RequestListener } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import sharp from 'sharp';
import { Settings } from '../../src/config/settings';
import { House, type Answer, type Client } from '../support/app';

const ASSETS = '/api/instagram/assets';
const MAX_UPLOAD = 2_000_000;
const demo = (name: string) => readFile(resolve(__dirname, '../../demo', name));

let house: House;
let ana: Client;
let ben: Client;
let reel: Buffer;
let photo: Buffer;

/** The web, as far as these tests know it. */
const pages = new Map<string, RequestListener>();
const web = createServer((request, response) => {
  const page = pages.get(new URL(request.url ?? '/', 'http://web').pathname);
  if (page) page(request, response);
  else response.writeHead(404).end('not here');
});
let origin: string;

beforeAll(async () => {
  await new Promise<void>((listening) => web.listen(0, '127.0.0.1', listening));
  origin = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  reel = await demo('reel.mp4');
  photo = await demo('photo.jpg');
  pages.set('/reel.mp4', (_request, response) => response.end(reel));
  pages.set('/photo.jpg', (_request, response) => response.end(photo));
  pages.set('/login', (_request, response) => response.end('<!doctype html><title>Sign in</title>'));
  pages.set('/huge.mp4', (_request, response) => response.writeHead(200, { 'content-length': 5e9 }).write('x'));
  house = await House.open({ allow: [origin], env: { MAX_UPLOAD_BYTES: String(MAX_UPLOAD) } });
  ana = await house.newUser();
  ben = await house.newUser();
});

afterAll(async () => {
  await house.close();
  web.closeAllConnections();
  web.close();
});

const add = (body: object, user = ana) => user.post(ASSETS, body);
const upload = (bytes: Buffer, fields = {}, name = 'file.bin') => ana.upload(`${ASSETS}/upload`, bytes, name, fields);

/** What is on disk and in the table: a refusal must not change it. */
async function stock(): Promise<unknown> {
  const { directory } = house.app.get(Settings).storage;
  const [rows] = await house.query('SELECT count(*)::int AS count FROM assets');
  return { rows, files: (await readdir(directory, { recursive: true })).sort() };
}

async function refused(ask: () => Promise<Answer>, status: number, type: string): Promise<Answer['body']> {
  const before = await stock();
  const answer = await ask();
  expect([answer.status, answer.body.error_type]).toEqual([status, type]);
  expect(answer.body).toMatchObject({ detail: expect.any(String), request_id: answer.headers['x-request-id'] });
  expect(await stock()).toEqual(before);
  return answer.body;
}

/** A form sent by hand: parts that no well-behaved client would send. */
function sendForm(...parts: string[]): Promise<Answer> {
  const boundary = 'x-boundary';
  const body = parts.map((part) => `--${boundary}\r\ncontent-disposition: form-data; ${part}\r\n`).join('');
  return sendRaw(Buffer.from(`${body}--${boundary}--\r\n`, 'latin1'), `multipart/form-data; boundary=${boundary}`);
}

function sendRaw(body: string | Buffer, type: string): Promise<Answer> {
  return ana.send('POST', `${ASSETS}/upload`, body, { 'content-type': type });
}

describe('an asset by URL', () => {
  it('is probed and shown in full', async () => {
    const answer = await add({ url: `${origin}/reel.mp4?v=1`, kind: 'video', title: 'Take 3', alt_text: 'Bread' });
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      id: expect.any(Number),
      kind: 'video',
      url: `${origin}/reel.mp4?v=1`,
      status: 'ready',
      title: 'Take 3',
      alt_text: 'Bread',
      content_type: 'video/mp4',
      width: 720,
      height: 1280,
      duration_seconds: expect.closeTo(6, 1),
      size_bytes: reel.length,
      codecs: ['h264', 'aac'],
      caption: null,
      auto_post: null,
      problems: [],
      warnings: [],
      mended: [],
      progress: null,
      error_message: null,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    expect((await ana.get(`${ASSETS}/${answer.body.id}`)).body).toEqual(answer.body);
  });

  it('of an image has neither duration nor codecs', async () => {
    const { body } = await add({ url: `${origin}/photo.jpg` });
    expect(body).toMatchObject({ kind: 'image', content_type: 'image/jpeg', width: 1080, height: 1350 });
    expect(body).toMatchObject({ duration_seconds: null, codecs: [], title: null, alt_text: null, problems: [] });
  });

  it('that Instagram would refuse is kept and says why', async () => {
    const wide = await sharp(photo).resize(1000, 400, { fit: 'fill' }).png().toBuffer();
    pages.set('/wide.png', (_request, response) => response.end(wide));
    const { status, body } = await add({ url: `${origin}/wide.png` });
    expect(status).toBe(201);
    expect(body.problems).toEqual([
      { code: 'media_aspect_ratio_error', message: expect.stringContaining('2.5:1'), remedy: expect.any(String) },
    ]);
  });

  it.each([
    ['is not there', '/gone.mp4', 400, 'media_unreachable'],
    ['is a login page', '/login', 400, 'media_unreachable'],
    ['has 5 GB', '/huge.mp4', 400, 'media_too_large'],
  ])('that %s leaves no row', async (_name, path, status, type) => {
    const body = await refused(() => add({ url: `${origin}${path}?token=hunter2` }), status, type);
    expect(body.detail).toContain(origin);
    expect(JSON.stringify(body)).not.toContain('hunter2');
  });

  it('of another kind than said is refused', async () => {
    await refused(() => add({ url: `${origin}/photo.jpg`, kind: 'video' }), 400, 'media_invalid_format');
  });

  it.each([
    'http://127.0.0.1:1/a.mp4',
    'http://localhost/a.mp4',
    'http://169.254.169.254/',
    'ftp://cdn.example.com/a',
    'not a url',
  ])('%s is not allowed', async (url) => {
    await refused(() => add({ url }), 422, 'url_not_allowed');
  });

  it.each([
    ['no url', {}, ['/url']],
    ['a url that is no text', { url: 7 }, ['/url']],
    ['an unknown field', { url: 'https://a.example.com/', colour: 'red' }, ['/colour']],
    [
      'several problems',
      { kind: 'gif', title: 'x'.repeat(256), alt_text: 'a\0b' },
      ['/title', '/alt_text', '/url', '/kind'],
    ],
  ])('with %s is refused with every problem', async (_name, body, pointers) => {
    const { errors } = await refused(() => add(body), 422, 'validation_error');
    expect([...new Set(errors.map(({ pointer }: { pointer: string }) => pointer))].sort()).toEqual(pointers.sort());
  });
});

describe('an upload', () => {
  it('is probed, kept, and served where Meta can fetch it', async () => {
    const { status, body } = await upload(reel, { title: 'Take 4' }, 'whatever.txt');
    expect(status).toBe(201);
    expect(body).toMatchObject({ kind: 'video', title: 'Take 4', size_bytes: reel.length, problems: [] });
    expect(body.url).toMatch(new RegExp(`^${house.url}/files/[0-9a-f]{40}\\.mp4\\?e=`));

    const file = await fetch(body.url);
    expect([file.status, file.headers.get('content-type')]).toEqual([200, 'video/mp4']);
    expect(Buffer.from(await file.arrayBuffer()).equals(reel)).toBe(true);
    const part = await fetch(body.url, { headers: { range: 'bytes=4-7' } });
    expect([part.status, await part.text()]).toEqual([206, 'ftyp']);
  });

  it('is what its bytes are, whatever it is called', async () => {
    const png = await sharp(photo).png().toBuffer();
    const { body } = await upload(png.subarray(), { mend: 'off' }, 'reel.mp4');
    expect(body).toMatchObject({ kind: 'image', content_type: 'image/png', url: expect.stringMatching(/\.png\?/) });
  });

  it('may have its texts after the file', async () => {
    const file = `name="file"; filename="a.jpg"\r\n\r\n${photo.toString('latin1')}`;
    const { status, body } = await sendForm(file, 'name="alt_text"\r\n\r\nBread');
    expect([status, body.alt_text]).toEqual([201, 'Bread']);
  });

  it.each([
    ['of garbage', () => Buffer.from('not a video at all')],
    ['of nothing', () => Buffer.alloc(0)],
    ['of half a video', () => reel.subarray(0, reel.length >> 1)],
    ['of half an image', () => photo.subarray(0, photo.length >> 1)],
    ['of HTML', () => Buffer.from('<html><script>alert(1)</script></html>')],
  ])('%s leaves neither row nor file', async (_name, bytes) => {
    await refused(() => upload(bytes(), {}, 'reel.mp4'), 400, 'media_invalid_format');
  });

  it.each([1, 20_000_000])('%d bytes over the limit is refused', async (over) => {
    await refused(() => upload(Buffer.alloc(MAX_UPLOAD + over, 1)), 413, 'payload_too_large');
  });

  it('that was refused halfway is read to its end, so that the sender gets the answer and may go on', async () => {
    const body = Buffer.concat([
      Buffer.from('--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n'),
      Buffer.alloc(MAX_UPLOAD * 10, 1),
      Buffer.from('\r\n--b--\r\n'),
    ]);
    const common = `HTTP/1.1\r\nhost: api\r\nauthorization: Bearer ${ana.token}\r\n`;
    const type = `content-type: multipart/form-data; boundary=b\r\ncontent-length: ${body.length}`;
    const socket = connect(Number(new URL(house.url).port), '127.0.0.1');
    socket.write(`POST ${ASSETS}/upload ${common}${type}\r\n\r\n`);
    socket.write(body);
    socket.write(`GET ${ASSETS}?limit=1 ${common}connection: close\r\n\r\n`);
    expect((await text(socket)).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
  });

  it('without a file, with two, or with unknown fields is refused', async () => {
    const file = (name: string) => `name="${name}"; filename="a.jpg"\r\n\r\n${'x'.repeat(100)}`;
    const cases: [string, string[], string][] = [
      ['no file', ['name="title"\r\n\r\nhello'], '/file'],
      ['no part', [], '/file'],
      ['a file that is text', ['name="file"\r\n\r\nhello'], '/file'],
      ['two files', [file('file'), file('file')], '/file'],
      ['a file elsewhere', [file('video')], '/video'],
      ['an unknown field', [file('file'), 'name="colour"\r\n\r\nred'], '/colour'],
      ['a title twice', [file('file'), 'name="title"\r\n\r\na', 'name="title"\r\n\r\nb'], '/title'],
      ['a long title', [file('file'), `name="title"\r\n\r\n${'a'.repeat(256)}`], '/title'],
    ];
    for (const [, parts, pointer] of cases) {
      const { errors } = await refused(() => sendForm(...parts), 422, 'validation_error');
      expect(errors).toEqual([{ pointer, message: expect.any(String) }]);
    }
  });

  it.each([
    ['JSON', '{"file": "x"}', 'application/json', 415, 'unsupported_media_type'],
    ['text', 'hello', 'text/plain', 415, 'unsupported_media_type'],
    ['bare bytes', 'hello', 'video/mp4', 415, 'unsupported_media_type'],
    [
      'a form that ends too early',
      '--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nabc',
      'multipart/form-data; boundary=b',
      422,
      'validation_error',
    ],
    ['a form without a boundary', 'hello', 'multipart/form-data', 422, 'validation_error'],
  ])('as %s is refused', async (_name, body, type, status, errorType) => {
    await refused(() => sendRaw(body, type), status, errorType);
  });

  it('that its sender gives up leaves nothing behind', async () => {
    const before = await stock();
    await new Promise<void>((gone) => {
      const headers = {
        authorization: `Bearer ${ana.token}`,
        'content-type': 'multipart/form-data; boundary=b',
        'content-length': '1000000',
      };
      const sending = httpRequest(`${house.url}${ASSETS}/upload`, { method: 'POST', headers, agent: false });
      sending.on('error', () => gone());
      sending.write('--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nabc');
      setTimeout(() => sending.destroy(new Error('gone')), 100);
    });
    await new Promise((later) => setTimeout(later, 200));
    expect(await stock()).toEqual(before);
  });

  it('wants a login first, and reads nothing before', async () => {
    const answer = await house.as('nonsense').upload(`${ASSETS}/upload`, reel, 'reel.mp4');
    expect([answer.status, answer.body.error_type]).toEqual([401, 'unauthorized']);
  });
});

describe('the library', () => {
  it('is paged, newest first, each user their own', async () => {
    const carl = await house.newUser();
    const ids: number[] = [];
    for (let i = 0; i < 5; i++) ids.unshift((await add({ url: `${origin}/photo.jpg`, title: `${i}` }, carl)).body.id);

    const seen: number[] = [];
    let cursor: string | null = '';
    let pagesRead = 0;
    while (cursor !== null) {
      const { body }: Answer = await carl.get(`${ASSETS}?limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...body.assets.map(({ id }: { id: number }) => id));
      cursor = body.next_cursor;
      pagesRead++;
    }
    expect([seen, pagesRead]).toEqual([ids, 3]);
    expect((await ben.get(ASSETS)).body).toEqual({ assets: [], next_cursor: null });
  });

  it.each([
    ['limit=0', 422, 'validation_error'],
    ['limit=101', 422, 'validation_error'],
    ['limit=ten', 422, 'validation_error'],
    ['cursor=nonsense', 400, 'invalid_cursor'],
    ['colour=red', 422, 'validation_error'],
  ])('refuses ?%s', async (query, status, type) => {
    const answer = await ana.get(`${ASSETS}?${query}`);
    expect([answer.status, answer.body.error_type]).toEqual([status, type]);
  });

  it('lets texts be changed, cleared and left alone', async () => {
    const { id } = (await add({ url: `${origin}/photo.jpg`, title: 'Old', alt_text: 'Bread' })).body;
    const change = (body: object) => ana.send('PATCH', `${ASSETS}/${id}`, body);
    expect((await change({ title: 'New' })).body).toMatchObject({ title: 'New', alt_text: 'Bread' });
    expect((await change({ alt_text: null })).body).toMatchObject({ title: 'New', alt_text: null });
    expect((await change({})).body).toMatchObject({ title: 'New', alt_text: null });
    expect((await change({ url: 'https://a.example.com/' })).status).toBe(422);
    expect((await change({ alt_text: 'x'.repeat(1_001) })).status).toBe(422);
  });

  it('removes an asset with its file', async () => {
    const before = await stock();
    const { id, url } = (await upload(photo)).body;
    expect((await ana.send('DELETE', `${ASSETS}/${id}`)).status).toBe(204);
    expect(await stock()).toEqual(before);
    const gone = await ana.get(new URL(url).pathname + new URL(url).search);
    expect([gone.status, gone.body.error_type]).toEqual([404, 'not_found']);
    expect((await ana.send('DELETE', `${ASSETS}/${id}`)).status).toBe(404);
  });

  it("answers 404 for another user's asset, just as for none", async () => {
    const { id } = (await add({ url: `${origin}/photo.jpg` })).body;
    const hidden = ({ status, body }: Answer) => [status, body.detail, body.error_type];
    for (const path of [`${ASSETS}/${id}`, `${ASSETS}/999999999`]) {
      const expected = [404, 'There is no such asset.', 'not_found'];
      expect(hidden(await ben.get(path))).toEqual(expected);
      expect(hidden(await ben.send('PATCH', path, { title: 'mine' }))).toEqual(expected);
      expect(hidden(await ben.send('DELETE', path))).toEqual(expected);
    }
    expect((await ana.get(`${ASSETS}/${id}`)).status).toBe(200);
    expect((await ana.get(`${ASSETS}/nonsense`)).body.error_type).toBe('not_found');
  });

  it.each(['/files/nothing', '/files/.incoming', '/files/..%2f..%2fetc%2fpasswd'])(
    'serves no file at %s',
    async (path) => {
      const answer = await ana.get(path);
      expect([answer.status, answer.body.error_type]).toEqual([404, 'not_found']);
    },
  );
});
