import { createHmac, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import Redis from 'ioredis';
import { DataSource } from 'typeorm';
import { call, eventually, House, type Answer, type Client } from '../support/app';
import { everyCell } from '../support/cells';
import { BAKERY, FACEBOOK_APP, INSTAGRAM_APP, PERSONAL, STUDIO } from '../support/sandbox';
import { endWorkerProcesses, spawnWorkerProcess, type WorkerProcess } from '../support/worker-process';
import { GRACE, loginCode } from './accounts-stage';

const PASSWORD = 'canary horse battery staple of the test';
const OPS_PASSWORD = 'canary-ops-password-0815';
const LETTERS = /[^A-Za-z0-9]/g;

let house: House;
let api: WorkerProcess;
let worker: WorkerProcess;
let url: string;
/** Everything that the API answered, but for the two answers whose purpose is to hand out a secret. */
const answers: string[] = [];
const secrets = new Map<string, string>();

beforeAll(async () => {
  house = await House.open({
    env: {
      INSTAGRAM_LOGIN_APP_ID: INSTAGRAM_APP.id,
      INSTAGRAM_LOGIN_APP_SECRET: INSTAGRAM_APP.secret,
      OPS_USER: 'ops',
      OPS_PASSWORD,
      PREPARE_AHEAD_SECONDS: '0',
    },
  });
  const start = async (entry: string, sign: string) => {
    const started = spawnWorkerProcess({ ...house.env, PORT: '0' }, entry, 'debug');
    await eventually(
      () => Promise.resolve(started.output()),
      (output) => output.includes(sign),
      30_000,
    );
    return started;
  };
  [api, worker] = await Promise.all([
    start('src/main.ts', '"api.started"'),
    start('src/worker.ts', '"worker.started"'),
  ]);
  const port = /"url":"http:\/\/[^"]*?:(\d+)"/.exec(api.output())?.[1] ?? '';
  url = `http://127.0.0.1:${port}`;
  const { JWT_SECRET, ENCRYPTION_KEYS } = house.env;
  secrets.set('JWT_SECRET', JWT_SECRET ?? '').set('encryption key', ENCRYPTION_KEYS?.split(':')[1] ?? '');
  secrets.set('Meta app secret', FACEBOOK_APP.secret).set('Instagram app secret', INSTAGRAM_APP.secret);
  secrets.set('password', PASSWORD).set('ops password', OPS_PASSWORD);
}, 90_000);

afterAll(async () => {
  await endWorkerProcesses();
  await house.close();
});

/** As it is, as URLs and bytes write it, and in base64 wherever it may begin. */
function spellings(secret: string): string[] {
  const inBase64 = [0, 1, 2].flatMap((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]).toString('base64');
    const sure = text.slice(offset === 0 ? 0 : 4, -4);
    return [sure, sure.replaceAll('+', '-').replaceAll('/', '_')];
  });
  return [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('hex'),
    ...inBase64,
  ];
}

/** @returns where which secret stands */
function leaks(sinks: { where: string; text: string }[]): string[] {
  const found: string[] = [];
  for (const [name, secret] of secrets)
    for (const spelling of new Set(spellings(secret)))
      for (const { where, text } of sinks) {
        const at = text.indexOf(spelling);
        if (at >= 0) found.push(`${name} in ${where}: …${text.slice(Math.max(0, at - 80), at)}<HERE>`);
      }
  return found;
}

async function ask(user: Client | null, method: string, path: string, body?: object | string): Promise<Answer> {
  const headers: Record<string, string> = user ? { authorization: `Bearer ${user.token}` } : {};
  const answer = await call(url, method, path, body, headers);
  answers.push(`${JSON.stringify(answer.headers)} ${JSON.stringify(answer.body)}`);
  return answer;
}

async function signUp(email: string): Promise<Client> {
  await ask(null, 'POST', '/api/auth/register', { email, password: PASSWORD });
  await ask(null, 'POST', '/api/auth/login', { email, password: `${PASSWORD}!` });
  const { body } = await call(url, 'POST', '/api/auth/login', { email, password: PASSWORD });
  secrets.set(`JWT of ${email}`, body.access_token);
  return house.as(body.access_token);
}

const noteTokens = () => {
  for (const { value } of house.sandbox.state.tokens.all()) {
    secrets.set(`token ${secrets.size}`, value);
    secrets.set(`proof ${secrets.size}`, createHmac('sha256', FACEBOOK_APP.secret).update(value).digest('hex'));
  }
};

/** What goes wrong, with the token repeated wherever Meta could repeat it. */
const troubles = (token: string): [string, object][] => [
  ['nothing', {}],
  ...['create_container', 'container_status', 'media_publish'].flatMap((endpoint): [string, object][] =>
    [
      { kind: 'error_before_effect', code: 190, http: 400, message: `Malformed access token ${token}` },
      { kind: 'error_before_effect', code: 1, http: 500, message: `Error while calling ?access_token=${token}` },
      { kind: 'error_after_effect', code: 10, message: `Bearer ${token} ${FACEBOOK_APP.secret}` },
      { kind: 'server_error', http: 502, body: 'html' },
      { kind: 'drop_after_effect' },
      { kind: 'malformed', body: 'junk' },
    ].map((fault) => [
      `${fault.kind} ${'code' in fault ? fault.code : ''} at ${endpoint}`,
      { match: { endpoint }, do: fault },
    ]),
  ),
];

test('no token, password or key of ours is ever seen outside of memory and of calls to Meta', async () => {
  const ana = await signUp('ana@example.com');
  const [facebook, instagram] = [house.sandbox.token(BAKERY), house.sandbox.token(STUDIO)];
  noteTokens();
  // Both logins; by token and by code.
  const connecting = '/api/instagram/manual-connect';
  for (const [account_id, access_token] of [
    [BAKERY, facebook],
    [STUDIO, instagram],
  ])
    expect((await ask(ana, 'POST', connecting, { account_id, access_token })).status).toBe(200);
  const code = await loginCode(house, { person: GRACE });
  secrets.set('login code', code);
  const redirect_uri = `${house.url}/callback`;
  expect((await ask(ana, 'POST', '/api/instagram/connect', { code, redirect_uri })).status).toBe(200);
  noteTokens();

  // Every way to be refused.
  const wrong = `EAA${randomBytes(40).toString('base64').replace(LETTERS, 'x')}`;
  secrets.set('unknown token', wrong);
  const dead = house.sandbox.token(BAKERY, { expires_in: 0 });
  noteTokens();
  for (const body of [
    { account_id: BAKERY, access_token: wrong },
    { account_id: BAKERY, access_token: dead },
    { account_id: STUDIO, access_token: facebook },
    { account_id: PERSONAL, access_token: house.sandbox.token(PERSONAL, { login: 'instagram' }) },
    { account_id: BAKERY, access_token: `${facebook}\nX-Injected: 1` },
    { account_id: 1, access_token: [facebook] },
    `{"access_token": "${facebook}"`,
  ])
    await ask(ana, 'POST', connecting, body);
  noteTokens();
  for (const endpoint of ['token', 'debug_token', 'pages_list', 'account_read', 'publishing_limit'])
    for (const fault of [
      { kind: 'error_before_effect', code: 1, http: 500, message: `client_secret=${FACEBOOK_APP.secret} ${facebook}` },
      { kind: 'drop_before_effect' },
      { kind: 'malformed', body: 'html' },
    ]) {
      const armed = house.sandbox.fault({ match: { endpoint }, do: fault });
      await ask(ana, 'POST', '/api/instagram/connect', {
        code: await loginCode(house, { person: GRACE }),
        redirect_uri,
      });
      await ask(ana, 'POST', connecting, { account_id: BAKERY, access_token: facebook });
      house.sandbox.state.faults.remove(armed.id);
    }
  noteTokens();
  await ask(null, 'GET', `/api/instagram/account?access_token=${facebook}`);
  await ask(ana, 'GET', `/api/instagram/nowhere?access_token=${encodeURIComponent(facebook)}`);
  await call(url, 'GET', '/api/instagram/account', undefined, { authorization: `Bearer ${facebook}` });
  await call(url, 'GET', '/ops/queues', undefined, {
    authorization: `Basic ${Buffer.from(`ops:${OPS_PASSWORD}`).toString('base64')}`,
  });

  // Publishing, with success and with every kind of trouble.
  const file = await readFile('demo/photo.jpg');
  const asset = await house.as(ana.token).upload('/api/instagram/assets/upload', file, 'photo.jpg');
  expect(asset.status).toBe(201);
  const posts: number[] = [];
  for (const [name, trouble] of troubles(facebook)) {
    // What went wrong before would hold this one back: a token that was called dead, and a gate that closed.
    await house.query('DELETE FROM gates');
    await ask(ana, 'POST', connecting, { account_id: BAKERY, access_token: facebook });
    const armed = 'do' in trouble ? house.sandbox.fault(trouble as { do: object }) : null;
    const post = { asset_id: asset.body.id, caption: name, account_id: BAKERY };
    const { body } = await ask(ana, 'POST', '/api/instagram/post', post);
    expect(body).toMatchObject({ post_id: expect.any(Number) });
    posts.push(body.post_id);
    if (!armed) {
      await eventually(
        () => house.query<{ status: string }>('SELECT status FROM posts'),
        ([first]) => first?.status === 'completed',
      );
      continue;
    }
    await eventually(
      () => Promise.resolve(armed.struck),
      (struck) => struck === 1,
    );
    house.sandbox.state.faults.remove(armed.id);
  }
  await ask(ana, 'POST', connecting, { account_id: BAKERY, access_token: facebook });
  const ends = ['completed', 'failed', 'needs_review'];
  const outcomes = await eventually(
    () => house.query<{ status: string }>('SELECT status FROM posts ORDER BY id'),
    (rows) => rows.filter(({ status }) => ends.includes(status)).length >= rows.length - 3,
    30_000,
  );
  expect(outcomes[0]?.status).toBe('completed');
  for (const id of posts)
    for (const part of ['', '/status', '/timeline']) await ask(ana, 'GET', `/api/instagram/posts/${id}${part}`);

  // The rest of an account's life.
  for (const account_id of [BAKERY, STUDIO]) {
    await ask(ana, 'POST', '/api/instagram/refresh-token', { account_id });
    await ask(ana, 'POST', '/api/instagram/test-connection', { account_id });
  }
  for (const path of ['account', 'accounts', 'accounts/audit', 'events', 'posts', 'stats', 'assets'])
    await ask(ana, 'GET', `/api/instagram/${path}`);
  for (const path of ['/openapi.json', '/openapi.yaml', '/docs', '/health/ready']) await ask(null, 'GET', path);

  // While everything is connected, and after it was let go of.
  const sealed = await house.query(`SELECT 1 FROM accounts WHERE access_token LIKE 'v1.%'`);
  expect(sealed).toHaveLength(3);
  expect(leaks(await sinks())).toEqual([]);
  for (const account_id of [BAKERY, STUDIO]) await ask(ana, 'POST', '/api/instagram/disconnect', { account_id });
  noteTokens();
  for (const one of [api, worker]) one.kill('SIGTERM');
  await Promise.all([api.exited, worker.exited]);
  const seen = await sinks();
  expect(leaks(seen)).toEqual([]);

  // The net has no hole: what is known to be there is found, and the logs were really written.
  expect(secrets.size).toBeGreaterThan(20);
  expect(leaks([{ where: 'here', text: `x ${Buffer.from(`ops:${facebook}`).toString('base64')} x` }])).not.toEqual([]);
  expect(api.output()).toContain('"level":"debug"');
  expect(worker.output()).toContain('"event":"post.published"');
  expect(seen.filter(({ text }) => text.includes('sandbox.bakery')).length).toBeGreaterThan(0);
}, 120_000);

async function sinks(): Promise<{ where: string; text: string }[]> {
  return [
    { where: 'the log of the API', text: api.output() },
    { where: 'the log of the worker', text: worker.output() },
    ...answers.map((text, i) => ({ where: `answer ${i}`, text })),
    ...(await everyCell(house.app.get(DataSource))),
    ...(await everythingInRedis()),
  ];
}

/** Of whichever test: no secret of ours has to do anything there. */
async function everythingInRedis(): Promise<{ where: string; text: string }[]> {
  const address = house.env.REDIS_URL;
  if (!address) return [];
  const redis = new Redis(address);
  try {
    const keys = await redis.keys('*');
    const dumps = await Promise.all(keys.map((key) => readRedis(redis, key)));
    return keys.map((key, i) => ({ where: `Redis ${key}`, text: `${key} ${dumps[i]}` }));
  } finally {
    redis.disconnect();
  }
}

async function readRedis(redis: Redis, key: string): Promise<string> {
  switch (await redis.type(key)) {
    case 'string':
      return (await redis.get(key)) ?? '';
    case 'hash':
      return JSON.stringify(await redis.hgetall(key));
    case 'list':
      return JSON.stringify(await redis.lrange(key, 0, -1));
    case 'set':
      return JSON.stringify(await redis.smembers(key));
    case 'zset':
      return JSON.stringify(await redis.zrange(key, 0, -1));
    case 'stream':
      return JSON.stringify(await redis.xrange(key, '-', '+'));
    default:
      return '';
  }
}
