import { House, type Client } from '../support/app';
import { BAKERY, GALLERY, STUDIO, TRAVEL } from '../support/sandbox';
import { connect, rowsOf } from './accounts-stage';
import { auditOf, login, oauthEnv } from './oauth-stage';

let house: House;

beforeAll(async () => {
  house = await House.open({ env: oauthEnv() });
});
afterAll(() => house?.close());
beforeEach(() => house.sandbox.reset());

const details = (user: Client, accountId: string, query = '') =>
  user.get(`/api/instagram/accounts/${accountId}${query}`);
const reads = () => house.sandbox.state.ledger.calls.filter(({ endpoint }) => endpoint === 'account_read').length;
const notFound = { status: 404, body: { error_type: 'account_not_found' } };

describe('an account, shown', () => {
  test('has what Instagram shows and how its connection stands', async () => {
    const user = await house.newUser();
    await user.post('/api/instagram/connect', await login(user, { login: 'instagram' }));
    const { status, body } = await details(user, STUDIO);
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        account_id: STUDIO,
        username: 'sandbox.studio',
        name: 'Sandbox Studio',
        biography: null,
        account_type: 'MEDIA_CREATOR',
        followers_count: 3_071,
        follows_count: 140,
        media_count: 0,
        profile_picture_url: expect.stringContaining(STUDIO),
        login: 'instagram',
        page_id: null,
        page_name: null,
        is_default: true,
        connected_at: expect.any(String),
        health: { status: 'ok', reason: null },
        token_expires_at: expect.any(String),
        days_until_expiry: 59,
        data_access_expires_at: null,
        scopes: expect.arrayContaining(['instagram_business_content_publish']),
        details_fetched_at: expect.any(String),
      },
    });
  });

  test('is asked for once a day, or when it shall be fresh', async () => {
    const user = await house.newUser();
    await connect(house, user, BAKERY);
    const first = (await details(user, BAKERY)).body;
    const after = reads();
    house.sandbox.state.world.accounts.get(BAKERY)!.followers_count = 13_000;
    expect((await details(user, BAKERY)).body).toEqual(first);
    expect(reads()).toBe(after);
    expect((await details(user, BAKERY, '?refresh=true')).body.followers_count).toBe(13_000);
    expect(reads()).toBe(after + 1);
    await house.query(`UPDATE accounts SET details_at = now() - interval '25 hours' WHERE user_id = $1`, [user.userId]);
    await details(user, BAKERY);
    expect(reads()).toBe(after + 2);
  });

  test('is what was known when Instagram cannot be asked', async () => {
    const user = await house.newUser();
    await connect(house, user, BAKERY);
    const first = (await details(user, BAKERY)).body;
    house.sandbox.fault({ match: { endpoint: 'account_read' }, times: null, do: { kind: 'server_error', http: 503 } });
    expect((await details(user, BAKERY, '?refresh=true')).body).toEqual(first);
  });

  test('is what connecting told when nothing else is known', async () => {
    const user = await house.newUser();
    await connect(house, user, BAKERY);
    house.sandbox.fault({ match: { endpoint: 'account_read' }, times: null, do: { kind: 'server_error', http: 503 } });
    const { status, body } = await details(user, BAKERY);
    expect(status).toBe(200);
    expect(body).toMatchObject({ username: 'sandbox.bakery', followers_count: null, details_fetched_at: null });
  });

  test('is not asked for while Instagram wants silence', async () => {
    const user = await house.newUser();
    await connect(house, user, BAKERY);
    house.sandbox.throttle({ scope: 'account', account_id: BAKERY, minutes: 5, grace_ms: 0 });
    await details(user, BAKERY);
    for (let i = 0; i < 3; i++) expect((await details(user, BAKERY, '?refresh=true')).status).toBe(200);
    expect(house.sandbox.state.throttles.violations()).toBe(0);
    await house.query('DELETE FROM gates');
  });

  test('says that a person must help once its token is refused, and is well when connected again', async () => {
    const user = await house.newUser();
    await connect(house, user, BAKERY);
    house.sandbox.state.tokens.kill(460, ({ account_id }) => account_id === BAKERY);
    const { health } = (await details(user, BAKERY)).body;
    expect(health).toEqual({ status: 'action_required', reason: 'invalid_token', since: expect.any(String) });
    await connect(house, user, BAKERY);
    expect((await details(user, BAKERY, '?refresh=true')).body.health).toEqual({ status: 'ok', reason: null });
  });

  test.each([
    [`token_expires_at = now() - interval '1 hour'`, 'action_required', 'token_expired'],
    [`token_expires_at = now() + interval '3 days'`, 'expiring', 'token_expires'],
    [`data_access_expires_at = now() - interval '1 hour'`, 'action_required', 'data_access_expired'],
    [`data_access_expires_at = now() + interval '13 days'`, 'expiring', 'data_access_expires'],
  ])('with %s is %s: %s', async (change, status, reason) => {
    const user = await house.newUser();
    await connect(house, user, BAKERY);
    await house.query(`UPDATE accounts SET ${change} WHERE user_id = $1`, [user.userId]);
    expect((await details(user, BAKERY)).body.health).toMatchObject({ status, reason });
  });

  test.each([BAKERY, 'me', '1'.repeat(40), '%00', '-1'])('is nobody else’s: %s', async (accountId) => {
    const [owner, other] = [await house.newUser(), await house.newUser()];
    await connect(house, owner, BAKERY);
    expect(await details(other, accountId)).toMatchObject(notFound);
    expect(await other.post(`/api/instagram/accounts/${accountId}/default`)).toMatchObject(notFound);
    expect(await other.send('DELETE', `/api/instagram/accounts/${accountId}`)).toMatchObject(notFound);
    expect((await details(owner, BAKERY)).status).toBe(200);
  });

  test('may be fresh or not, and nothing else', async () => {
    const user = await house.newUser();
    expect((await details(user, BAKERY, '?refresh=maybe')).status).toBe(422);
  });
});

describe('the list of accounts', () => {
  test('has the connected ones, newest first, in pages', async () => {
    const user = await house.newUser();
    for (const accountId of [BAKERY, TRAVEL, GALLERY]) await connect(house, user, accountId);
    await user.post('/api/instagram/disconnect', { account_id: TRAVEL });
    const all = (await user.get('/api/instagram/accounts')).body;
    expect(all).toMatchObject({
      accounts: [
        { account_id: GALLERY, is_default: false, health: { status: 'ok' } },
        { account_id: BAKERY, is_default: true },
      ],
      next_cursor: null,
    });
    const first = (await user.get('/api/instagram/accounts?limit=1')).body;
    expect(first.accounts).toMatchObject([{ account_id: GALLERY }]);
    const second = (await user.get(`/api/instagram/accounts?limit=1&cursor=${first.next_cursor}`)).body;
    expect(second).toMatchObject({ accounts: [{ account_id: BAKERY }], next_cursor: null });
    expect(await user.get('/api/instagram/accounts?cursor=x')).toMatchObject({
      status: 400,
      body: { error_type: 'invalid_cursor' },
    });
  });

  test('is empty for others, and asks nobody', async () => {
    const before = house.sandbox.state.ledger.calls.length;
    expect((await (await house.newUser()).get('/api/instagram/accounts')).body).toEqual({
      accounts: [],
      next_cursor: null,
    });
    expect(house.sandbox.state.ledger.calls.length).toBe(before);
  });
});

describe('the default account', () => {
  test('is the one that was chosen', async () => {
    const user = await house.newUser();
    for (const accountId of [BAKERY, TRAVEL]) await connect(house, user, accountId);
    const choose = () => user.post(`/api/instagram/accounts/${TRAVEL}/default`);
    expect(await choose()).toMatchObject({ status: 200, body: { success: true, account_id: TRAVEL } });
    expect((await choose()).status).toBe(200);
    expect((await user.get('/api/instagram/account')).body.instagram_account_id).toBe(TRAVEL);
    const audit = await auditOf(house, user);
    expect(audit.map(({ action }) => action)).toEqual(['connected', 'connected', 'default_changed']);
  });

  test('is one, whoever chooses at the same time', async () => {
    const user = await house.newUser();
    for (const accountId of [BAKERY, TRAVEL, GALLERY]) await connect(house, user, accountId);
    const chosen = [BAKERY, TRAVEL, GALLERY, BAKERY, TRAVEL];
    const answers = await Promise.all(chosen.map((id) => user.post(`/api/instagram/accounts/${id}/default`)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await rowsOf(house, user)).filter(({ is_default }) => is_default)).toHaveLength(1);
  });

  test('cannot be one that is disconnected', async () => {
    const user = await house.newUser();
    for (const accountId of [BAKERY, TRAVEL]) await connect(house, user, accountId);
    await user.post('/api/instagram/disconnect', { account_id: TRAVEL });
    expect(await user.post(`/api/instagram/accounts/${TRAVEL}/default`)).toMatchObject(notFound);
  });
});

describe('an account that is taken away', () => {
  test('has no token any more, and is gone from the list', async () => {
    const user = await house.newUser();
    await user.post('/api/instagram/connect', await login(user));
    const answer = await user.send('DELETE', `/api/instagram/accounts/${GALLERY}`);
    expect([answer.status, answer.body]).toEqual([204, '']);
    expect(await rowsOf(house, user)).toMatchObject([{ access_token: null, scopes: [], token_issued_at: null }]);
    const audit = await auditOf(house, user);
    expect(audit.map(({ action, by }) => [action, by])).toEqual([
      ['connected', `user:${user.userId}`],
      ['disconnected', `user:${user.userId}`],
    ]);
    for (const { value } of house.sandbox.state.tokens.all()) expect(JSON.stringify(audit)).not.toContain(value);
    expect((await user.get('/api/instagram/accounts')).body.accounts).toEqual([]);
    expect(await details(user, GALLERY)).toMatchObject(notFound);
    expect(await user.send('DELETE', `/api/instagram/accounts/${GALLERY}`)).toMatchObject(notFound);
  });

  test('comes back in the row it had, by the other login, too', async () => {
    const user = await house.newUser();
    await user.post('/api/instagram/connect', await login(user));
    const [before] = await rowsOf(house, user);
    await user.post('/api/instagram/connect', await login(user, { login: 'instagram', account: GALLERY }));
    const [after, ...others] = await rowsOf(house, user);
    expect(others).toEqual([]);
    expect(after).toMatchObject({
      id: before.id,
      login: 'instagram',
      page_id: before.page_id,
      app_scoped_user_id: '27640875392278837',
      data_access_expires_at: null,
      token_version: before.token_version + 1,
    });
    expect(after.scopes).toContain('instagram_business_basic');
    const audit = await auditOf(house, user);
    expect(audit).toMatchObject([
      { account_id: GALLERY, action: 'connected', by: `user:${user.userId}`, account_row_id: before.id },
      { account_id: GALLERY, action: 'reconnected', detail: { how: 'login', login: 'instagram' } },
    ]);
  });
});

describe('a connection, tested', () => {
  const tested = (user: Client, body = {}) => user.post('/api/instagram/test-connection', body);
  const states = ({ body }: { body: { checks: { name: string; ok: boolean }[] } }) =>
    Object.fromEntries(body.checks.map(({ name, ok }) => [name, ok]));

  test.each([
    ['facebook', {}],
    ['instagram', {}],
  ])('%s: everything that publishing needs is there', async (which) => {
    const user = await house.newUser();
    await user.post('/api/instagram/connect', await login(user, { login: which }));
    const { status, body } = await tested(user);
    expect(status).toBe(200);
    expect(body).toEqual({
      ok: true,
      checks: ['token', 'scopes', 'account_type', 'quota'].map((name) => ({
        name,
        ok: true,
        detail: expect.any(String),
      })),
    });
    expect(body.checks[3].detail).toBe('0 of 100 posts used in 24 hours.');
  });

  test('a token that is dead', async () => {
    const user = await house.newUser();
    await connect(house, user, BAKERY);
    house.sandbox.state.tokens.kill(463, ({ account_id }) => account_id === BAKERY);
    const answer = await tested(user, { account_id: BAKERY });
    expect(answer).toMatchObject({ status: 200, body: { ok: false } });
    expect(states(answer)).toEqual({ token: false, scopes: false, account_type: false, quota: false });
    expect((await rowsOf(house, user))[0].action_required).toBe('token_expired');
  });

  test('a permission that was taken back', async () => {
    const user = await house.newUser();
    await user.post('/api/instagram/connect', await login(user));
    for (const token of house.sandbox.state.tokens.all()) token.scopes.delete('instagram_content_publish');
    const answer = await tested(user);
    expect(states(answer)).toEqual({ token: true, scopes: false, account_type: true, quota: false });
    expect(answer.body.checks[1].detail).toContain('instagram_content_publish');
  });

  test('an account that has become a personal one', async () => {
    const user = await house.newUser();
    await user.post('/api/instagram/connect', await login(user, { login: 'instagram' }));
    house.sandbox.state.world.accounts.get(STUDIO)!.account_type = 'PERSONAL';
    expect(states(await tested(user))).toMatchObject({ token: true, account_type: false });
  });

  test('a quota that is used up', async () => {
    const user = await house.newUser();
    await connect(house, user, BAKERY);
    house.sandbox.set({ quota_total: 1 });
    house.sandbox.postElsewhere({}, BAKERY);
    const answer = await tested(user);
    expect(states(answer)).toEqual({ token: true, scopes: true, account_type: true, quota: false });
    expect(answer.body.checks[3].detail).toBe('1 of 1 posts used in 24 hours.');
  });

  test('needs an account', async () => {
    const user = await house.newUser();
    expect(await tested(user)).toMatchObject({ status: 404, body: { error_type: 'account_not_connected' } });
    expect(await tested(user, { account_id: BAKERY })).toMatchObject(notFound);
  });
});
