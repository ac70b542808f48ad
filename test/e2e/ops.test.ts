import { parse } from 'yaml';
import { call, House } from '../support/app';
import { expectError } from './http-stage';

const BASIC = `Basic ${Buffer.from('ops:päss:word of twenty').toString('base64')}`;
const BOARD = '/ops/queues';

let house: House;

beforeAll(async () => {
  house = await House.open({ env: { OPS_USER: 'ops', OPS_PASSWORD: 'päss:word of twenty' } });
}, 60_000);
afterAll(() => house.close());

const get = (path: string, headers: Record<string, string> = {}) => call(house.url, 'GET', path, undefined, headers);

describe('health', () => {
  it('is alive, for anybody', async () => {
    expect(await get('/health/live')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  it('is ready when the database has every migration and the queue answers', async () => {
    const { status, body } = await get('/health/ready');
    expect([status, body]).toEqual([
      200,
      {
        status: 'ok',
        checks: [
          { name: 'database', ok: true, detail: 'reachable, every migration applied' },
          { name: 'queue', ok: true, detail: '0 waiting, 0 active, 0 delayed, 0 failed' },
          { name: 'ffmpeg', ok: expect.any(Boolean), detail: expect.any(String) },
        ],
      },
    ]);
  });

  it('is not ready while a migration has to run, and says so', async () => {
    const [last] = await house
      .query<{ id: number; timestamp: string; name: string }>(
        'DELETE FROM migrations WHERE id = (SELECT max(id) FROM migrations) RETURNING *',
      )
      .then(([rows]) => rows as unknown as { id: number; timestamp: string; name: string }[]);
    try {
      const answer = await get('/health/ready');
      expectError(answer, 'service_unavailable');
      expect(answer.body.checks[0]).toEqual({
        name: 'database',
        ok: false,
        detail: '1 migration(s) pending: run npm run migrate',
      });
      expect((await get('/health/live')).status).toBe(200);
    } finally {
      await house.query('INSERT INTO migrations (id, timestamp, name) VALUES ($1, $2, $3)', [
        last?.id,
        last?.timestamp,
        last?.name,
      ]);
    }
    expect((await get('/health/ready')).status).toBe(200);
  });
});

describe('the queue dashboard', () => {
  const signedIn = { authorization: BASIC };
  const paths = [BOARD, `${BOARD}/api/queues`, `${BOARD}/queue/publish`];

  it.each(paths)('wants credentials at %s', async (path) => {
    const wrong = ['Basic', 'Basic !!!', `Bearer ${BASIC.slice(6)}`, `Basic ${btoa('ops:')}`, `Basic ${btoa('ops:x')}`];
    for (const headers of [{}, ...wrong.map((authorization) => ({ authorization }))]) {
      const answer = await get(path, headers);
      expectError(answer, 'unauthorized');
      expect(answer.headers['www-authenticate']).toMatch(/^Basic realm="[^"]+"/);
    }
  });

  it('takes no token of a user for them', async () => {
    const user = await house.newUser();
    expectError(await user.get(`${BOARD}/api/queues`), 'unauthorized');
  });

  it('shows itself and every queue to those who have them', async () => {
    const page = await get(BOARD, signedIn);
    expect([page.status, page.headers['content-type']]).toEqual([200, expect.stringMatching(/^text\/html/)]);
    const { status, body } = await get(`${BOARD}/api/queues`, { authorization: BASIC.replace('Basic', 'basic') });
    expect(status).toBe(200);
    expect(body.queues).toMatchObject([
      { name: 'publish', readOnlyMode: true },
      { name: 'mend', readOnlyMode: true },
    ]);
  });

  it.each([
    ['PUT', '/api/queues/pause'],
    ['PUT', '/api/queues/publish/pause'],
    ['PUT', '/api/queues/publish/empty'],
    ['PUT', '/api/queues/publish/obliterate'],
    ['POST', '/api/queues/publish/add'],
    ['PUT', '/api/queues/publish/1/retry'],
    ['PATCH', '/api/queues/publish/1/update-data'],
  ])('changes nothing: %s %s', async (method, path) => {
    const headers = { authorization: BASIC, 'content-type': 'application/json' };
    const job = { jobName: 'look', jobData: { v: 1, postId: 1 }, jobOptions: {} };
    expectError(await call(house.url, method, BOARD + path, job, headers), 'forbidden');
    expect((await get('/health/ready')).body.checks[1].detail).toBe('0 waiting, 0 active, 0 delayed, 0 failed');
    expect((await get(`${BOARD}/api/queues`, signedIn)).body.queues[0].isPaused).toBe(false);
  });

  it.each([`${BOARD}/api/queues/publish/17`, `${BOARD}/api/queues/nope/17`, `${BOARD}/nope`])(
    'says in our words that there is no %s',
    async (path) => expectError(await get(path, signedIn), 'not_found'),
  );
});

describe('the description of the API', () => {
  it('is a page to read', async () => {
    const { status, headers, body } = await get('/docs');
    expect([status, headers['content-type']]).toEqual([200, expect.stringMatching(/^text\/html/)]);
    expect(body).toContain('instagram-publisher API');
  });

  it('is the same as JSON and as YAML', async () => {
    const [json, yaml] = [await get('/openapi.json'), await get('/openapi.yaml')];
    expect([json.status, yaml.status]).toEqual([200, 200]);
    expect(parse(yaml.body)).toEqual(json.body);
  });

  it('has every route, who may call it, and how it fails', async () => {
    const { paths, components } = (await get('/openapi.json')).body;
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining([
        '/api/auth/register',
        '/api/auth/login',
        '/api/auth/me',
        '/api/instagram/connect',
        '/api/instagram/manual-connect',
        '/api/instagram/account',
        '/api/instagram/disconnect',
        '/api/instagram/assets',
        '/api/instagram/assets/upload',
        '/api/instagram/assets/{id}',
        '/api/instagram/post',
        '/api/instagram/schedule',
        '/api/instagram/posts',
        '/api/instagram/posts/{id}',
        '/api/instagram/posts/{id}/status',
        '/api/instagram/posts/{id}/timeline',
        '/health/live',
        '/health/ready',
      ]),
    );
    const open = [
      '/api/auth/register',
      '/api/auth/login',
      // A browser comes back from the login here, with a state of ours.
      '/api/instagram/callback',
      // Signed by Meta, and the page for whoever has its unguessable code.
      '/api/instagram/webhooks/meta/deauthorize',
      '/api/instagram/webhooks/meta/data-deletion',
      '/api/instagram/data-deletion/{confirmation_code}',
      '/health/live',
      '/health/ready',
    ];
    for (const [path, methods] of Object.entries<Record<string, Operation>>(paths))
      for (const [method, { security, responses }] of Object.entries(methods)) {
        expect([method, path, security ?? []]).toEqual([method, path, open.includes(path) ? [] : [{ bearer: [] }]]);
        const codes = Object.keys(responses);
        // The callback tells a browser of its failures by where it sends it.
        const alwaysAnswers = ['/health/live', '/api/instagram/callback'].includes(path);
        if (!alwaysAnswers) expect(codes).toEqual(expect.arrayContaining(['503']));
        for (const code of codes.filter((one) => one >= '400'))
          expect(JSON.stringify(responses[code])).toContain('#/components/schemas/ErrorBody');
      }
    expect(components.securitySchemes.bearer).toMatchObject({ type: 'http', scheme: 'bearer' });
  });
});

interface Operation {
  security?: object[];
  responses: Record<string, object>;
}

describe('elsewhere', () => {
  let other: House;
  afterEach(() => other.close());

  it('the dashboard is not there without credentials in the settings', async () => {
    other = await House.open();
    for (const path of [BOARD, `${BOARD}/api/queues`])
      expectError(await call(other.url, 'GET', path, undefined, { authorization: BASIC }), 'not_found');
  }, 60_000);

  it('the service goes on without its queue, and says that it is slower', async () => {
    other = await House.open({ env: { REDIS_URL: 'redis://127.0.0.1:1' } });
    const { status, body } = await call(other.url, 'GET', '/health/ready');
    expect([status, body]).toEqual([
      200,
      {
        status: 'degraded',
        checks: [
          { name: 'database', ok: true, detail: expect.any(String) },
          { name: 'queue', ok: false, detail: expect.stringMatching(/no answer|cannot be reached/) },
          { name: 'ffmpeg', ok: expect.any(Boolean), detail: expect.any(String) },
        ],
      },
    ]);
  }, 60_000);
});
