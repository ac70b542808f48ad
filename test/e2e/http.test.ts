import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { call, House, type Client } from '../support/app';
import { expectError, pointersOf } from './http-stage';

const POST = '/api/instagram/post';

let house: House;
let user: Client;

beforeAll(async () => {
  house = await House.open();
  user = await house.newUser();
}, 60_000);
afterAll(() => house.close());

const json = (path: string, body: string, type = 'application/json') =>
  user.send('POST', path, body, { 'content-type': type });

describe('a path that is no route', () => {
  it.each([
    ['GET', '/'],
    ['GET', '/api'],
    ['GET', '/api/instagram/nope'],
    ['POST', '/api/instagram/nope'],
    ['DELETE', '/nope'],
    ['GET', '/API/instagram/posts'],
    ['GET', '/api/instagram/posts/'],
    ['GET', '/api/instagram//posts'],
    ['GET', '/api/instagram/posts/1/nope'],
    ['GET', '/health'],
    ['GET', '/docs/nope'],
    ['GET', '/files'],
    ['GET', '/files/'],
    ['GET', '/files/..%2fpackage.json'],
    ['GET', '/ops/queues'],
    ['GET', '/favicon.ico'],
    ['OPTIONS', '/nope'],
    ['TRACE', '/nope'],
    ['GET', '/api/%zz'],
    ['GET', '/%'],
    ['GET', '/api/instagram/posts/%e0%a4'],
    ['GET', `/api/instagram/posts/${'1'.repeat(600)}`],
    ['GET', `/${'a'.repeat(8_000)}`],
  ])('%s %s is a 404', async (method, path) => {
    expectError(await user.send(method, path), 'not_found');
  });

  it('is a 404 whatever is sent there', async () => {
    for (const [body, type] of [
      ['{', 'application/json'],
      ['x'.repeat(2_000_000), 'application/json'],
      ['<x/>', 'text/xml'],
    ] as const)
      expectError(await json('/nope', body, type), 'not_found');
  });

  it('is a 404 without a token too', async () => {
    expectError(await call(house.url, 'GET', '/api/instagram/nope'), 'not_found');
  });

  it('has no body for HEAD, and the same head', async () => {
    const answer = await user.send('HEAD', '/nope');
    expect([answer.status, answer.body]).toEqual([404, {}]);
    expect(answer.headers['x-request-id']).toEqual(expect.any(String));
  });
});

describe('a method that a path does not answer', () => {
  it.each([
    ['GET', POST, 'POST'],
    ['DELETE', POST, 'POST'],
    ['PUT', '/api/instagram/assets', 'GET, HEAD, POST'],
    ['POST', '/api/instagram/posts/17/status', 'GET, HEAD'],
    ['PUT', '/api/instagram/assets/17', 'GET, HEAD, PATCH, DELETE'],
    ['GET', '/api/auth/login', 'POST'],
    ['POST', '/health/live', 'GET, HEAD'],
    ['PATCH', '/health/ready', 'GET, HEAD'],
    ['DELETE', '/docs', 'GET, HEAD'],
    ['POST', '/openapi.json', 'GET, HEAD'],
    ['PUT', '/files/anything.jpg', 'GET, HEAD'],
    ['TRACE', '/health/live', 'GET, HEAD'],
    ['PROPFIND', '/api/instagram/account', 'GET, HEAD'],
    ['QUERY', '/api/instagram/account', 'GET, HEAD'],
  ])('%s %s is a 405 that allows %s', async (method, path, allow) => {
    const answer = await user.send(method, path);
    expectError(answer, 'method_not_allowed');
    expect(answer.headers.allow).toBe(allow);
  });

  it('is a 405 even where the body makes no sense', async () => {
    expectError(await json('/api/instagram/posts/17/timeline', '{'), 'method_not_allowed');
  });

  it('is told by OPTIONS', async () => {
    const { status, headers } = await user.send('OPTIONS', '/api/instagram/assets/17');
    expect([status, headers.allow]).toEqual([204, 'GET, HEAD, PATCH, DELETE, OPTIONS']);
    expect(headers['x-request-id']).toEqual(expect.any(String));
  });

  it('is HEAD for no GET route: it answers as GET does, without a body', async () => {
    for (const path of ['/health/live', '/docs', '/openapi.json', '/api/instagram/posts', '/files/nothing.jpg']) {
      const [head, get] = [await user.send('HEAD', path), await user.get(path)];
      expect([path, head.status]).toEqual([path, get.status]);
    }
  });
});

describe('a body', () => {
  it.each(['{', '{"a":1,}', '{"a":1}x', '\0', "{'a':1}", 'undefined', 'NaN', '{"a":1'])(
    'that is not JSON (%j) is a 400',
    async (body) => expectError(await json(POST, body), 'malformed_json'),
  );

  it.each(['{"__proto__":{"x":1}}', '{"caption":{"__proto__":1}}', '{"constructor":{"prototype":{"x":1}}}'])(
    'that reaches for prototypes (%s) is a 400, and reaches none',
    async (body) => {
      expectError(await json(POST, body), 'malformed_json');
      expect(({} as { x?: number }).x).toBeUndefined();
    },
  );

  it('that is empty although it is called JSON is a 400', async () => {
    expectError(await json(POST, ''), 'malformed_json');
  });

  it.each(['[]', '"text"', '7', 'null', 'true', '[{}]', '['.repeat(100_000) + ']'.repeat(100_000)])(
    'that is JSON, but no object (%.20s) is a 422',
    async (body) => {
      const answer = await json(POST, body);
      expectError(answer, 'validation_error');
      expect(pointersOf(answer)).toEqual(['']);
    },
  );

  it('that holds more than any request could need is a 422', async () => {
    const answer = await user.post(POST, { list: Array(400_000).fill(1) });
    expectError(answer, 'validation_error');
    expect(pointersOf(answer)).toEqual(['']);
  });

  it('that is nested without end is a 422', async () => {
    expectError(await json(POST, '{"a":'.repeat(50_000) + '1' + '}'.repeat(50_000)), 'validation_error');
    expectError(await json(POST, `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`), 'validation_error');
  });

  it.each([
    'text/xml',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'nonsense',
  ])('of type %s is a 415', async (type) =>
    expectError(await json(POST, 'image_url=x', type), 'unsupported_media_type'),
  );

  it('of more than 1 MiB is a 413, of just 1 MiB is read', async () => {
    const ofSize = (bytes: number) => `{"caption":"${'x'.repeat(bytes - 14)}"}`;
    expectError(await json(POST, ofSize(1_048_577)), 'payload_too_large');
    expectError(await json(POST, ofSize(1_048_576)), 'validation_error');
  });

  it('may be named JSON in any spelling, and may start with a byte order mark', async () => {
    for (const type of ['application/json; charset=utf-8', 'Application/JSON', 'application/json;charset=UTF-8'])
      expectError(
        await json('/api/auth/login', '\uFEFF{"email":"nobody@example.com","password":"x"}', type),
        'unauthorized',
      );
  });

  it('with unknown fields is refused with the name of each, also of those that every object has', async () => {
    const answer = await json('/api/auth/login', '{"toString":1,"hasOwnProperty":2,"constructor":3,"a/b~c":4,"":5}');
    expectError(answer, 'validation_error');
    expect(pointersOf(answer)).toEqual([
      '/',
      '/a~1b~0c',
      '/constructor',
      '/email',
      '/hasOwnProperty',
      '/password',
      '/toString',
    ]);
  });

  it('that is wrong everywhere is not answered at length', async () => {
    const fields = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`field${i}`, 1]));
    const answer = await user.post(POST, fields);
    expectError(answer, 'validation_error');
    expect(answer.body.detail).toMatch(/10001 problems/);
    expect(answer.body.errors).toHaveLength(100);
  });

  it.each(['\0', 'a\0b', '\ud800', 'x\udc00y'])(
    'with text that cannot be stored (%j) is a 422 for each',
    async (text) => {
      for (const [path, fields] of [
        ['/api/auth/register', { email: `${text}@example.com`, password: `long enough ${text}` }],
        ['/api/auth/login', { email: `${text}@example.com`, password: text }],
        ['/api/instagram/assets', { url: `http://x.example.com/${text}`, title: text, alt_text: text }],
        ['/api/instagram/connect', { code: text, redirect_uri: `${house.url}/${text}` }],
        ['/api/instagram/manual-connect', { account_id: `1${text}`, access_token: text }],
        ['/api/instagram/disconnect', { account_id: text }],
        [POST, { image_url: `http://x.example.com/${text}`, caption: text, alt_text: text, audio_name: `a${text}` }],
      ] as const) {
        const answer = await user.post(path, fields);
        expectError(answer, 'validation_error');
        expect(pointersOf(answer)).toEqual(
          Object.keys(fields)
            .map((name) => `/${name}`)
            .sort(),
        );
      }
    },
  );
});

describe('a stored file', () => {
  it('is read in the parts that are there, under the conditions that hold', async () => {
    const image = readFileSync(join(__dirname, '../../demo/photo.jpg'));
    const { url } = (await user.upload('/api/instagram/assets/upload', image, 'photo.jpg')).body;
    const { pathname, search } = new URL(url);
    const read = (headers: Record<string, string>) => call(house.url, 'GET', pathname + search, undefined, headers);
    expect((await read({ range: 'bytes=0-9' })).status).toBe(206);
    for (const [headers, status] of [
      [{ range: 'bytes=99999999-' }, 416],
      [{ 'if-match': '"nothing"' }, 412],
      [{ 'if-unmodified-since': 'Mon, 01 Jan 2001 00:00:00 GMT' }, 412],
    ] as [Record<string, string>, number][])
      expectError(await read(headers), 'validation_error', status);
    expect((await read({ range: 'bytes=99999999-' })).headers['content-range']).toBe(`bytes */${image.length}`);
  });
});

describe('a query', () => {
  it.each([
    ['limit=1&limit=2', '?limit'],
    ['limit=%zz', '?limit'],
    ['cursor=a&cursor=b', '?cursor'],
    ['cursor=%00', '?cursor'],
    ['status=%00', '?status'],
    ['__proto__=1', '?__proto__'],
    ['constructor=1', '?constructor'],
    ['limit[]=1', '?limit[]'],
    ['colour=red', '?colour'],
  ])('%s is a 422', async (query, pointer) => {
    const answer = await user.get(`/api/instagram/posts?${query}`);
    expectError(answer, 'validation_error');
    expect(pointersOf(answer)).toEqual([pointer]);
  });
});
