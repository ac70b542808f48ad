import { call, House, type Client } from '../support/app';
import { expectError, sendBytes } from './http-stage';

const POST = '/api/instagram/post';
const APP = 'https://app.example.com';

let house: House;
let user: Client;

beforeAll(async () => {
  house = await House.open({ env: { CORS_ORIGINS: `${APP},https://other.example.com` } });
  user = await house.newUser();
}, 60_000);
afterAll(() => house.close());

/** A request with these header lines, and whatever comes after them. */
const request = (line: string, headers: string[] = [], body = '') =>
  sendBytes(house.url, [`${line} HTTP/1.1`, 'Host: x', ...headers, '', body].join('\r\n'));

const authorized = () => [`Authorization: Bearer ${user.token}`, 'Content-Type: application/json'];

describe('bytes that are no request', () => {
  it.each([
    ['noise', 'garbage\r\n\r\n'],
    ['a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc'],
    ['a header without a colon', 'GET / HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n'],
    ['an unknown version', 'GET /health/live HTTP/9.9\r\nHost: x\r\n\r\n'],
    ['an unknown method', 'BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a target that is no path', 'GET nope HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['no host', 'GET /health/live HTTP/1.1\r\n\r\n'],
    ['a negative length', `POST ${POST} HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n`],
    [
      'two ways to tell the length',
      `POST ${POST} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['a chunk without a size', `POST ${POST} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`],
  ])('(%s) are a 400', async (_name, bytes) => {
    const [answer, ...more] = await sendBytes(house.url, bytes);
    expect(more).toEqual([]);
    if (!answer) throw new Error('No answer');
    expectError(answer, 'malformed_json');
  });

  it('or too many of them are a 431', async () => {
    for (const [line, headers] of [
      [`GET /${'a'.repeat(20_000)}`, []],
      ['GET /health/live', [`X-Long: ${'a'.repeat(20_000)}`]],
    ] as const) {
      const [answer] = await request(line, [...headers]);
      if (!answer) throw new Error('No answer');
      expectError(answer, 'payload_too_large', 431);
    }
  });
});

describe('a Content-Length', () => {
  it('of 5 GB is refused before anything was read', async () => {
    const length = 'Content-Length: 5368709120';
    for (const [path, type] of [
      [POST, 'application/json'],
      ['/api/instagram/assets/upload', 'multipart/form-data; boundary=b'],
    ] as const) {
      const headers = [`Authorization: Bearer ${user.token}`, `Content-Type: ${type}`, length];
      const [answer] = await request(`POST ${path}`, headers, '{"caption":');
      if (!answer) throw new Error('No answer');
      expectError(answer, 'payload_too_large');
    }
    expect(await house.query('SELECT id FROM assets')).toEqual([]);
  });

  it('that is shorter than the body cuts it, and the rest is no request', async () => {
    const answers = await request(`POST ${POST}`, [...authorized(), 'Content-Length: 1'], '{}\r\n\r\n');
    expect(answers.length).toBeGreaterThan(0);
    for (const answer of answers) expectError(answer, 'malformed_json');
  });

  it('that promises more than comes makes nothing of what came', async () => {
    const body = '{"image_url":"http://x.example.com/a.jpg"}';
    expect(await request(`POST ${POST}`, [...authorized(), 'Content-Length: 500'], body)).toEqual([]);
    expect(await house.query('SELECT id FROM posts')).toEqual([]);
  });
});

it('an expectation that nobody knows is ignored', async () => {
  const [answer] = await request('GET /health/live', ['Expect: tea']);
  expect(answer).toMatchObject({ status: 200, body: { status: 'ok' } });
});

describe('X-Request-Id', () => {
  const idFor = async (given: string | undefined, path = '/health/live') => {
    const answer = await call(house.url, 'GET', path, undefined, given === undefined ? {} : { 'x-request-id': given });
    return answer.headers['x-request-id'];
  };

  it.each(['abc', 'req_1.2:3-4', 'a'.repeat(128)])('is echoed when it is sane (%.10s)', async (id) => {
    expect(await idFor(id)).toBe(id);
    expect(await idFor(id, '/nope')).toBe(id);
    expect(await idFor(id, '/%zz')).toBe(id);
  });

  it.each([undefined, '', 'two words', 'a'.repeat(129), '<script>', 'a,b', '{"a":1}'])(
    'is ours where it is not (%.10s)',
    async (id) => expect(await idFor(id)).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
  );

  it('is another one for each request', async () => {
    expect(await idFor(undefined)).not.toBe(await idFor(undefined));
  });

  it.each(['/docs', '/openapi.yaml', '/api/instagram/posts', '/health/ready'])('is on %s too', async (path) => {
    expect(await idFor('me', path)).toBe('me');
  });
});

describe('a browser', () => {
  const preflight = (origin: string, method = 'PATCH', path = '/api/instagram/assets/1') =>
    call(house.url, 'OPTIONS', path, undefined, {
      origin,
      'access-control-request-method': method,
      'access-control-request-headers': 'authorization,content-type',
    });

  it.each(['GET', 'POST', 'PATCH', 'DELETE'])('of a listed origin may %s', async (method) => {
    const { status, headers } = await preflight(APP, method);
    expect([status, headers['access-control-allow-origin']]).toEqual([204, APP]);
    expect(headers['access-control-allow-methods']?.split(', ')).toContain(method);
    expect(headers['access-control-allow-headers']).toBe('authorization,content-type');
    expect(headers['x-request-id']).toEqual(expect.any(String));
  });

  it('of another origin may not', async () => {
    expect((await preflight('https://evil.example.com')).headers).not.toHaveProperty('access-control-allow-origin');
    expect((await preflight('null')).headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('reads errors and their request id', async () => {
    const answer = await call(house.url, 'GET', '/api/instagram/posts', undefined, { origin: APP });
    expectError(answer, 'unauthorized');
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': APP,
      'access-control-expose-headers': expect.stringContaining('X-Request-Id'),
      'www-authenticate': 'Bearer',
    });
  });
});
