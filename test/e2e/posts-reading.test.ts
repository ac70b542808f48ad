import { encodeCursor } from '../../src/common/cursor';
import { House, type Client } from '../support/app';
import { BAKERY, TRAVEL } from '../support/sandbox';
import { connect } from './accounts-stage';
import { expectError, pointersOf } from './http-stage';

const POSTS = '/api/instagram/posts';

let house: House;
let ana: Client;
let ben: Client;
/** Ana's, newest first. */
let ids: number[];

beforeAll(async () => {
  house = await House.open();
  ana = await house.connectedUser();
  await connect(house, ana, TRAVEL);
  ben = await house.connectedUser();
  ids = (await insert(ana, 60)).reverse();
  await insert(ben, 3);
}, 60_000);
afterAll(() => house.close());

/** Posts one hour apart from 2099 on; every third failed, every second of the travel account. */
async function insert(owner: Client, count: number): Promise<number[]> {
  const made = await house.query<{ id: number }>(
    `INSERT INTO posts (user_id, account_row_id, account_id, media_type, items, caption, due_at, scheduled_time, status, step)
     SELECT $1, a.id, a.account_id, 'IMAGE', '[{}]', 'Post ' || n, at, at,
       CASE WHEN n % 3 = 0 THEN 'failed' ELSE 'scheduled' END, CASE WHEN n % 3 = 0 THEN 'done' ELSE 'create' END
     FROM generate_series(1, $2::int) n
     CROSS JOIN LATERAL (SELECT timestamptz '2099-01-01T00:00:00Z' + n * interval '1 hour' AS at) t
     JOIN accounts a ON a.user_id = $1 AND a.account_id = CASE WHEN n % 2 = 0 AND $1 = $3 THEN $4 ELSE $5 END
     ORDER BY n RETURNING id`,
    [owner.userId, count, ana.userId, TRAVEL, BAKERY],
  );
  return made.map(({ id }) => id);
}

interface Page {
  posts: { id: number; status: string; account_id: string }[];
  total: number;
  next_cursor: string | null;
}

async function pages(query: string, by = ana): Promise<Page[]> {
  const read: Page[] = [];
  for (let cursor: string | null = ''; cursor !== null; cursor = read.at(-1)?.next_cursor ?? null)
    read.push((await by.get(`${POSTS}?${query}${cursor && `&cursor=${cursor}`}`)).body as Page);
  return read;
}

const idsOf = (read: Page[]) => read.flatMap(({ posts }) => posts.map(({ id }) => id));

describe('the list of posts', () => {
  it('has 25 on a page, newest first', async () => {
    const read = await pages('');
    expect(read.map(({ posts, total }) => [posts.length, total])).toEqual([
      [25, 60],
      [25, 60],
      [10, 60],
    ]);
    expect(idsOf(read)).toEqual(ids);
  });

  it.each([1, 7, 20, 60, 100])('can be read %d at a time', async (limit) => {
    const read = await pages(`limit=${limit}`);
    expect(idsOf(read)).toEqual(ids);
    expect(read).toHaveLength(Math.ceil(60 / limit));
  });

  it('goes on where it was when posts come in while it is read', async () => {
    const first = (await ben.get(`${POSTS}?limit=2`)).body as Page;
    await insert(ben, 2);
    const second = (await ben.get(`${POSTS}?limit=2&cursor=${first.next_cursor}`)).body as Page;
    expect([first.posts.length, second.posts.length, second.next_cursor]).toEqual([2, 1, null]);
    expect(second.posts[0]?.id).toBeLessThan(first.posts[1]?.id ?? 0);
  });

  it('can be filtered by status, account and time, and by all of them', async () => {
    const failed = await pages('status=failed&limit=9');
    expect(idsOf(failed)).toHaveLength(20);
    expect(failed.every(({ posts, total }) => total === 20 && posts.every(({ status }) => status === 'failed'))).toBe(
      true,
    );
    expect(idsOf(await pages(`account_id=${TRAVEL}`))).toHaveLength(30);
    const window = 'from=2099-01-01T10:00:00Z&to=2099-01-01T14:00:00%2B01:00';
    expect(idsOf(await pages(window))).toEqual(ids.slice(60 - 12, 60 - 9));
    expect(idsOf(await pages(`${window}&status=failed&account_id=${TRAVEL}`))).toEqual([ids[48]]);
    const both = pages('status=failed&status=scheduled&limit=30');
    expect(idsOf(await both)).toEqual(ids);
    expect(await pages('status=scheduled,failed&limit=30')).toEqual(await both);
    expect((await pages('status=failed,draft')).map(({ total }) => total)).toEqual([20]);
    expect(await pages('account_id=99')).toEqual([{ posts: [], total: 0, next_cursor: null }]);
    expect(await pages('status=draft')).toEqual([{ posts: [], total: 0, next_cursor: null }]);
  });

  it.each([
    ['limit=0', '?limit'],
    ['limit=101', '?limit'],
    ['limit=abc', '?limit'],
    ['limit=-1', '?limit'],
    ['limit=1.5', '?limit'],
    ['limit=1e1', '?limit'],
    ['limit=', '?limit'],
    ['limit=99999999999999999999', '?limit'],
    ['status=done', '?status'],
    ['status=', '?status'],
    ['status=failed,', '?status'],
    ['status=failed&status=done', '?status'],
    ['external_id=', '?external_id'],
    ['external_id=a%0Ab', '?external_id'],
    [`external_id=${'x'.repeat(256)}`, '?external_id'],
    ['external_id=a&external_id=b', '?external_id'],
    ['account_id=me', '?account_id'],
    ['from=yesterday', '?from'],
    ['from=2099-01-01', '?from'],
    ['to=2099-01-01T10:00:00', '?to'],
    ['colour=red', '?colour'],
  ])('refuses ?%s', async (query, pointer) => {
    const answer = await ana.get(`${POSTS}?${query}`);
    expectError(answer, 'validation_error');
    expect(pointersOf(answer)).toEqual([pointer]);
  });

  it('refuses every problem at once', async () => {
    const answer = await ana.get(`${POSTS}?limit=0&status=x&account_id=x&from=x&to=x&colour=x`);
    expect(pointersOf(answer)).toEqual(['?account_id', '?colour', '?from', '?limit', '?status', '?to']);
  });

  it.each([
    'nonsense',
    '',
    '0',
    encodeCursor('assets', 1),
    encodeCursor('posts', 0),
    `${encodeCursor('posts', 1)}=`,
    '%F0%9F%A5%96',
  ])('refuses the cursor "%s"', async (cursor) =>
    expectError(await ana.get(`${POSTS}?cursor=${cursor}`), 'invalid_cursor'),
  );

  it("shows nobody else's posts, whoever's cursor is used", async () => {
    expect(idsOf(await pages('', ben)).filter((id) => ids.includes(id))).toEqual([]);
    const { next_cursor } = (await ana.get(`${POSTS}?limit=1`)).body as Page;
    const { posts } = (await ben.get(`${POSTS}?cursor=${next_cursor}`)).body as Page;
    expect(posts.filter(({ id }) => ids.includes(id))).toEqual([]);
  });
});

describe('a post', () => {
  const routes = ['', '/status', '/timeline'];

  it('is read by its owner', async () => {
    for (const route of routes) expect((await ana.get(`${POSTS}/${ids[0]}${route}`)).status).toBe(200);
  });

  it.each(routes)("of another user's is as unknown as one that never was (%s)", async (route) => {
    const seen = async (id: number) => {
      const answer = await ben.send('GET', `${POSTS}/${id}${route}`, undefined, { 'x-request-id': 'same' });
      expectError(answer, 'not_found');
      return [answer.body, { ...answer.headers, date: '' }];
    };
    expect(await seen(ids[0] ?? 0)).toEqual(await seen(987_654));
  });

  it.each([
    '0',
    '-1',
    '1e3',
    '1.0',
    '+1',
    '01',
    '%201',
    '0x1',
    'abc',
    'null',
    '1%00',
    '１',
    '9007199254740993',
    '99999999999999999999',
    '1;DROP',
    "1'--",
  ])('is not found by the id %s', async (id) => {
    for (const route of routes) expectError(await ana.get(`${POSTS}/${id}${route}`), 'not_found');
  });

  it('is not found by another spelling of its id', async () => {
    for (const id of [`0${ids[0]}`, `+${ids[0]}`, `${ids[0]}.0`, `${ids[0]}e0`])
      expectError(await ana.get(`${POSTS}/${id}`), 'not_found');
  });
});
