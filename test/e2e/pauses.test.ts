import { DataSource } from 'typeorm';
import { Transactions } from '../../src/database/transactions';
import { PASS_PAUSE_GATE_SQL, pausedSql } from '../../src/pauses/pauses.sql';
import { call, House, type Answer, type Client } from '../support/app';
import { BAKERY, GALLERY, TRAVEL } from '../support/sandbox';
import { connect, rowsOf } from './accounts-stage';
import { expectError, pointersOf } from './http-stage';

const API = '/api/instagram';
const ACCOUNT = `${API}/accounts/${BAKERY}`;
const OFF = { paused: false, reason: null, paused_at: null, by_user: null, effective: false, held_by: [] };
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

let house: House;

beforeAll(async () => {
  house = await House.open();
}, 60_000);
afterAll(() => house?.close());
afterEach(() => house.query('DELETE FROM pauses'));

async function opsUser(): Promise<Client> {
  const user = await house.newUser();
  await house.query(`UPDATE users SET roles = '{ops}' WHERE id = $1`, [user.userId]);
  return user;
}

async function owner(): Promise<Client> {
  const user = await house.newUser();
  for (const accountId of [BAKERY, TRAVEL]) await connect(house, user, accountId);
  return user;
}

async function historyOf(user: Client, path = `${API}/pause/history`): Promise<Answer['body'][]> {
  return (await user.get(path)).body.entries;
}

/** Without what other tests did to the switch of the installation. */
async function ownHistoryOf(user: Client): Promise<Answer['body'][]> {
  return (await historyOf(user)).filter(({ scope }) => scope !== 'all');
}

/** The word of the engine: which of the user's accounts are held. */
async function heldAccounts(user: Client): Promise<string[]> {
  const rows = await house.query<{ account_id: string }>(
    `SELECT p.account_id FROM (SELECT user_id, id AS account_row_id, account_id FROM accounts WHERE user_id = $1) p
     WHERE ${pausedSql('p')} ORDER BY p.account_id`,
    [user.userId],
  );
  return rows.map(({ account_id }) => account_id);
}

describe('a switch', () => {
  test("of an account holds that account's posts, until it is resumed", async () => {
    const user = await owner();
    expect(await user.get(`${ACCOUNT}/pause`)).toMatchObject({ status: 200, body: OFF });
    const on = await user.post(`${ACCOUNT}/pause`, { reason: 'Wrong price' });
    expect([on.status, on.body]).toEqual([
      200,
      {
        paused: true,
        reason: 'Wrong price',
        paused_at: expect.stringMatching(INSTANT),
        by_user: user.userId,
        effective: true,
        held_by: ['account'],
      },
    ]);
    expect((await user.get(`${ACCOUNT}/pause`)).body).toEqual(on.body);
    expect((await user.get(`${API}/pause`)).body).toEqual(OFF);
    expect((await user.get(`${API}/accounts/${TRAVEL}/pause`)).body).toEqual(OFF);
    expect(await heldAccounts(user)).toEqual([BAKERY]);
    expect(await user.post(`${ACCOUNT}/resume`, {})).toMatchObject({ status: 200, body: OFF });
    expect(await heldAccounts(user)).toEqual([]);
  });

  test('of a user holds all of their accounts, and nobody else', async () => {
    const [user, other] = [await owner(), await owner()];
    await user.post(`${API}/pause`, { reason: 'Holiday' });
    expect(await heldAccounts(user)).toEqual([BAKERY, TRAVEL]);
    expect(await heldAccounts(other)).toEqual([]);
    expect((await user.get(`${ACCOUNT}/pause`)).body).toEqual({ ...OFF, effective: true, held_by: ['user'] });
    expect((await other.get(`${API}/pause`)).body).toEqual(OFF);
    expect((await user.post(`${API}/resume`)).body).toEqual(OFF);
    expect(await heldAccounts(user)).toEqual([]);
  });

  test('of the installation holds everybody, who see it and cannot lift it', async () => {
    const [user, ops] = [await owner(), await opsUser()];
    const on = await ops.post(`${API}/ops/pause`, { reason: 'Meta is down' });
    expect(on.body).toMatchObject({ paused: true, reason: 'Meta is down', by_user: ops.userId, held_by: ['all'] });
    expect((await ops.get(`${API}/ops/pause`)).body).toEqual(on.body);
    expect(await heldAccounts(user)).toEqual([BAKERY, TRAVEL]);
    for (const path of [`${API}/resume`, `${ACCOUNT}/resume`])
      expect((await user.post(path)).body).toEqual({ ...OFF, effective: true, held_by: ['all'] });
    expect((await ops.post(`${API}/ops/resume`)).body).toEqual(OFF);
    expect(await heldAccounts(user)).toEqual([]);
  });

  test('is by itself: lifting a wider one leaves the narrower on, and the other way round', async () => {
    const [user, ops] = [await owner(), await opsUser()];
    await user.post(`${ACCOUNT}/pause`);
    await user.post(`${API}/pause`);
    await ops.post(`${API}/ops/pause`);
    const heldBy = async () => (await user.get(`${ACCOUNT}/pause`)).body.held_by;
    expect(await heldBy()).toEqual(['account', 'user', 'all']);
    await user.post(`${API}/resume`);
    expect(await heldBy()).toEqual(['account', 'all']);
    await ops.post(`${API}/ops/resume`);
    expect(await heldBy()).toEqual(['account']);
    expect(await heldAccounts(user)).toEqual([BAKERY]);
  });

  test('that is on stays as the first one set it, and is lifted once', async () => {
    const user = await owner();
    const first = await user.post(`${API}/pause`, { reason: 'first' });
    expect(await user.post(`${API}/pause`, { reason: 'second' })).toMatchObject({ status: 200, body: first.body });
    for (let time = 0; time < 2; time += 1)
      expect(await user.post(`${API}/resume`)).toMatchObject({ status: 200, body: OFF });
    expect((await ownHistoryOf(user)).map(({ action, reason }) => [action, reason])).toEqual([
      ['resumed', null],
      ['paused', 'first'],
    ]);
  });

  test('that ten requests move at once is moved once', async () => {
    const user = await owner();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => user.post(`${API}/pause`, { reason: `no. ${i}` })),
    );
    const told = new Set(answers.map(({ status, body }) => JSON.stringify([status, body.paused, body.reason])));
    expect(told.size).toBe(1);
    await Promise.all(Array.from({ length: 10 }, () => user.post(`${API}/resume`)));
    expect((await ownHistoryOf(user)).map(({ action }) => action)).toEqual(['resumed', 'paused']);
  });

  test('of an account outlives its being disconnected and connected again', async () => {
    const user = await owner();
    await user.post(`${ACCOUNT}/pause`);
    await user.post(`${API}/disconnect`, { account_id: BAKERY });
    expect((await user.get(`${ACCOUNT}/pause`)).body.paused).toBe(true);
    await connect(house, user, BAKERY);
    expect(await heldAccounts(user)).toEqual([BAKERY]);
    expect((await user.post(`${ACCOUNT}/resume`)).body).toEqual(OFF);
  });

  test('is not answered before the publish intents on their way are committed', async () => {
    const user = await owner();
    let answered = false;
    const transactions = house.app.get(Transactions);
    const pausing = await transactions.run(async (intent) => {
      await intent.query(PASS_PAUSE_GATE_SQL);
      const pausing = user.post(`${API}/pause`).finally(() => (answered = true));
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect([answered, await heldAccounts(user)]).toEqual([false, []]);
      return { pausing };
    });
    expect((await pausing.pausing).status).toBe(200);
  });
});

describe('the history', () => {
  test('has every move that concerned the user, newest first, in pages', async () => {
    const [user, other, ops] = [await owner(), await owner(), await opsUser()];
    const [{ before } = { before: 0 }] = await house.query<{ before: number }>(
      'SELECT max(id) AS before FROM pause_audit',
    );
    await user.post(`${ACCOUNT}/pause`, { reason: 'a' });
    await other.post(`${ACCOUNT}/pause`, { reason: 'not yours' });
    await other.post(`${API}/pause`, { reason: 'not yours' });
    await ops.post(`${API}/ops/pause`, { reason: 'b' });
    await ops.post(`${API}/ops/resume`, { reason: 'c' });
    await user.post(`${API}/pause`);
    const mine = (await historyOf(user)).filter(({ id }) => id > before);
    const at = expect.stringMatching(INSTANT);
    const [me, they] = [user.userId, ops.userId];
    expect(mine.map(({ id: _id, ...entry }) => entry)).toEqual([
      { at, scope: 'user', user_id: me, account_id: null, action: 'paused', reason: null, by_user: me },
      { at, scope: 'all', user_id: null, account_id: null, action: 'resumed', reason: 'c', by_user: they },
      { at, scope: 'all', user_id: null, account_id: null, action: 'paused', reason: 'b', by_user: they },
      { at, scope: 'account', user_id: me, account_id: BAKERY, action: 'paused', reason: 'a', by_user: me },
    ]);

    const first = (await user.get(`${API}/pause/history?limit=3`)).body;
    const second = (await user.get(`${API}/pause/history?limit=3&cursor=${first.next_cursor}`)).body;
    expect([...first.entries, ...second.entries].slice(0, 4)).toEqual(mine);

    const all = (await historyOf(ops, `${API}/ops/pause/history`)).filter(({ id }) => id > before);
    expect(all.map(({ scope, user_id, account_id }) => [scope, user_id, account_id])).toEqual([
      ['user', me, null],
      ['all', null, null],
      ['all', null, null],
      ['user', other.userId, null],
      ['account', other.userId, BAKERY],
      ['account', me, BAKERY],
    ]);
    expectError(await user.get(`${API}/pause/history?cursor=${first.next_cursor}x`), 'invalid_cursor');
    expectError(await ops.get(`${API}/ops/pause/history?cursor=${first.next_cursor}`), 'invalid_cursor');
    expectError(await user.get(`${API}/pause/history?limit=0`), 'validation_error');
  });

  test.each(['UPDATE pause_audit SET reason = NULL', 'DELETE FROM pause_audit', 'TRUNCATE pause_audit'])(
    'is written once: %s is refused',
    async (sql) => {
      await expect(house.query(sql)).rejects.toThrow('pause_audit is written once');
    },
  );
});

describe('who may', () => {
  test('the switch of the installation is for the role ops, whatever else is wrong with the request', async () => {
    const user = await owner();
    const asked = [
      ['POST', '/ops/pause'],
      ['POST', '/ops/resume'],
      ['GET', '/ops/pause'],
      ['GET', '/ops/pause/history?limit=x'],
    ] as const;
    for (const [method, path] of asked) {
      const body = method === 'POST' ? { reason: 7 } : undefined;
      expectError(await user.send(method, API + path, body), 'forbidden');
      expectError(await call(house.url, method, API + path, body), 'unauthorized');
    }
    expect(await heldAccounts(user)).toEqual([]);
  });

  test('the role counts from the next request on, and no longer than it is there', async () => {
    const ops = await opsUser();
    expect((await ops.get(`${API}/ops/pause`)).status).toBe(200);
    await house.query(`UPDATE users SET roles = '{}' WHERE id = $1`, [ops.userId]);
    expectError(await ops.get(`${API}/ops/pause`), 'forbidden');
  });

  test("another user's account is as unknown as one that nobody has, for ops too", async () => {
    const [user, ops] = [await owner(), await opsUser()];
    const other = await house.connectedUser(GALLERY);
    for (const stranger of [user, ops])
      for (const id of [GALLERY, '17841499999999999', 'x', '%00', '1'.repeat(60)])
        for (const [method, path] of [
          ['POST', 'pause'],
          ['POST', 'resume'],
          ['GET', 'pause'],
        ] as const)
          expectError(await stranger.send(method, `${API}/accounts/${id}/${path}`), 'account_not_found');
    expect([await heldAccounts(other), await ownHistoryOf(other)]).toEqual([[], []]);
  });

  test.each(['/pause', '/resume', `/accounts/${BAKERY}/pause`, `/accounts/${BAKERY}/resume`])(
    'POST %s needs a token',
    async (path) => expectError(await call(house.url, 'POST', API + path, {}), 'unauthorized'),
  );
});

test.each([`${API}/pause`, `${API}/resume`, `${ACCOUNT}/pause`, `${ACCOUNT}/resume`, `${API}/ops/pause`])(
  'POST %s takes a reason of up to 500 characters, and nothing else',
  async (path) => {
    const user = await opsUser();
    await connect(house, user, BAKERY);
    const pointers = async (body: object) => {
      const answer = await user.post(path, body);
      expectError(answer, 'validation_error');
      return pointersOf(answer);
    };
    for (const reason of ['', 'x'.repeat(501), 7, ['x'], 'a\0b'])
      expect(await pointers({ reason })).toEqual(['/reason']);
    expect(await pointers({ reason: 'ok', until: 'tomorrow' })).toEqual(['/until']);
    expect(await historyOf(user).then((all) => all.filter(({ by_user }) => by_user === user.userId))).toEqual([]);
    for (const body of [{ reason: 'é'.repeat(500) }, { reason: null }, {}])
      expect((await user.post(path, body)).status).toBe(200);
  },
);

test('asking whether a post is held costs key look-ups, however many switches there are', async () => {
  const user = await owner();
  const [{ id }] = await rowsOf(house, user);
  await house.query(`INSERT INTO pauses (scope, subject, paused_by) SELECT 'account', n::text, 1
    FROM generate_series(1000000, 1020000) n`);
  await house.app.get(DataSource).query('ANALYZE pauses');
  const plan = await house.query<{ 'QUERY PLAN': string }>(
    `EXPLAIN SELECT FROM (SELECT user_id, id AS account_row_id FROM accounts WHERE id = $1 OFFSET 0) p WHERE ${pausedSql('p')}`,
    [id],
  );
  const text = plan.map((row) => row['QUERY PLAN']).join('\n');
  expect(text.match(/(?:Index Only Scan|Index Scan) using pauses_pkey/g)).toHaveLength(3);
  expect(text).not.toContain('Seq Scan on pauses');
});
