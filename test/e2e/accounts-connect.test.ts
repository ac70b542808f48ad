import { AccountsService } from '../../src/accounts/accounts.service';
import { House } from '../support/app';
import { BAKERY, GALLERY, PERSONAL, STUDIO, TRAVEL } from '../support/sandbox';
import { ADA, eventsOf, GRACE, loginCode, rowsOf } from './accounts-stage';

let house: House;

beforeAll(async () => {
  house = await House.open();
});
afterAll(() => house?.close());
beforeEach(() => house.sandbox.reset());

const pageOf = (accountId: string) => house.sandbox.state.world.accounts.get(accountId)?.page_id ?? '';

describe('connecting with a code of Facebook Login', () => {
  test('joins the account behind the only Page that has one', async () => {
    const user = await house.newUser();
    const { status, body } = await user.post('/api/instagram/connect', { code: await loginCode(house) });
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        success: true,
        instagram_account_id: GALLERY,
        page_name: 'Sandbox Gallery',
        connected_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        token_expires_at: null,
      },
    });
    expect((await user.get('/api/instagram/account')).body).toEqual({
      connected: true,
      instagram_account_id: GALLERY,
      page_name: 'Sandbox Gallery',
      connected_at: body.connected_at,
      token_expires_at: null,
      days_until_expiry: null,
    });
  });

  test('keeps the token of the Page, which has no end, and keeps it sealed', async () => {
    const user = await house.newUser();
    await user.post('/api/instagram/connect', { code: await loginCode(house) });
    const [row] = await rowsOf(house, user);
    expect(row.access_token).toMatch(/^v1\.test\./);
    const credential = await house.app.get(AccountsService).credential(row.id);
    const text = credential?.accessToken.reveal() ?? '';
    expect(house.sandbox.state.tokens.find(text)).toMatchObject({
      kind: 'page',
      account_id: GALLERY,
      expires_at: null,
    });
    expect(JSON.stringify([row, await eventsOf(house, user)])).not.toContain(text);
  });

  test('asks which account when there are several, and takes the one named next time', async () => {
    const user = await house.newUser();
    const asked = await user.post('/api/instagram/connect', { code: await loginCode(house, { person: ADA }) });
    expect(asked).toMatchObject({ status: 409, body: { error_type: 'account_selection_required' } });
    expect(asked.body.available_accounts).toHaveLength(2);
    expect(asked.body.available_accounts).toContainEqual({
      account_id: TRAVEL,
      username: 'sandbox.travel',
      name: 'Sandbox Travel',
      page_id: pageOf(TRAVEL),
      page_name: 'Sandbox Travel',
      profile_picture_url: expect.any(String),
      followers_count: 48_213,
    });
    expect(await rowsOf(house, user)).toEqual([]);

    const chosen = await user.post('/api/instagram/connect', {
      code: await loginCode(house, { person: ADA }),
      account_id: TRAVEL,
    });
    expect(chosen).toMatchObject({ status: 200, body: { instagram_account_id: TRAVEL, page_name: 'Sandbox Travel' } });
  });

  test('refuses an account that the login does not reach', async () => {
    const user = await house.newUser();
    expect(
      await user.post('/api/instagram/connect', { code: await loginCode(house), account_id: BAKERY }),
    ).toMatchObject({
      status: 404,
      body: { error_type: 'account_not_found' },
    });
  });

  test('says what to do about a Page without an Instagram account', async () => {
    const user = await house.newUser();
    const notes = [...house.sandbox.state.world.pages.values()].find(({ name }) => name === 'Sandbox Notes')?.id;
    const answer = await user.post('/api/instagram/connect', {
      code: await loginCode(house, { person: ADA, page: notes }),
    });
    expect(answer).toMatchObject({ status: 400, body: { error_type: 'no_instagram_account' } });
    expect(answer.body.detail).toContain('Sandbox Notes');
    expect(answer.body.action_required).toContain('link');
  });

  test('refuses a person who may only look at the Page', async () => {
    const user = await house.newUser();
    house.sandbox.state.world.pages.get(pageOf(GALLERY))?.tasks.set(GRACE, ['ANALYZE']);
    const answer = await user.post('/api/instagram/connect', { code: await loginCode(house) });
    expect(answer).toMatchObject({ status: 403, body: { error_type: 'permission_denied' } });
    expect(answer.body.action_required).toContain('CREATE_CONTENT');
  });

  test('names the permission that was not granted', async () => {
    const user = await house.newUser();
    const code = await loginCode(house, { scope: 'instagram_basic,pages_show_list,pages_read_engagement' });
    const answer = await user.post('/api/instagram/connect', { code });
    expect(answer).toMatchObject({ status: 403, body: { error_type: 'permission_denied' } });
    expect(answer.body.detail).toContain('instagram_content_publish');
    expect(await rowsOf(house, user)).toEqual([]);
  });

  test('takes a code once', async () => {
    const user = await house.newUser();
    const code = await loginCode(house);
    await user.post('/api/instagram/connect', { code });
    expect(await user.post('/api/instagram/connect', { code })).toMatchObject({
      status: 400,
      body: { error_type: 'oauth_code_invalid' },
    });
  });

  test.each([
    ['made up', { code: 'made-up' }],
    ['of another redirect', { redirect_uri: 'https://app.example.com/other' }],
  ])('refuses a code that is %s', async (_what, changes) => {
    const user = await house.newUser();
    const answer = await user.post('/api/instagram/connect', { code: await loginCode(house), ...changes });
    expect(answer).toMatchObject({ status: 400, body: { error_type: 'oauth_code_invalid' } });
  });

  test('tells every problem of the request at once', async () => {
    const user = await house.newUser();
    const { status, body } = await user.post('/api/instagram/connect', {
      account_id: 'me',
      redirect_uri: 'nowhere',
      token: 'x',
    });
    expect(status).toBe(422);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual(
      expect.arrayContaining(['/account_id', '/code', '/redirect_uri', '/token']),
    );
  });

  test('says which settings are missing where there is no Meta app', async () => {
    const bare = await House.open({ env: { INSTAGRAM_APP_ID: undefined, INSTAGRAM_APP_SECRET: undefined } });
    try {
      const answer = await (await bare.newUser()).post('/api/instagram/connect', { code: 'x' });
      expect(answer).toMatchObject({ status: 503, body: { error_type: 'service_unavailable' } });
      expect(answer.body.action_required).toContain('INSTAGRAM_APP_ID');
    } finally {
      await bare.close();
    }
  });

  test('stores nothing when Meta is away', async () => {
    const user = await house.newUser();
    house.sandbox.fault({ match: { endpoint: 'pages_list' }, do: { kind: 'server_error', http: 502 } });
    const answer = await user.post('/api/instagram/connect', { code: await loginCode(house) });
    expect([502, 503]).toContain(answer.status);
    expect(await rowsOf(house, user)).toEqual([]);
  });
});

describe('connecting with a token made elsewhere', () => {
  test.each([
    ['a Page token', BAKERY, { kind: 'page' }],
    ['a user token', BAKERY, { kind: 'user' }],
    ['a token of Instagram Login', STUDIO, { login: 'instagram' }],
  ])('takes %s', async (_what, account_id, options) => {
    const user = await house.newUser();
    const access_token = house.sandbox.token(account_id, options);
    expect(await user.post('/api/instagram/manual-connect', { account_id, access_token })).toMatchObject({
      status: 200,
      body: { success: true, instagram_account_id: account_id, message: expect.stringContaining('@sandbox.') },
    });
    expect((await user.get('/api/instagram/account')).body).toMatchObject({
      connected: true,
      instagram_account_id: account_id,
    });
  });

  test('knows how long a user token lives', async () => {
    const user = await house.newUser();
    const access_token = house.sandbox.token(BAKERY, { kind: 'user', expires_in: 10 * 86_400 + 3_600 });
    await user.post('/api/instagram/manual-connect', { account_id: BAKERY, access_token });
    const { token_expires_at, days_until_expiry } = (await user.get('/api/instagram/account')).body;
    expect(days_until_expiry).toBe(10);
    expect(Date.parse(token_expires_at) - Date.now()).toBeGreaterThan(10 * 86_400_000);
  });

  test.each<[string, number, string, () => { account_id: string; access_token: string }]>([
    ['made up', 401, 'invalid_token', () => ({ account_id: BAKERY, access_token: 'EAAmadeup' })],
    [
      'expired',
      401,
      'token_expired',
      () => ({ account_id: BAKERY, access_token: house.sandbox.token(BAKERY, { expires_in: 0 }) }),
    ],
    [
      'of somebody else',
      404,
      'account_not_found',
      () => ({ account_id: GALLERY, access_token: house.sandbox.token(BAKERY) }),
    ],
    [
      'of another Instagram Login',
      404,
      'account_not_found',
      () => ({ account_id: BAKERY, access_token: house.sandbox.token(STUDIO, { login: 'instagram' }) }),
    ],
    [
      'made up, and of the other login',
      401,
      'invalid_token',
      () => ({ account_id: STUDIO, access_token: `EAA${house.sandbox.token(STUDIO, { login: 'instagram' })}` }),
    ],
    [
      'of Facebook Login for an account that has no Page',
      404,
      'account_not_found',
      () => ({ account_id: STUDIO, access_token: house.sandbox.token(BAKERY, { kind: 'user' }) }),
    ],
    [
      'without the permission to publish',
      403,
      'permission_denied',
      () => ({
        account_id: BAKERY,
        access_token: house.sandbox.token(BAKERY, { scopes: ['instagram_basic', 'pages_show_list'] }),
      }),
    ],
    [
      'of a personal account',
      400,
      'account_not_business',
      () => ({ account_id: PERSONAL, access_token: house.sandbox.token(PERSONAL, { login: 'instagram' }) }),
    ],
  ])('refuses a token that is %s', async (_what, status, error_type, make) => {
    const user = await house.newUser();
    const answer = await user.post('/api/instagram/manual-connect', make());
    expect(answer).toMatchObject({ status, body: { error_type } });
    expect(answer.body.action_required).toEqual(expect.any(String));
    expect(JSON.stringify(answer.body)).not.toContain(make().access_token);
    expect(await rowsOf(house, user)).toEqual([]);
  });

  test('names the permission that the token lacks', async () => {
    const user = await house.newUser();
    const access_token = house.sandbox.token(BAKERY, { scopes: ['instagram_basic', 'pages_show_list'] });
    const { body } = await user.post('/api/instagram/manual-connect', { account_id: BAKERY, access_token });
    expect(body.detail).toContain('instagram_content_publish');
  });

  test.each(['', 'two words', 'line\nbreak', 17])('takes no %j for a token', async (access_token) => {
    const user = await house.newUser();
    expect((await user.post('/api/instagram/manual-connect', { account_id: BAKERY, access_token })).status).toBe(422);
  });
});
