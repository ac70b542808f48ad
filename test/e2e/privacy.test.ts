import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { DataSource } from 'typeorm';
import { signedRequest } from '../../src/sandbox/control-callbacks';
import { call, eventually, House, type Answer, type Client } from '../support/app';
import { everyCell } from '../support/cells';
import { BAKERY, FACEBOOK_APP, GALLERY, INSTAGRAM_APP, STUDIO, TRAVEL } from '../support/sandbox';

const ADA = '122000000000000001';
const DEAUTHORIZE = '/api/instagram/webhooks/meta/deauthorize';
const DELETION = '/api/instagram/webhooks/meta/data-deletion';

let house: House;

beforeAll(async () => {
  house = await House.open({
    env: { INSTAGRAM_LOGIN_APP_ID: INSTAGRAM_APP.id, INSTAGRAM_LOGIN_APP_SECRET: INSTAGRAM_APP.secret },
  });
}, 60_000);
afterAll(() => house.close());

const appScopedIdOf = (accountId: string) => house.sandbox.state.world.accounts.get(accountId)?.app_scoped_id ?? '';

/** Connected by its token; who logged in is what the OAuth flow would have noted. */
async function connect(user: Client, accountId: string, person = ADA): Promise<void> {
  const access_token = house.sandbox.token(accountId);
  const answer = await user.post('/api/instagram/manual-connect', { account_id: accountId, access_token });
  expect(answer.status).toBe(200);
  await house.query('UPDATE accounts SET app_scoped_user_id = $1 WHERE user_id = $2 AND account_id = $3', [
    person,
    user.userId,
    accountId,
  ]);
}

async function sentByMeta(kind: 'deauthorize' | 'data-deletion', user_id: string, login = 'facebook'): Promise<Answer> {
  const url = `${house.url}/api/instagram/webhooks/meta/${kind}`;
  const { body } = await call(house.sandbox.url, 'POST', `/_sandbox/callbacks/${kind}`, { url, user_id, login });
  return { status: body.status, headers: {}, body: JSON.parse(body.body) };
}

const form = (route: string, fields: Record<string, string>) =>
  call(house.url, 'POST', route, new URLSearchParams(fields).toString(), {
    'content-type': 'application/x-www-form-urlencoded',
  });

const sign = (said: object | string, secret = FACEBOOK_APP.secret) => {
  const payload = Buffer.from(typeof said === 'string' ? said : JSON.stringify(said)).toString('base64url');
  return `${createHmac('sha256', secret).update(payload).digest('base64url')}.${payload}`;
};
const said = { algorithm: 'HMAC-SHA256', issued_at: Math.floor(Date.now() / 1000), user_id: ADA };

const accountsOf = (user: Client) =>
  house.query<{ account_id: string; access_token: string | null; disconnected_at: Date | null; is_default: boolean }>(
    'SELECT account_id, access_token, disconnected_at, is_default FROM accounts WHERE user_id = $1 ORDER BY id',
    [user.userId],
  );

describe('a person who takes the app away', () => {
  test('loses every token that came through them, of whichever user, and nobody else does', async () => {
    const [ana, ben] = [await house.newUser(), await house.newUser()];
    await connect(ana, BAKERY);
    await connect(ana, STUDIO, appScopedIdOf(STUDIO));
    await connect(ben, TRAVEL);
    await connect(ben, BAKERY, '999');

    expect(await sentByMeta('deauthorize', ADA)).toMatchObject({ status: 200, body: { success: true } });

    expect(await accountsOf(ana)).toEqual([
      { account_id: BAKERY, access_token: null, disconnected_at: expect.any(Date), is_default: false },
      { account_id: STUDIO, access_token: expect.any(String), disconnected_at: null, is_default: true },
    ]);
    expect(await accountsOf(ben)).toMatchObject([{ access_token: null }, { account_id: BAKERY, is_default: true }]);
    const events = await house.query(
      `SELECT account_id, data FROM events WHERE user_id = $1 AND type = 'account.disconnected'`,
      [ana.userId],
    );
    expect(events).toEqual([
      { account_id: BAKERY, data: { account_id: BAKERY, username: 'sandbox.bakery', reason: 'deauthorized' } },
    ]);
    const { body } = await ana.get('/api/instagram/accounts/audit?limit=1');
    expect(body.entries).toMatchObject([{ account_id: BAKERY, action: 'deauthorized', by: 'meta', detail: {} }]);

    // The other login's app, which signs with its own secret.
    expect((await sentByMeta('deauthorize', appScopedIdOf(STUDIO), 'instagram')).status).toBe(200);
    expect(await accountsOf(ana)).toMatchObject([{ access_token: null }, { access_token: null, is_default: false }]);
  });

  test('is told apart by the login: the same id of the other login is somebody else', async () => {
    const ana = await house.newUser();
    await connect(ana, BAKERY, '4711');
    await sentByMeta('deauthorize', '4711', 'instagram');
    expect(await accountsOf(ana)).toMatchObject([{ disconnected_at: null }]);
  });

  test('and comes back is not thrown out by an old request that somebody sends again', async () => {
    const ana = await house.newUser();
    await connect(ana, BAKERY, '4712');
    const old = sign({ ...said, user_id: '4712', issued_at: said.issued_at - 3_600 });
    expect((await form(DEAUTHORIZE, { signed_request: old })).status).toBe(200);
    expect(await accountsOf(ana)).toMatchObject([{ disconnected_at: null }]);
  });

  test('whom nobody knows is no error', async () => {
    expect(await sentByMeta('deauthorize', '55')).toMatchObject({ status: 200, body: { success: true } });
  });

  test('an id that is a bare number keeps its last digit', async () => {
    const ana = await house.newUser();
    await connect(ana, BAKERY, '27640875392278831');
    const signed_request = sign(`{"algorithm":"HMAC-SHA256","user_id":27640875392278831}`);
    expect((await form(DEAUTHORIZE, { signed_request })).status).toBe(200);
    expect(await accountsOf(ana)).toMatchObject([{ access_token: null }]);
  });
});

describe('a request that Meta did not sign', () => {
  const good = sign(said);
  const [signature = '', payload = ''] = good.split('.');
  test.each<[string, Record<string, string>]>([
    ['with another secret', { signed_request: sign(said, 'another-secret') }],
    [
      'over the decoded payload',
      {
        signed_request: `${createHmac('sha256', FACEBOOK_APP.secret).update(JSON.stringify(said)).digest('base64url')}.${payload}`,
      },
    ],
    ['with a signature that was cut short', { signed_request: `${signature.slice(0, 10)}.${payload}` }],
    ['whose payload was changed', { signed_request: `${signature}.${Buffer.from('{}').toString('base64url')}` }],
    ['with another algorithm', { signed_request: sign({ ...said, algorithm: 'none' }) }],
    ['without an algorithm', { signed_request: sign({ user_id: ADA }) }],
    ['about nobody', { signed_request: sign({ ...said, user_id: '' }) }],
    ['about no text', { signed_request: sign({ ...said, user_id: { a: 1 } }) }],
    ['that is no JSON', { signed_request: sign('hello') }],
    ['of three parts', { signed_request: `${good}.x` }],
    ['of one part', { signed_request: 'abc' }],
    ['that is missing', {}],
  ])('%s is refused by both callbacks', async (_what, fields) => {
    for (const route of [DEAUTHORIZE, DELETION]) {
      const answer = await form(route, fields);
      expect(answer).toMatchObject({ status: 422, body: { error_type: 'validation_error' } });
      expect(answer.body.errors[0].pointer).toBe('/signed_request');
      expect(JSON.stringify(answer.body)).not.toContain(signature);
    }
  });

  test('a callback takes no upload', async () => {
    const answer = await call(house.url, 'POST', DELETION, 'hello', { 'content-type': 'text/plain' });
    expect([415, 422]).toContain(answer.status);
  });
});

describe('a person who wants their data erased', () => {
  test('gets a page that says so, and nothing that Instagram told of them is left', async () => {
    const [ana, ben] = [await house.newUser(), await house.newUser()];
    const person = '122000000000077001';
    await connect(ana, GALLERY, person);
    await connect(ben, BAKERY, '122000000000077002');
    await house.query(
      `UPDATE accounts SET page_id = '31337', page_name = 'Canary Page', details = '{"biography": "Canary bio"}',
         scopes = '{instagram_basic}' WHERE user_id = $1`,
      [ana.userId],
    );
    await house.query(`INSERT INTO account_quotas (account_id, seen_at) VALUES ($1, now()), ($2, now())`, [
      GALLERY,
      BAKERY,
    ]);
    const worker = await house.startWorker();
    const asset = await ana.upload('/api/instagram/assets/upload', await picture(), 'a.jpg');
    const { body: post } = await ana.post('/api/instagram/post', { asset_id: asset.body.id, caption: 'My own words' });
    await eventually(
      () => ana.get(`/api/instagram/posts/${post.post_id}`),
      ({ body }) => typeof body.permalink === 'string',
    );
    const later = new Date(Date.now() + 40 * 86_400_000).toISOString();
    const scheduled = await ana.post('/api/instagram/schedule', { asset_id: asset.body.id, scheduled_time: later });
    expect(scheduled.status).toBe(200);
    const { body: before } = await ana.get(`/api/instagram/posts/${post.post_id}`);

    const request = signedRequest(house.sandbox.state, person, 'facebook');
    const first = await form(DELETION, { signed_request: request });
    expect(first).toMatchObject({ status: 200, body: { confirmation_code: expect.stringMatching(/^[\w-]{22}$/) } });
    expect(first.body.url).toBe(`${house.url}/api/instagram/data-deletion/${first.body.confirmation_code}`);

    const page = await eventually(
      () => call(first.body.url, 'GET', ''),
      ({ body }) => String(body).includes('Your data was erased'),
    );
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.body).toContain('<h1>Your data was erased</h1>');
    expect(page.body).not.toMatch(new RegExp(`${person}|${GALLERY}|gallery`, 'i'));

    const notice = await house.query(
      `SELECT id, data FROM events WHERE user_id = $1 AND type = 'account.disconnected'`,
      [ana.userId],
    );
    expect(notice).toMatchObject([{ data: { account_id: GALLERY, reason: 'data_deletion' } }]);
    // A week later that goes as well.
    await house.query(`UPDATE events SET created_at = now() - interval '8 days' WHERE id = $1`, [notice[0]?.id]);
    const gone = [
      person,
      GALLERY,
      'sandbox.gallery',
      '31337',
      'Canary Page',
      'Canary bio',
      before.instagram_post_id,
      before.permalink,
    ];
    const left = await eventually(
      async () => {
        const cells = await everyCell(house.app.get(DataSource));
        // The queue keeps its last jobs for a while, and they hold row ids only.
        return cells.filter(({ text }) => gone.some((secret) => text.includes(String(secret))));
      },
      (cells) => cells.length === 0,
    );
    expect(left).toEqual([]);

    // What the user wrote is the user's.
    const { body: after } = await ana.get(`/api/instagram/posts/${post.post_id}`);
    expect(after).toMatchObject({
      status: 'completed',
      caption: 'My own words',
      instagram_post_id: null,
      permalink: null,
    });
    expect((await accountsOf(ben))[0]).toMatchObject({ account_id: BAKERY, disconnected_at: null });

    // The same request again is the same request, and the person may come back.
    await connect(ana, GALLERY, person);
    expect((await form(DELETION, { signed_request: request })).body).toEqual(first.body);
    expect((await accountsOf(ana)).at(-1)).toMatchObject({
      account_id: GALLERY,
      disconnected_at: null,
      is_default: true,
    });
    await house.stopWorker(worker);
  });

  test('of a post in flight waits until it has come to rest', async () => {
    const ana = await house.newUser();
    const person = '122000000000077003';
    await connect(ana, BAKERY, person);
    const asset = await ana.upload('/api/instagram/assets/upload', await picture(), 'a.jpg');
    const { body: post } = await ana.post('/api/instagram/post', { asset_id: asset.body.id });
    const { body } = await sentByMeta('data-deletion', person);
    expect((await call(body.url, 'GET', '')).body).toContain('is being erased');
    const worker = await house.startWorker();
    await eventually(
      () => call(body.url, 'GET', ''),
      (page) => String(page.body).includes('Your data was erased'),
    );
    expect((await ana.get(`/api/instagram/posts/${post.post_id}`)).body).toMatchObject({
      status: 'failed',
      outcome: 'not_live',
    });
    await house.stopWorker(worker);
  });

  test('whom nobody knows gets a code as well', async () => {
    const { status, body } = await sentByMeta('data-deletion', '56', 'instagram');
    expect(status).toBe(200);
    expect((await call(body.url, 'GET', '')).body).toContain('Your data was erased');
  });

  test('twice at once gets one code', async () => {
    const signed_request = sign({ ...said, user_id: '57' });
    const answers = await Promise.all(Array.from({ length: 8 }, () => form(DELETION, { signed_request })));
    expect(new Set(answers.map(({ body }) => body.confirmation_code)).size).toBe(1);
  });

  test.each(['x', 'A'.repeat(22), '../../etc', '%00'])('no page stands behind the code %j', async (code) => {
    const answer = await call(house.url, 'GET', `/api/instagram/data-deletion/${encodeURIComponent(code)}`);
    expect(answer).toMatchObject({ status: 404, body: { error_type: 'not_found' } });
  });
});

test('the audit log is paged, and shows only what is one’s own', async () => {
  const [ana, ben] = [await house.newUser(), await house.newUser()];
  for (let i = 1; i <= 5; i++)
    await house.query(`INSERT INTO account_audit (user_id, account_id, action, by) VALUES ($1, '1', $2, 'user')`, [
      ana.userId,
      `step ${i}`,
    ]);
  const first = await ana.get('/api/instagram/accounts/audit?limit=3');
  const second = await ana.get(`/api/instagram/accounts/audit?limit=3&cursor=${first.body.next_cursor}`);
  const actions = [...first.body.entries, ...second.body.entries].map(({ action }: { action: string }) => action);
  expect(actions).toEqual(['step 5', 'step 4', 'step 3', 'step 2', 'step 1']);
  expect(second.body.next_cursor).toBeNull();
  expect((await ben.get('/api/instagram/accounts/audit')).body).toEqual({ entries: [], next_cursor: null });
  expect((await ana.get('/api/instagram/accounts/audit?cursor=x')).body.error_type).toBe('invalid_cursor');
});

const picture = () => readFile('demo/photo.jpg');
