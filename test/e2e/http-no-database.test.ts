import { call, eventually, House, type Client } from '../support/app';
import { createDatabase, type TestDatabase } from '../support/database';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy';
import { expectError } from './http-stage';

let database: TestDatabase;
let wire: TcpProxy;
let house: House;
let user: Client;

beforeAll(async () => {
  database = await createDatabase();
  const behind = new URL(database.url);
  wire = await startTcpProxy({ host: behind.hostname, port: Number(behind.port) });
  behind.hostname = '127.0.0.1';
  behind.port = String(wire.port);
  house = await House.open({ env: { DATABASE_URL: behind.href, OPS_USER: 'ops', OPS_PASSWORD: 'a-long-password' } });
  user = await house.newUser();
}, 60_000);
afterAll(async () => {
  await wire.restore();
  await house.close();
  await wire.close();
  await database.drop();
});

const ROUTES: [string, string, object?][] = [
  ['GET', '/api/auth/me'],
  ['POST', '/api/auth/login', { email: 'ana@example.com', password: 'correct horse battery staple' }],
  ['POST', '/api/auth/register', { email: 'ana@example.com', password: 'correct horse battery staple' }],
  ['GET', '/api/instagram/account'],
  ['GET', '/api/instagram/assets'],
  ['GET', '/api/instagram/posts'],
  ['GET', '/api/instagram/posts/1'],
  ['POST', '/api/instagram/post', { video_id: 1 }],
  ['POST', '/api/instagram/disconnect', {}],
];

describe('without its database', () => {
  beforeAll(() => wire.cut('refusing'));
  afterAll(() => wire.restore());

  it.each(ROUTES)('%s %s says that it is not available, and when to try again', async (method, path, ...[body]) => {
    const answer = await user.send(method, path, body);
    expectError(answer, 'service_unavailable');
    expect(answer.body.retry_after).toBe(5);
    expect(answer.headers['retry-after']).toBe('5');
  });

  it('the service lives, and is not ready', async () => {
    expect(await call(house.url, 'GET', '/health/live')).toMatchObject({ status: 200, body: { status: 'ok' } });
    const ready = await call(house.url, 'GET', '/health/ready');
    expect([ready.status, ready.body.error_type, ready.headers['retry-after']]).toEqual([
      503,
      'service_unavailable',
      '5',
    ]);
    expect(ready.body.checks).toContainEqual({ name: 'database', ok: false, detail: expect.any(String) });
  });

  it('the queue dashboard says so too', async () => {
    const authorization = `Basic ${Buffer.from('ops:a-long-password').toString('base64')}`;
    const answer = await call(house.url, 'GET', '/ops/queues/api/queues', undefined, { authorization });
    expectError(answer, 'service_unavailable');
  });

  it('what is wrong with a request is still told', async () => {
    expectError(await call(house.url, 'POST', '/api/auth/login', {}), 'validation_error');
    expectError(await call(house.url, 'GET', '/api/instagram/posts'), 'unauthorized');
  });
});

it('the service is ready again once the database is back', async () => {
  const ready = await eventually(
    () => call(house.url, 'GET', '/health/ready'),
    ({ status }) => status === 200,
  );
  expect(ready.body).toMatchObject({ status: 'ok' });
  expect((await user.get('/api/instagram/posts')).status).toBe(200);
});
