import { AccountsService } from '../../src/accounts/accounts.service';
import { House, type Client } from '../support/app';
import { BAKERY, GALLERY, PERSONAL, STUDIO, TRAVEL } from '../support/sandbox';
import { ADA, eventsOf, GRACE, rowsOf } from './accounts-stage';
import { auditOf, FRONTEND_PAGE, login, oauthEnv, type Came } from './oauth-stage';

let house: House;

beforeAll(async () => {
  house = await House.open({ env: oauthEnv() });
});
afterAll(() => house?.close());
beforeEach(() => house.sandbox.reset());

const connect = (user: Client, body: object) => user.post('/api/instagram/connect', body);
const refused = { status: 400, body: { error_type: 'oauth_state_invalid' } };

describe('a page of a front end that brings the code', () => {
  test('needs no more than code and state: the state knows login and address', async () => {
    const user = await house.newUser();
    const came = await login(user, { login: 'instagram', redirect_uri: FRONTEND_PAGE });
    expect(await connect(user, came)).toMatchObject({
      status: 200,
      body: { success: true, instagram_account_id: STUDIO, page_name: null },
    });
  });

  test('may say them nevertheless', async () => {
    const user = await house.newUser();
    const came = await login(user, { redirect_uri: FRONTEND_PAGE });
    const answer = await connect(user, { ...came, login: 'facebook', redirect_uri: FRONTEND_PAGE });
    expect(answer).toMatchObject({ status: 200, body: { instagram_account_id: GALLERY } });
  });

  test.each<[string, (came: Came) => Promise<object> | object]>([
    ['of the other login', (came) => ({ ...came, login: 'instagram' })],
    ['of another redirect', (came) => ({ ...came, redirect_uri: FRONTEND_PAGE })],
    ['that nobody made', (came) => ({ ...came, state: 'made-up' })],
    ['of another user', async (came) => ({ ...came, state: (await login(await house.newUser())).state })],
    [
      'that has expired',
      async (came) => {
        await house.query(`UPDATE oauth_states SET expires_at = now() - interval '1 second'`);
        return came;
      },
    ],
  ])('is refused with a state %s', async (_what, change) => {
    const user = await house.newUser();
    const answer = await connect(user, await change(await login(user)));
    expect(answer).toMatchObject(refused);
    expect(await rowsOf(house, user)).toEqual([]);
  });

  test('a state is used up by showing it, also by somebody else', async () => {
    const [user, thief] = [await house.newUser(), await house.newUser()];
    const came = await login(user);
    expect(await connect(thief, came)).toMatchObject(refused);
    expect(await connect(user, came)).toMatchObject(refused);
    expect([await rowsOf(house, user), await rowsOf(house, thief)]).toEqual([[], []]);
  });

  test('a state works once, also when the connection came to nothing', async () => {
    const user = await house.newUser();
    const came = await login(user);
    await connect(user, { ...came, code: 'made-up' });
    expect(await connect(user, came)).toMatchObject(refused);
  });
});

describe('Instagram Login', () => {
  test('keeps whose account it is, what was granted, and how long the token lives', async () => {
    const user = await house.newUser();
    await connect(user, await login(user, { login: 'instagram' }));
    const [row] = await rowsOf(house, user);
    expect(row).toMatchObject({
      account_id: STUDIO,
      login: 'instagram',
      username: 'sandbox.studio',
      page_id: null,
      // 17 digits that JSON.parse would have rounded.
      app_scoped_user_id: '27640875392278835',
      scopes: expect.arrayContaining(['instagram_business_basic', 'instagram_business_content_publish']),
      data_access_expires_at: null,
    });
    expect(Math.round((row.token_expires_at - row.token_issued_at) / 86_400_000)).toBe(60);
    const credential = await house.app.get(AccountsService).credential(row.id);
    expect(house.sandbox.state.tokens.find(credential?.accessToken.reveal() ?? '')).toMatchObject({
      kind: 'instagram',
      long_lived: true,
    });
  });

  test.each([
    ['used twice', async (user: Client) => connect(user, await login(user, { login: 'instagram' })).then(() => user)],
  ])('refuses a code %s', async (_what, prepare) => {
    const user = await prepare(await house.newUser());
    const { code } = await login(user, { login: 'instagram' });
    await connect(user, { code, login: 'instagram' });
    expect(await connect(user, { code, login: 'instagram' })).toMatchObject({
      status: 400,
      body: { error_type: 'oauth_code_invalid' },
    });
  });

  test('refuses a code of Facebook Login, and of another redirect', async () => {
    const user = await house.newUser();
    const invalid = { status: 400, body: { error_type: 'oauth_code_invalid' } };
    const { code } = await login(user);
    expect(await connect(user, { code, login: 'instagram' })).toMatchObject(invalid);
    const other = await login(user, { login: 'instagram' });
    expect(await connect(user, { code: other.code, login: 'instagram', redirect_uri: FRONTEND_PAGE })).toMatchObject(
      invalid,
    );
  });

  test('refuses a code that is older than an hour', async () => {
    const user = await house.newUser();
    const { code } = await login(user, { login: 'instagram' });
    house.sandbox.advance(3_600_001);
    expect((await connect(user, { code, login: 'instagram' })).body.error_type).toBe('oauth_code_invalid');
  });

  test('has no use for a personal account', async () => {
    const user = await house.newUser();
    const answer = await connect(user, await login(user, { login: 'instagram', account: PERSONAL }));
    expect(answer).toMatchObject({ status: 400, body: { error_type: 'account_not_business' } });
    expect(answer.body.action_required).toContain('Business or Creator');
  });

  test('names what was not granted', async () => {
    const user = await house.newUser();
    const declined = ['instagram_business_content_publish'];
    const answer = await connect(user, await login(user, { login: 'instagram', declined }));
    expect(answer).toMatchObject({ status: 403, body: { error_type: 'permission_denied' } });
    expect(answer.body.detail).toContain(declined[0]);
  });

  test('refuses another account than the one that was wanted', async () => {
    const user = await house.newUser();
    const answer = await connect(user, { ...(await login(user, { login: 'instagram' })), account_id: BAKERY });
    expect(answer).toMatchObject({ status: 404, body: { error_type: 'account_not_found' } });
    expect(await rowsOf(house, user)).toEqual([]);
  });
});

describe('Facebook Login', () => {
  test('keeps who logged in, what was granted, and until when data may be read', async () => {
    const user = await house.newUser();
    await connect(user, await login(user));
    const [row] = await rowsOf(house, user);
    expect(row).toMatchObject({
      account_id: GALLERY,
      app_scoped_user_id: GRACE,
      scopes: expect.arrayContaining(['instagram_content_publish', 'pages_show_list']),
      token_expires_at: null,
      token_issued_at: expect.any(Date),
    });
    expect(Math.round((row.data_access_expires_at - Date.now()) / 86_400_000)).toBe(90);
  });

  test.each(['pages_show_list', 'instagram_basic', 'pages_read_engagement'])(
    'names %s when it was declined, and says how it is asked for again',
    async (scope) => {
      const user = await house.newUser();
      const answer = await connect(user, await login(user, { declined: [scope] }));
      expect(answer).toMatchObject({ status: 403, body: { error_type: 'permission_denied' } });
      expect(answer.body.detail).toContain(scope);
      expect(answer.body.action_required).toContain('auth_type=rerequest');
    },
  );

  test('does without the permissions that only some features need', async () => {
    const user = await house.newUser();
    const declined = ['instagram_manage_comments', 'business_management', 'instagram_manage_messages'];
    expect((await connect(user, await login(user, { declined }))).status).toBe(200);
  });

  test('asks for the list of permissions when the token cannot be inspected', async () => {
    const user = await house.newUser();
    const came = await login(user, { declined: ['instagram_content_publish'] });
    house.sandbox.fault({ match: { endpoint: 'debug_token' }, times: null, do: { kind: 'server_error', http: 500 } });
    const answer = await connect(user, came);
    expect(answer).toMatchObject({ status: 403, body: { error_type: 'permission_denied' } });
  });

  test('finds Pages that only a business portfolio reaches', async () => {
    const user = await house.newUser();
    withPortfolio();
    const asked = await connect(user, await login(user));
    expect(asked.body.error_type).toBe('account_selection_required');
    const names = asked.body.available_accounts.map(({ page_name }: { page_name: string }) => page_name);
    expect(names.sort()).toEqual(['Client Page', 'Owned Page', 'Sandbox Gallery']);
  });

  test('leaves portfolios alone without the permission, or when they cannot be read', async () => {
    const user = await house.newUser();
    withPortfolio();
    const declined = ['business_management'];
    expect((await connect(user, await login(user, { declined }))).body.instagram_account_id).toBe(GALLERY);
    house.sandbox.fault({ match: { endpoint: 'businesses_list' }, do: { kind: 'server_error', http: 500 } });
    expect((await connect(user, await login(user))).body.instagram_account_id).toBe(GALLERY);
  });
});

describe('while Instagram wants silence for the account', () => {
  const closed = () =>
    house.query(
      `INSERT INTO gates (scope, subject, closed_until, why) VALUES ('account', $1, now() + interval '1 minute', 'test')`,
      [GALLERY],
    );
  afterEach(() => house.query('DELETE FROM gates'));

  test('a login still connects, since its code is good once', async () => {
    const user = await house.newUser();
    await closed();
    const before = house.sandbox.state.ledger.calls.length;
    expect((await connect(user, await login(user))).status).toBe(200);
    const asked = house.sandbox.state.ledger.calls.slice(before).map(({ endpoint }) => endpoint);
    expect(asked).not.toContain('publishing_limit');
  });

  test('a token made elsewhere has time', async () => {
    const user = await house.newUser();
    await closed();
    const access_token = house.sandbox.token(GALLERY);
    const answer = await user.post('/api/instagram/manual-connect', { account_id: GALLERY, access_token });
    expect(answer).toMatchObject({ status: 429, body: { error_type: 'rate_limit_exceeded' } });
    expect(answer.headers['retry-after']).toBeDefined();
  });
});

test('a login that was granted for another account than this one cannot connect it', async () => {
  const user = await house.newUser();
  house.sandbox.fault({ match: { endpoint: 'publishing_limit' }, do: { kind: 'unreadable' } });
  const answer = await connect(user, await login(user));
  expect(answer).toMatchObject({ status: 403, body: { error_type: 'permission_denied' } });
  expect(await rowsOf(house, user)).toEqual([]);
});

/** Two more Pages of Grace's, with an account each, that `/me/accounts` does not show. */
function withPortfolio(): void {
  const { world } = house.sandbox.state;
  const grace = world.persons.get(GRACE);
  if (!grace) throw new Error('Grace is missing');
  const { id } = world.addBusiness('Miller Holding', grace);
  world.addPage('Owned Page', grace, world.addAccount({ username: 'owned' }), {
    business: { id, edge: 'owned_pages' },
  });
  world.addPage('Client Page', grace, world.addAccount({ username: 'client' }), {
    business: { id, edge: 'client_pages' },
  });
}

describe('a login that reaches several accounts', () => {
  async function offered(user: Client): Promise<string> {
    const answer = await connect(user, await login(user, { person: ADA }));
    expect(answer).toMatchObject({ status: 409, body: { error_type: 'account_selection_required' } });
    return answer.body.selection_token;
  }
  const list = (user: Client, token: string) => user.get(`/api/instagram/available-accounts?selection_token=${token}`);
  const select = (user: Client, selection_token: string, account_ids: unknown) =>
    user.post('/api/instagram/connect/select', { selection_token, account_ids });

  test('lists them, without a token of Meta', async () => {
    const user = await house.newUser();
    const { status, body } = await list(user, await offered(user));
    expect(status).toBe(200);
    expect(body.accounts).toContainEqual({
      account_id: TRAVEL,
      username: 'sandbox.travel',
      name: 'Sandbox Travel',
      page_id: expect.any(String),
      page_name: 'Sandbox Travel',
      profile_picture_url: expect.any(String),
      followers_count: 48_213,
    });
    const [kept] = await house.query<{ row: string }>(`SELECT account_selections::text AS row FROM account_selections`);
    for (const { value } of house.sandbox.state.tokens.all()) {
      expect(kept?.row).not.toContain(value);
      expect(JSON.stringify(body)).not.toContain(value);
    }
  });

  test('connects those that are chosen, the first as the default', async () => {
    const user = await house.newUser();
    const { status, body } = await select(user, await offered(user), [TRAVEL, BAKERY]);
    expect({ status, success: body.success }).toEqual({ status: 200, success: true });
    expect(body.accounts).toMatchObject([
      { account_id: TRAVEL, is_default: true, page_name: 'Sandbox Travel', health: { status: 'ok' } },
      { account_id: BAKERY, is_default: false },
    ]);
    expect(await auditOf(house, user)).toMatchObject([
      { account_id: TRAVEL, action: 'connected', by: `user:${user.userId}`, detail: { how: 'selection' } },
      { account_id: BAKERY, action: 'connected' },
    ]);
    const [row] = await rowsOf(house, user);
    expect(await house.app.get(AccountsService).credential(row.id)).toMatchObject({ login: 'facebook' });
  });

  test('is chosen from once, also by two at a time', async () => {
    const user = await house.newUser();
    const token = await offered(user);
    const answers = await Promise.all([1, 2, 3].map(() => select(user, token, [BAKERY])));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400]);
    expect(await list(user, token)).toMatchObject(refused);
    expect(await eventsOf(house, user)).toHaveLength(1);
  });

  test('is of the user who logged in, and for ten minutes', async () => {
    const [user, other] = [await house.newUser(), await house.newUser()];
    const token = await offered(user);
    expect(await list(other, token)).toMatchObject(refused);
    expect(await select(other, token, [BAKERY])).toMatchObject(refused);
    expect((await list(user, token)).status).toBe(200);
    await house.query(`UPDATE account_selections SET expires_at = expires_at - interval '10 minutes 1 second'`);
    expect(await list(user, token)).toMatchObject(refused);
    expect(await select(user, token, [BAKERY])).toMatchObject(refused);
  });

  test('all or none: what is not among them leaves the choice open', async () => {
    const user = await house.newUser();
    const token = await offered(user);
    const answer = await select(user, token, [BAKERY, GALLERY]);
    expect(answer).toMatchObject({ status: 404, body: { error_type: 'account_not_found' } });
    expect(answer.body.available_accounts).toHaveLength(2);
    expect(await rowsOf(house, user)).toEqual([]);
    expect((await select(user, token, [BAKERY])).status).toBe(200);
  });

  test('a Page that the person may only look at is refused by its name', async () => {
    const user = await house.newUser();
    const { world } = house.sandbox.state;
    world.pages.get(world.accounts.get(TRAVEL)?.page_id ?? '')?.tasks.set(ADA, ['ANALYZE']);
    const answer = await select(user, await offered(user), [TRAVEL]);
    expect(answer).toMatchObject({ status: 403, body: { error_type: 'permission_denied' } });
    expect(answer.body.detail).toContain('Sandbox Travel');
  });

  test('an account that is not there offers the others', async () => {
    const user = await house.newUser();
    const answer = await connect(user, { ...(await login(user, { person: ADA })), account_id: GALLERY });
    expect(answer).toMatchObject({ status: 404, body: { error_type: 'account_not_found' } });
    expect((await select(user, answer.body.selection_token, [BAKERY])).status).toBe(200);
  });

  test.each([[[]], [['x']], [[BAKERY, BAKERY]], ['x'], [undefined]])('%j is no choice', async (account_ids) => {
    expect((await select(await house.newUser(), 'x', account_ids)).status).toBe(422);
  });
});
