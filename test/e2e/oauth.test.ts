import { House } from '../support/app';
import { BAKERY, GALLERY, PERSONAL, STUDIO, TRAVEL } from '../support/sandbox';
import { ADA, rowsOf } from './accounts-stage';
import { authorize, callback, decide, FRONTEND, FRONTEND_PAGE, login, oauthEnv, sentTo } from './oauth-stage';

let house: House;

beforeAll(async () => {
  house = await House.open({ env: oauthEnv() });
});
afterAll(() => house?.close());
beforeEach(() => house.sandbox.reset());

const ownCallback = () => `${house.url}/api/instagram/callback`;

describe('where a login begins', () => {
  test.each([
    ['facebook', '/v25.0/dialog/oauth', 'instagram_content_publish'],
    ['instagram', '/oauth/authorize', 'instagram_business_content_publish'],
  ])('%s: the address of the dialog, with a state of 256 bits', async (which, path, scope) => {
    const { status, body } = await authorize(await house.newUser(), { login: which });
    expect({ status, ...body }).toEqual({
      status: 200,
      auth_url: expect.any(String),
      state: expect.stringMatching(/^[\w-]{43}$/),
      expires_in: 600,
    });
    const url = new URL(body.auth_url);
    expect(url.pathname).toBe(path);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      redirect_uri: ownCallback(),
      state: body.state,
      response_type: 'code',
      scope: expect.stringContaining(scope),
    });
  });

  test('it is Facebook Login when nothing is said, which asks again for what was declined', async () => {
    const { body } = await authorize(await house.newUser());
    expect(body.auth_url).toContain('/dialog/oauth');
    expect(body.auth_url).toContain('auth_type=rerequest');
  });

  test('when access to data is about to lapse, it is asked for anew', async () => {
    const user = await house.newUser();
    await user.post('/api/instagram/connect', await login(user));
    await house.query(`UPDATE accounts SET data_access_expires_at = now() + interval '5 days' WHERE user_id = $1`, [
      user.userId,
    ]);
    expect((await authorize(user)).body.auth_url).toContain('auth_type=reauthorize');
  });

  test('no state is kept as it is', async () => {
    const { state } = (await authorize(await house.newUser())).body;
    const kept = await house.query<{ row: string }>(`SELECT oauth_states::text AS row FROM oauth_states`);
    expect(kept.length).toBeGreaterThan(0);
    expect(JSON.stringify(kept)).not.toContain(state);
    expect(JSON.stringify(kept)).not.toContain(Buffer.from(state).toString('hex'));
  });

  test('a page of a front end may be asked for', async () => {
    const user = await house.newUser();
    const { body } = await authorize(user, { redirect_uri: FRONTEND_PAGE });
    expect(new URL(body.auth_url).searchParams.get('redirect_uri')).toBe(FRONTEND_PAGE);
  });

  test.each(['https://evil.example/', 'https://app.example.com@evil.example/', 'javascript:alert(1)', '//x', 'x'])(
    'no browser is sent to %j',
    async (redirect_uri) => {
      const answer = await authorize(await house.newUser(), { redirect_uri });
      expect(answer).toMatchObject({ status: 400, body: { error_type: 'redirect_not_allowed' } });
    },
  );

  test('it is for users only, and for the two logins', async () => {
    expect((await authorize(house.as('nobody'))).status).toBe(401);
    expect((await authorize(await house.newUser(), { login: 'threads' })).status).toBe(422);
  });

  test('a configuration of Facebook Login for Business takes the place of the scopes', async () => {
    const configured = await House.open({ env: oauthEnv({ INSTAGRAM_CONFIG_ID: '4711' }) });
    try {
      const user = await configured.newUser();
      const { searchParams } = new URL((await authorize(user)).body.auth_url);
      expect([searchParams.get('config_id'), searchParams.has('scope')]).toEqual(['4711', false]);
      expect((await user.post('/api/instagram/connect', await login(user))).status).toBe(200);
    } finally {
      await configured.close();
    }
  });
});

describe('where the browser comes back to', () => {
  test.each([
    ['facebook', GALLERY],
    ['instagram', STUDIO],
  ])('%s: the account is connected, and the front end hears of it', async (which, account_id) => {
    const user = await house.newUser();
    const came = await login(user, { login: which });
    const answer = await callback(house, { ...came });
    expect(answer.status).toBe(302);
    expect(sentTo(answer)).toEqual({ address: FRONTEND, query: { connected: 'true', account_id } });
    expect(JSON.stringify(answer.headers)).not.toContain(came.code);
    expect(answer.headers).toMatchObject({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
    expect(await rowsOf(house, user)).toMatchObject([{ account_id, login: which, is_default: true }]);
  });

  test('a look at the address without following it uses nothing up', async () => {
    const user = await house.newUser();
    const came = await login(user);
    const address = `${house.url}/api/instagram/callback?${new URLSearchParams({ ...came }).toString()}`;
    expect((await fetch(address, { method: 'HEAD', redirect: 'manual' })).status).toBe(405);
    expect(sentTo(await callback(house, { ...came })).query).toMatchObject({ connected: 'true' });
  });

  test('what Instagram puts behind the address does no harm', async () => {
    const user = await house.newUser();
    const { code, state } = await login(user, { login: 'instagram' });
    expect(sentTo(await callback(house, { code, state: `${state}#_` })).query).toMatchObject({ connected: 'true' });
    const again = await login(user, { login: 'instagram' });
    const swapped = await callback(house, { state: again.state, code: `${again.code}#_` });
    expect(sentTo(swapped).query).toMatchObject({ connected: 'true' });
  });

  test('it goes on to the page that the login was begun for', async () => {
    const user = await house.newUser();
    const came = await login(user, { redirect_uri: 'http://localhost:3000/done?tab=2' });
    expect(sentTo(await callback(house, { ...came }))).toEqual({
      address: 'http://localhost:3000/done',
      query: { tab: '2', connected: 'true', account_id: GALLERY },
    });
  });

  test('several accounts: a token to choose among them, which is of that user', async () => {
    const user = await house.newUser();
    const { query } = sentTo(await callback(house, { ...(await login(user, { person: ADA })) }));
    expect(Object.keys(query)).toEqual(['selection_token']);
    expect(await rowsOf(house, user)).toEqual([]);
    const list = await user.get(`/api/instagram/available-accounts?selection_token=${query.selection_token}`);
    expect(list.body.accounts.map(({ account_id }: { account_id: string }) => account_id).sort()).toEqual([
      BAKERY,
      TRAVEL,
    ]);
  });

  test.each(['facebook', 'instagram'])('%s: somebody who says no is told so', async (which) => {
    const user = await house.newUser();
    const { body } = await authorize(user, { login: which });
    const back = await decide(body.auth_url, { deny: true });
    const answer = await callback(house, Object.fromEntries(back.searchParams));
    expect(sentTo(answer)).toEqual({ address: FRONTEND, query: { error: 'oauth_denied' } });
    const replayed = await callback(house, Object.fromEntries(back.searchParams));
    expect(sentTo(replayed).query).toEqual({ error: 'oauth_state_invalid' });
  });

  test('a state works once', async () => {
    const user = await house.newUser();
    const came = await login(user);
    await callback(house, { ...came });
    const fresh = await login(user);
    expect(sentTo(await callback(house, { code: fresh.code, state: came.state })).query).toEqual({
      error: 'oauth_state_invalid',
    });
  });

  test('two browsers with one state: one of them connects', async () => {
    const user = await house.newUser();
    const came = await login(user);
    const answers = await Promise.all([1, 2, 3].map(() => callback(house, { ...came })));
    const ends = answers.map((answer) => sentTo(answer).query);
    expect(ends.filter(({ connected }) => connected)).toHaveLength(1);
    expect(ends.filter(({ error }) => error === 'oauth_state_invalid')).toHaveLength(2);
  });

  test.each<[string, Record<string, string>]>([
    ['no state', { code: 'x' }],
    ['a made-up state', { code: 'x', state: 'made-up' }],
    ['a denial without a state', { error: 'access_denied' }],
    ['nothing at all', {}],
  ])('%s changes nothing', async (_what, query) => {
    const answer = await callback(house, query);
    expect([answer.status, sentTo(answer)]).toEqual([
      302,
      { address: FRONTEND, query: { error: 'oauth_state_invalid' } },
    ]);
  });

  test('an address cannot be smuggled in', async () => {
    const answer = await callback(house, { state: 'x', redirect_uri: 'https://evil.example/', FRONTEND_URL: 'x' });
    expect(sentTo(answer).address).toBe(FRONTEND);
  });

  test('a state expires after ten minutes', async () => {
    const user = await house.newUser();
    const came = await login(user);
    await house.query(`UPDATE oauth_states SET expires_at = expires_at - interval '10 minutes 1 second'`);
    expect(sentTo(await callback(house, { ...came })).query).toEqual({ error: 'oauth_state_invalid' });
    expect(await rowsOf(house, user)).toEqual([]);
  });

  test.each([
    ['a personal account', 'account_not_business', { login: 'instagram', account: PERSONAL }],
    ['a declined permission', 'permission_denied', { declined: ['instagram_content_publish'] }],
    [
      'a permission declined at Instagram',
      'permission_denied',
      { login: 'instagram', declined: ['instagram_business_content_publish'] },
    ],
  ])('%s: %s', async (_what, error, options) => {
    const user = await house.newUser();
    expect(sentTo(await callback(house, { ...(await login(user, options)) })).query).toEqual({ error });
    expect(await rowsOf(house, user)).toEqual([]);
  });

  test('a code that is not good is told apart', async () => {
    const { state } = (await authorize(await house.newUser())).body;
    expect(sentTo(await callback(house, { state, code: 'made-up' })).query).toEqual({ error: 'oauth_code_invalid' });
  });

  test('a dialog that sends neither code nor error has sent no good code', async () => {
    const { state } = (await authorize(await house.newUser())).body;
    expect(sentTo(await callback(house, { state })).query).toEqual({ error: 'oauth_code_invalid' });
  });

  test('when Meta is away the browser goes on, too', async () => {
    const user = await house.newUser();
    const came = await login(user);
    house.sandbox.fault({ match: { endpoint: 'token' }, do: { kind: 'server_error', http: 503 } });
    const { query } = sentTo(await callback(house, { ...came }));
    expect(['instagram_error', 'service_unavailable', 'network_error']).toContain(query.error);
  });
});

describe('without a front end', () => {
  let bare: House;
  beforeAll(async () => {
    bare = await House.open({ env: oauthEnv({ FRONTEND_URL: undefined }) });
  });
  afterAll(() => bare?.close());

  test('the browser ends at a plain page that says how it went', async () => {
    const user = await bare.newUser();
    const came = await login(user);
    const answer = await callback(bare, { ...came });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    expect(answer.headers.location).toBeUndefined();
    expect(answer.body).toContain('@sandbox.gallery is connected.');
    expect(answer.body).not.toContain(came.code);
    expect(answer.body).not.toMatch(/<script|style=/);
  });

  test('what the address says is not taken for HTML', async () => {
    const { body } = await callback(bare, { state: '<script>alert(1)</script>', error: '<b>' });
    expect(body).toContain('oauth_state_invalid');
    expect(body).not.toContain('<script>');
  });

  test('only its own callback may be asked for', async () => {
    const answer = await authorize(await bare.newUser(), { redirect_uri: FRONTEND_PAGE });
    expect(answer.body.error_type).toBe('redirect_not_allowed');
  });
});
