import { type Answer, type Client } from '../support/app';
import { expectError } from './http-stage';
import { PaceStage, POSTS } from './pace-stage';

const API = '/api/instagram';
const HOUR_MS = 3_600_000;
const inHours = (hours: number) => new Date(Date.now() + hours * HOUR_MS).toISOString();

let stage: PaceStage;
let user: Client;
// No worker: what the API and the database make of it.
beforeAll(async () => {
  stage = await PaceStage.open();
}, 60_000);
beforeEach(async () => {
  ({ user } = await stage.newcomer());
});
afterAll(() => stage.close());

const same = (more: object = {}) => ({ image_url: stage.image_url, caption: 'Fresh bread', ...more });
const make = async (more: object = {}) => {
  const answer = await user.post(POSTS, same(more));
  expect(answer.status).toBe(201);
  return answer.body.id as number;
};
const edit = (id: number, body: object) => user.send('PATCH', `${POSTS}/${id}`, body);
const move = (id: number, what: string) => user.post(`${POSTS}/${id}/${what}`);
const rewrite = (id: number, sets: string) => stage.house.query(`UPDATE posts SET ${sets} WHERE id = $1`, [id]);
const FAILED = `status = 'failed', outcome = 'not_live', step = 'done', next_action_at = NULL, error_type = 'unknown'`;

function expectDuplicate(answer: Answer, of: number): void {
  expectError(answer, 'duplicate_post');
  expect(answer.body).toMatchObject({ post_id: of, action_required: expect.stringContaining('allow_duplicate') });
}

describe('the same post once more', () => {
  it('is refused by every route, which names the first', async () => {
    const first = await make();
    for (const [route, more] of [
      ['/post', {}],
      ['/posts', {}],
      ['/schedule', { scheduled_time: inHours(22) }],
      ['/posts', { scheduled_time: inHours(0.1) }],
      ['/posts', { allow_duplicate: false, alt_text: 'A loaf' }],
    ] as const)
      expectDuplicate(await user.post(API + route, same(more)), first);
    expect((await user.get(POSTS)).body.total).toBe(1);
  });

  it('is taken with allow_duplicate, and stands in the way of others itself', async () => {
    const first = await make();
    const second = await make({ allow_duplicate: true });
    expect((await user.get(`${POSTS}/${second}`)).body.allow_duplicate).toBe(true);
    await user.send('DELETE', `${POSTS}/${first}`);
    expectDuplicate(await user.post(POSTS, same()), second);
  });

  it.each<[string, () => object]>([
    ['other words', () => ({ caption: 'Fresh bread!' })],
    ['no words', () => ({ caption: null })],
    ['another medium', () => ({ image_url: `${stage.image_url}?2` })],
    ['a story', () => ({ media_type: 'STORIES', caption: null })],
    ['a time far enough away', () => ({ scheduled_time: inHours(23.1) })],
    ['no time at all', () => ({ status: 'draft' })],
  ])('is another one with %s', async (_what, change) => {
    await make();
    await make(change());
  });

  it('is another one on another account of the user', async () => {
    await make();
    const { accountId } = await stage.newcomer();
    const access_token = stage.house.sandbox.token(accountId);
    await user.post(`${API}/manual-connect`, { account_id: accountId, access_token });
    await make({ account_id: accountId });
  });

  it('is judged by when the two go live, whichever comes first', async () => {
    const wednesday = await make({ scheduled_time: inHours(72) });
    const monday = await make({ scheduled_time: inHours(24) });
    await make();
    expectDuplicate(await user.post(POSTS, same({ scheduled_time: inHours(72 - 22) })), wednesday);
    expectDuplicate(await user.post(POSTS, same({ scheduled_time: inHours(24 + 22) })), monday);
    await make({ scheduled_time: inHours(48) });
  });

  it('with a carousel is one of the same media in the same order', async () => {
    const items = [1, 2].map((n) => ({ image_url: `${stage.image_url}?${n}` }));
    const carousel = (of: object[]) => user.post(POSTS, { items: of, caption: 'Two' });
    const first = (await carousel(items)).body.id as number;
    expectDuplicate(await carousel(items.map((item) => ({ ...item, alt_text: 'A loaf' }))), first);
    expect((await carousel([...items].reverse())).status).toBe(201);
  });

  it('from twenty requests at once is made once, and nineteen hear of it', async () => {
    for (const body of [same(), same({ caption: 'Later', scheduled_time: inHours(3) })]) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => user.post(POSTS, body)));
      const [first, ...more] = answers.filter(({ status }) => status === 201);
      expect(more).toEqual([]);
      for (const answer of answers) if (answer !== first) expectDuplicate(answer, first?.body.id as number);
    }
    expect((await user.get(POSTS)).body.total).toBe(2);
  });
});

describe('a post stands in the way', () => {
  it.each([
    ['processing', `status = 'processing'`],
    ['live', `status = 'completed', outcome = 'live', posted_at = now()`],
    ['in review', `status = 'needs_review', outcome = 'unknown', container_id = '1', intent_at = now()`],
    ['two days late and not out yet', `due_at = now() - interval '2 days'`],
    [
      'live since an hour, two days late',
      `due_at = now() - interval '2 days', posted_at = now() - interval '1 hour',
      status = 'completed', outcome = 'live'`,
    ],
  ])('that is %s', async (_what, sets) => {
    const first = await make();
    // As time would have moved it.
    if (sets.includes('2 days')) await passTwoDays(first);
    await rewrite(first, sets);
    expectDuplicate(await user.post(POSTS, same()), first);
  });

  it('no more once two days have passed since it went live', async () => {
    const first = await make();
    await passTwoDays(first);
    const then = `now() - interval '2 days'`;
    await rewrite(first, `status = 'completed', outcome = 'live', due_at = ${then}, posted_at = ${then}`);
    await make();
  });

  it.each([
    ['has failed', FAILED],
    ['was missed', `status = 'missed', step = 'done'`],
    ['is canceled', `status = 'canceled', step = 'done'`],
  ])('no more when it %s', async (_what, sets) => {
    const first = await make();
    await rewrite(first, sets);
    const second = await make();
    expectDuplicate(await user.post(POSTS, same()), second);
  });

  const passTwoDays = (id: number) =>
    stage.house.query(
      `UPDATE post_fingerprints SET guarded = tstzrange(lower(guarded) - interval '2 days', upper(guarded) - interval '2 days')
       WHERE post_id = $1`,
      [id],
    );
});

describe('a retry', () => {
  it('brings the post back, and it stands in the way again', async () => {
    const id = await make();
    await rewrite(id, FAILED);
    expect(await move(id, 'retry')).toMatchObject({ status: 200, body: { status: 'posting' } });
    expectDuplicate(await user.post(POSTS, same()), id);
  });

  it('is refused while the same is posted by another, and changes nothing', async () => {
    const id = await make();
    await rewrite(id, FAILED);
    const other = await make();
    expectDuplicate(await move(id, 'retry'), other);
    expect((await user.get(`${POSTS}/${id}`)).body).toMatchObject({ status: 'failed', safe_to_retry: true });
    await user.send('DELETE', `${POSTS}/${other}`);
    expect((await move(id, 'retry')).status).toBe(200);
  });

  it('against new posts and other retries at the same moment: one of them wins', async () => {
    for (let round = 0; round < 10; round += 1) {
      const body = same({ caption: `Round ${round}` });
      const failed: number[] = [];
      for (let i = 0; i < 2; i += 1) {
        const { id } = (await user.post(POSTS, body)).body;
        await rewrite(id, FAILED);
        failed.push(id);
      }
      const answers = await Promise.all([
        ...failed.map((id) => move(id, 'retry')),
        ...Array.from({ length: 3 }, () => user.post(POSTS, body)),
      ]);
      const winners = answers.filter(({ status }) => status < 300);
      expect(winners).toHaveLength(1);
      for (const answer of answers)
        if (!winners.includes(answer)) expectDuplicate(answer, winners[0]?.body.id as number);
    }
  }, 60_000);
});

describe('a draft', () => {
  it('stands in nobody’s way, and finds out when it shall go live', async () => {
    const draft = await make({ status: 'draft' });
    const first = await make();
    expectDuplicate(await move(draft, 'publish'), first);
    expectDuplicate(await edit(draft, { scheduled_time: inHours(1) }), first);
    expect((await user.get(`${POSTS}/${draft}`)).body).toMatchObject({ status: 'draft', scheduled_time: null });
    expect((await edit(draft, { allow_duplicate: true })).status).toBe(200);
    expect((await move(draft, 'publish')).status).toBe(200);
  });

  it('frees what it stood in the way of as a scheduled post', async () => {
    const id = await make({ scheduled_time: inHours(1) });
    expect((await edit(id, { scheduled_time: null })).status).toBe(200);
    await make();
  });
});

describe('an edit', () => {
  it.each<[string, object, object]>([
    ['words', { scheduled_time: inHours(1), caption: 'Cake' }, { caption: 'Fresh bread' }],
    ['time', { scheduled_time: inHours(72) }, { scheduled_time: inHours(5) }],
    ['permission', { scheduled_time: inHours(1), allow_duplicate: true }, { allow_duplicate: false }],
  ])('that makes a post a duplicate by its %s is refused', async (_what, start, change) => {
    const first = await make();
    const id = await make(start);
    const before = (await user.get(`${POSTS}/${id}`)).body;
    expectDuplicate(await edit(id, change), first);
    expect((await user.get(`${POSTS}/${id}`)).body).toEqual(before);
    expect((await edit(id, { ...change, allow_duplicate: true })).status).toBe(200);
  });

  it('of other media is refused, too', async () => {
    const first = await make();
    const id = await make({ image_url: `${stage.image_url}?2`, scheduled_time: inHours(1) });
    expectDuplicate(await edit(id, { image_url: stage.image_url }), first);
  });

  it('of something else is fine beside a duplicate that was allowed', async () => {
    const id = await make({ scheduled_time: inHours(1) });
    await make({ allow_duplicate: true });
    expect((await edit(id, { max_lateness_seconds: 60, external_id: 'e' })).status).toBe(200);
  });

  it('lets go of what the post was', async () => {
    const id = await make({ scheduled_time: inHours(1) });
    expect((await edit(id, { caption: 'Cake' })).status).toBe(200);
    await make();
    expectDuplicate(await user.post(POSTS, same({ caption: 'Cake' })), id);
  });

  it('and another one that both want the same: one gets it', async () => {
    for (let round = 0; round < 5; round += 1) {
      const ids = await Promise.all(
        [1, 2, 3].map((n) => make({ caption: `Was ${round}-${n}`, scheduled_time: inHours(n) })),
      );
      const answers = await Promise.all(ids.map((id) => edit(id, { caption: `Wanted ${round}` })));
      const winners = answers.filter(({ status }) => status === 200);
      expect(winners).toHaveLength(1);
      for (const answer of answers)
        if (!winners.includes(answer)) expectDuplicate(answer, winners[0]?.body.id as number);
    }
  });
});

test('with DUPLICATE_WINDOW_SECONDS=0 nothing is a duplicate', async () => {
  const lenient = await PaceStage.open({ DUPLICATE_WINDOW_SECONDS: '0' });
  try {
    const { user: anyone } = await lenient.newcomer();
    const answers = await Promise.all([1, 2, 3].map(() => anyone.post(POSTS, { image_url: lenient.image_url })));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
  } finally {
    await lenient.close();
  }
}, 60_000);
