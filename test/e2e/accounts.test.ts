import { AccountsService } from '../../src/accounts/accounts.service';
import { call, House, type Client } from '../support/app';
import { BAKERY, GALLERY, TRAVEL } from '../support/sandbox';
import { connect, eventsOf, loginCode, rowsOf } from './accounts-stage';

let house: House;

beforeAll(async () => {
  house = await House.open();
});
afterAll(() => house?.close());
beforeEach(() => house.sandbox.reset());

describe('an account that is connected again', () => {
  test('keeps its row and what was known of it, and gets the new token', async () => {
    const user = await house.newUser();
    await user.post('/api/instagram/connect', { code: await loginCode(house) });
    const [before] = await rowsOf(house, user);
    await connect(house, user, GALLERY);
    const rows = await rowsOf(house, user);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      id: before.id,
      page_name: 'Sandbox Gallery',
      page_id: before.page_id,
      is_default: true,
    });
    expect(rows[0].access_token).not.toBe(before.access_token);
  });

  test('is one row when it is connected twice at the same time', async () => {
    const user = await house.newUser();
    const access_token = house.sandbox.token(BAKERY);
    const answers = await Promise.all(
      [1, 2, 3, 4].map(() => user.post('/api/instagram/manual-connect', { account_id: BAKERY, access_token })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await rowsOf(house, user)).toHaveLength(1);
  });

  test('leaves one default when two accounts are connected at the same time', async () => {
    const user = await house.newUser();
    const answers = await Promise.all([BAKERY, TRAVEL, GALLERY].map((account_id) => connect(house, user, account_id)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await rowsOf(house, user)).filter(({ is_default }: { is_default: boolean }) => is_default)).toHaveLength(1);
  });

  test("is another row for another user, whose token does not open in the first one's", async () => {
    const [one, two] = [await house.newUser(), await house.newUser()];
    for (const user of [one, two]) await connect(house, user, BAKERY);
    const [[first], [second]] = [await rowsOf(house, one), await rowsOf(house, two)];
    expect(first.id).not.toBe(second.id);
    await house.query('UPDATE accounts SET access_token = $2 WHERE id = $1', [first.id, second.access_token]);
    await expect(house.app.get(AccountsService).credential(first.id)).rejects.toThrow();
  });
});

describe('an account that is disconnected', () => {
  async function twoAccounts(): Promise<Client> {
    const user = await house.newUser();
    for (const account_id of [BAKERY, TRAVEL]) await connect(house, user, account_id);
    return user;
  }

  test('loses its token, and the next one takes its place as the default', async () => {
    const user = await twoAccounts();
    expect(await user.post('/api/instagram/disconnect', {})).toMatchObject({
      status: 200,
      body: { success: true, message: expect.stringContaining('@sandbox.bakery') },
    });
    const [bakery, travel] = await rowsOf(house, user);
    expect(bakery).toMatchObject({ access_token: null, token_expires_at: null, is_default: false });
    expect(travel).toMatchObject({ is_default: true });
    expect((await user.get('/api/instagram/account')).body.instagram_account_id).toBe(TRAVEL);
    expect(await house.app.get(AccountsService).credential(bakery.id)).toBeNull();
  });

  test('may be named, and the default stays what it was', async () => {
    const user = await twoAccounts();
    await user.post('/api/instagram/disconnect', { account_id: TRAVEL });
    expect((await user.get('/api/instagram/account')).body.instagram_account_id).toBe(BAKERY);
    expect((await user.get(`/api/instagram/account?account_id=${TRAVEL}`)).body).toEqual({
      connected: false,
      instagram_account_id: null,
      page_name: null,
      connected_at: null,
      token_expires_at: null,
      days_until_expiry: null,
    });
  });

  test('cannot be disconnected again, nor when there is none', async () => {
    const user = await twoAccounts();
    await user.post('/api/instagram/disconnect', { account_id: TRAVEL });
    expect(await user.post('/api/instagram/disconnect', { account_id: TRAVEL })).toMatchObject({
      status: 404,
      body: { error_type: 'account_not_found' },
    });
    await user.post('/api/instagram/disconnect', {});
    expect(await user.post('/api/instagram/disconnect', {})).toMatchObject({
      status: 404,
      body: { error_type: 'account_not_connected' },
    });
  });

  test('comes back in place, and is the default if there is no other', async () => {
    const user = await house.newUser();
    const access_token = house.sandbox.token(BAKERY);
    await user.post('/api/instagram/manual-connect', { account_id: BAKERY, access_token });
    const [before] = await rowsOf(house, user);
    await user.post('/api/instagram/disconnect', {});
    await user.post('/api/instagram/manual-connect', { account_id: BAKERY, access_token });
    const [after] = await rowsOf(house, user);
    expect(after).toMatchObject({ id: before.id, is_default: true, disconnected_at: null });
  });

  test('no post can be made for it', async () => {
    const user = await twoAccounts();
    const accounts = house.app.get(AccountsService);
    const [bakery] = await rowsOf(house, user);
    expect(await accounts.forPosting(user.userId)).toEqual({
      rowId: bakery.id,
      accountId: BAKERY,
      login: 'facebook',
      username: 'sandbox.bakery',
      actionRequired: null,
    });
    await user.post('/api/instagram/disconnect', { account_id: BAKERY });
    expect((await accounts.forPosting(user.userId)).accountId).toBe(TRAVEL);
    await expect(accounts.forPosting(user.userId, BAKERY)).rejects.toMatchObject({ errorType: 'account_not_found' });
    await user.post('/api/instagram/disconnect', {});
    await expect(accounts.forPosting(user.userId)).rejects.toMatchObject({ errorType: 'account_not_connected' });
  });
});

test('what happens to an account is told as events, without its token', async () => {
  const user = await house.newUser();
  const access_token = house.sandbox.token(BAKERY);
  await user.post('/api/instagram/manual-connect', { account_id: BAKERY, access_token });
  await user.post('/api/instagram/disconnect', {});
  const events = await eventsOf(house, user);
  expect(events).toMatchObject([
    { type: 'account.connected', account_id: BAKERY, data: { account_id: BAKERY, username: 'sandbox.bakery' } },
    { type: 'account.disconnected', account_id: BAKERY, data: { account_id: BAKERY, reason: 'requested' } },
  ]);
  expect(JSON.stringify(events)).not.toContain(access_token);
});

test("nobody sees or touches another user's account", async () => {
  const [owner, other] = [await house.newUser(), await house.newUser()];
  await connect(house, owner, BAKERY);
  expect((await other.get('/api/instagram/account')).body.connected).toBe(false);
  const refused = { status: 404, body: { error_type: 'account_not_found' } };
  expect(await other.get(`/api/instagram/account?account_id=${BAKERY}`)).toMatchObject(refused);
  expect(await other.post('/api/instagram/disconnect', { account_id: BAKERY })).toMatchObject(refused);
  expect((await owner.get('/api/instagram/account')).body.connected).toBe(true);
});

test.each(['/connect', '/manual-connect', '/disconnect'])('POST %s needs a token of ours', async (path) => {
  expect((await call(house.url, 'POST', `/api/instagram${path}`, {})).status).toBe(401);
});
