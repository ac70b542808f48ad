import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { call, House, type Client } from '../support/app';
import { BAKERY, startMediaOrigin, TRAVEL, type MediaOrigin } from '../support/sandbox';
import { connect } from './accounts-stage';
import { expectError, pointersOf } from './http-stage';

const POSTS = '/api/instagram/posts';
const BATCH = `${POSTS}/batch`;
const PHOTO = readFileSync(join(__dirname, '../../demo/photo.jpg'));

let house: House;
let origin: MediaOrigin;
let user: Client;
let photo: string;
/** Requests to /slow.jpg that were open at once, at most. */
let mostAtOnce = 0;

beforeAll(async () => {
  let open = 0;
  origin = await startMediaOrigin({
    '/photo.jpg': PHOTO,
    '/slow.jpg': (_request, response) => {
      mostAtOnce = Math.max(mostAtOnce, (open += 1));
      setTimeout(() => {
        open -= 1;
        response.writeHead(200).end(PHOTO);
      }, 50);
    },
  });
  photo = `${origin.url}/photo.jpg`;
  house = await House.open({ allow: [origin.url] });
  user = await house.connectedUser();
  await connect(house, user, TRAVEL);
}, 60_000);
afterAll(async () => {
  await house.close();
  await origin.close();
});

let made = 0;
const draft = (more: object = {}) => ({
  image_url: photo,
  caption: `Batch ${(made += 1)}`,
  status: 'draft',
  ...more,
});
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
const count = async () => (await house.query('SELECT count(*)::int AS posts FROM posts'))[0]?.posts as number;

interface Result {
  index: number;
  status: number;
  post?: { id: number } & Record<string, unknown>;
  error?: { error_type: string; errors?: { pointer: string }[] } & Record<string, unknown>;
}
const send = async (body: object) => {
  const answer = await user.post(BATCH, body);
  expect(answer.status).toBe(200);
  const { created, failed, results } = answer.body as { created: number; failed: number; results: Result[] };
  expect(Object.keys(answer.body)).toEqual(['created', 'failed', 'results']);
  expect(results.map(({ index }) => index)).toEqual(results.map((_, at) => at));
  expect([created, failed]).toEqual([
    results.filter(({ status }) => status === 201).length,
    results.filter(({ status }) => status >= 400).length,
  ]);
  for (const { status, post, error } of results)
    expect([post === undefined, error === undefined]).toEqual([status !== 201, status < 400]);
  return { results, created, requestId: answer.headers['x-request-id'] };
};

describe('a batch of posts', () => {
  it('only checks the items that ask for no more', async () => {
    const before = await count();
    const { created, results } = await send({
      posts: [draft({ dry_run: true }), draft({ dry_run: true, caption: 'x'.repeat(2_201) })],
    });
    expect(created).toBe(0);
    expect(results).toMatchObject([
      { index: 0, status: 200, validation: { valid: true, errors: [] } },
      { index: 1, status: 200, validation: { valid: false, errors: [{ pointer: '/caption' }] } },
    ]);
    expect(await count()).toBe(before);
  });

  it('makes each as POST /posts would, in order', async () => {
    const scheduled_time = inHours(1);
    const { results } = await send({
      posts: [
        draft({ external_id: 'first' }),
        draft({ status: undefined, scheduled_time, max_lateness_seconds: 90 }),
        draft({ status: undefined, account_id: TRAVEL }),
      ],
    });
    expect(results.map(({ post }) => post)).toMatchObject([
      { status: 'draft', external_id: 'first', account_id: BAKERY },
      { status: 'scheduled', scheduled_time, max_lateness_seconds: 90 },
      { status: 'posting', account_id: TRAVEL },
    ]);
    const ids = results.map(({ post }) => post?.id ?? 0);
    expect(ids).toEqual([...ids].sort((one, other) => one - other));
    for (const { post } of results) expect((await user.get(`${POSTS}/${post?.id}`)).body).toEqual(post);
  });

  it('lets no item spoil another, whatever is wrong with it', async () => {
    const before = await count();
    const twin = { image_url: photo, caption: 'Twice in a batch' };
    const bad: [unknown, number, string, string[]?][] = [
      [draft({ caption: 'x'.repeat(2_201) }), 422, 'validation_error', ['/caption']],
      [draft({ colour: 'red', alt_text: 7 }), 422, 'validation_error', ['/alt_text', '/colour']],
      [draft({ caption: 'a\u0000b' }), 422, 'validation_error', ['/caption']],
      [draft({ max_lateness_seconds: 0 }), 422, 'validation_error', ['/max_lateness_seconds']],
      [draft({ scheduled_time: inHours(1) }), 422, 'validation_error', ['/status']],
      [draft({ status: null, scheduled_time: '2020-01-01T00:00:00Z' }), 422, 'validation_error', ['/scheduled_time']],
      [{ items: [{ image_url: photo }, {}] }, 422, 'validation_error', ['/items/1']],
      [{}, 422, 'validation_error', ['']],
      [7, 422, 'validation_error', ['']],
      [null, 422, 'validation_error', ['']],
      [[], 422, 'validation_error', ['']],
      [draft({ image_url: 'http://10.0.0.1/a.jpg' }), 422, 'url_not_allowed'],
      [draft({ image_url: `${origin.url}/gone.jpg` }), 400, 'media_unreachable'],
      [draft({ image_url: undefined, asset_id: 987_654 }), 404, 'not_found'],
      [draft({ account_id: '99' }), 404, 'account_not_found'],
      [draft({ external_id: 'first' }), 409, 'external_id_taken'],
      [twin, 409, 'duplicate_post'],
    ];
    const posts = [twin, ...bad.flatMap(([item]) => [item, draft()])];
    const { results, requestId } = await send({ posts });
    expect(results.filter((_, at) => at % 2 === 0).map(({ status }) => status)).toEqual(
      Array(bad.length + 1).fill(201),
    );
    bad.forEach(([_item, status, type, pointers], at) => {
      const { error, ...result } = results[2 * at + 1] ?? {};
      expect([type, result]).toEqual([error?.error_type, { index: 2 * at + 1, status }]);
      expectError({
        status,
        body: error,
        headers: { 'content-type': 'application/json', 'x-request-id': requestId ?? '' },
      });
      const told = [...new Set((error?.errors ?? []).map(({ pointer }) => pointer))].sort();
      if (pointers) expect([type, told]).toEqual([type, pointers]);
    });
    expect(results.at(-2)?.error?.post_id).toBe(results[0]?.post?.id);
    expect(await count()).toBe(before + bad.length + 1);
  });

  it('that is sent twice makes nothing twice', async () => {
    const posts = [1, 2, 3].map(() => draft({ status: undefined }));
    const first = await send({ posts });
    const second = await send({ posts });
    expect(second.created).toBe(0);
    expect(second.results.map(({ error }) => error?.post_id)).toEqual(first.results.map(({ post }) => post?.id));
  });

  it('looks at each URL once, and at few at a time', async () => {
    const requests = (path: string) => origin.requests.filter((one) => one.path === path).length;
    const again = `${photo}?again`;
    const { results } = await send({
      posts: [
        ...Array.from({ length: 20 }, () => draft({ image_url: again })),
        ...Array.from({ length: 4 }, () => draft({ image_url: `${origin.url}/gone.jpg?once` })),
        ...Array.from({ length: 30 }, (_, n) => draft({ image_url: `${origin.url}/slow.jpg?${n}` })),
        draft({
          image_url: undefined,
          items: Array.from({ length: 10 }, (_, n) => ({ image_url: `${origin.url}/slow.jpg?c${n}` })),
        }),
      ],
    });
    expect(results.map(({ status }) => status)).toEqual([
      ...Array(20).fill(201),
      ...Array(4).fill(400),
      ...Array(31).fill(201),
    ]);
    expect([requests('/photo.jpg?again'), requests('/gone.jpg?once')]).toEqual([1, 1]);
    expect(mostAtOnce).toBeGreaterThan(1);
    expect(mostAtOnce).toBeLessThanOrEqual(8);
  });

  it('takes a hundred', async () => {
    const { created, results } = await send({ posts: Array.from({ length: 100 }, () => draft()) });
    expect(created).toBe(100);
    const captions = results.map(({ post }) => Number(String(post?.caption).split(' ')[1]));
    expect(captions).toEqual([...captions].sort((one, other) => one - other));
  });
});

describe('a batch for accounts', () => {
  it('makes the same post for each', async () => {
    const body = draft({ status: undefined, scheduled_time: inHours(2) });
    const { results } = await send({ account_ids: [TRAVEL, BAKERY, '99', TRAVEL, null, 'me'], ...body });
    expect(results.map(({ status, post, error }) => [status, post?.account_id ?? error?.error_type])).toEqual([
      [201, TRAVEL],
      [201, BAKERY],
      [404, 'account_not_found'],
      [409, 'duplicate_post'],
      [422, 'validation_error'],
      [422, 'validation_error'],
    ]);
    for (const { error } of results.slice(-2)) expect(error?.errors).toMatchObject([{ pointer: '/account_id' }]);
    expect(results[3]?.error?.post_id).toBe(results[0]?.post?.id);
  });

  it('tells for each what is wrong with the body', async () => {
    const { results } = await send({ account_ids: [TRAVEL, BAKERY], ...draft({ colour: 'red' }) });
    for (const { status, error } of results)
      expect([status, error?.errors]).toMatchObject([422, [{ pointer: '/colour' }]]);
  });
});

describe('what is no batch is refused as a whole', () => {
  it.each<[string, () => object, string[]]>([
    ['neither form', () => draft(), ['']],
    ['both forms', () => ({ posts: [draft()], account_ids: [BAKERY] }), ['/account_ids', '/posts']],
    ['more than a hundred', () => ({ posts: Array.from({ length: 101 }, () => draft()) }), ['/posts']],
    ['none', () => ({ posts: [] }), ['/posts']],
    ['posts and other fields', () => ({ posts: [draft()], caption: 'a' }), ['/caption']],
    ['a list', () => [draft()], ['']],
  ])('%s', async (_what, body, pointers) => {
    const before = await count();
    const answer = await user.post(BATCH, body());
    expectError(answer, 'validation_error');
    expect(pointersOf(answer)).toEqual(pointers);
    expect(await count()).toBe(before);
  });

  it('no token, no JSON, no body', async () => {
    expectError(await call(house.url, 'POST', BATCH, { posts: [draft()] }), 'unauthorized');
    expectError(await user.send('POST', BATCH, '{', { 'content-type': 'application/json' }), 'malformed_json');
    expectError(await user.post(BATCH), 'validation_error');
  });
});
