import { type Client } from '../support/app';
import { expectError, pointersOf } from './http-stage';
import { PaceStage, POSTS } from './pace-stage';

const API = '/api/instagram';
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

let stage: PaceStage;
let user: Client;
beforeAll(async () => {
  stage = await PaceStage.open();
  ({ user } = await stage.newcomer());
}, 60_000);
afterAll(() => stage.close());

let made = 0;
/** Nobody's external_id yet, on a post that is no duplicate. */
const wish = (more: object = {}) => {
  made += 1;
  return { image_url: stage.image_url, caption: `Post ${made}`, external_id: `entry-${made}`, ...more };
};
const draft = async (more: object = {}) => {
  const answer = await user.post(POSTS, { ...wish(more), status: 'draft' });
  expect(answer.status).toBe(201);
  return answer.body as { id: number; external_id: string };
};
const edit = (id: number, body: object) => user.send('PATCH', `${POSTS}/${id}`, body);
const found = async (external_id: string) =>
  (await user.get(`${POSTS}?external_id=${encodeURIComponent(external_id)}`)).body;

describe('an external_id', () => {
  it('is taken by every route that makes posts, shown, and found', async () => {
    const routes: [string, object, (body: { post_id: number; id: number }) => number][] = [
      ['/post', {}, ({ post_id }) => post_id],
      ['/schedule', { scheduled_time: inHours(1) }, ({ post_id }) => post_id],
      ['/posts', { status: 'draft' }, ({ id }) => id],
    ];
    for (const [route, more, idOf] of routes) {
      const body = wish(more);
      const id = idOf((await user.post(API + route, body)).body);
      expect((await user.get(`${POSTS}/${id}`)).body.external_id).toBe(body.external_id);
      expect(await found(body.external_id)).toMatchObject({ total: 1, posts: [{ id }], next_cursor: null });
    }
    const batch = await user.post(`${POSTS}/batch`, { posts: [wish({ external_id: 'from a batch' })] });
    expect(batch.body.results[0].post.external_id).toBe('from a batch');
    expect((await draft({ external_id: undefined })).external_id).toBeNull();
  });

  it('is told together with other filters', async () => {
    const { id, external_id } = await draft();
    const query = `external_id=${external_id}&status=draft&status=failed`;
    expect((await user.get(`${POSTS}?${query}`)).body).toMatchObject({ total: 1, posts: [{ id }] });
    expect((await user.get(`${POSTS}?external_id=${external_id}&status=failed`)).body.total).toBe(0);
    expect((await found('nobody')).posts).toEqual([]);
  });

  it.each([' ', 'ünïcödé 🥖', "'; DROP TABLE posts; --", '🥖'.repeat(255), 'a\u2028b', '%', '../..'])(
    'may be %p',
    async (external_id) => {
      const { id } = await draft({ external_id });
      expect(await found(external_id)).toMatchObject({ posts: [{ id, external_id }] });
    },
  );

  it.each(['', 'x'.repeat(256), '🥖'.repeat(256), 'a\nb', 'a\u0000b', '\u0085', '\ud800', 7, {}, ['a'], true])(
    'may not be %p',
    async (external_id) => {
      const answer = await user.post(POSTS, { ...wish(), external_id, status: 'draft' });
      expectError(answer, 'validation_error');
      expect(pointersOf(answer)).toEqual(['/external_id']);
    },
  );
});

describe('an external_id that is taken', () => {
  it.each(['/post', '/schedule', '/posts'])('is refused by %s, which names the post that has it', async (route) => {
    const { id, external_id } = await draft();
    const time = route === '/schedule' ? { scheduled_time: inHours(1) } : {};
    const answer = await user.post(API + route, wish({ external_id, ...time }));
    expectError(answer, 'external_id_taken');
    expect(answer.body.post_id).toBe(id);
    expect((await found(external_id)).total).toBe(1);
  });

  it('by another user is free', async () => {
    const { external_id } = await draft();
    const { user: other } = await stage.newcomer();
    expect((await other.post(POSTS, wish({ external_id }))).status).toBe(201);
    expect((await found(external_id)).total).toBe(1);
  });

  it('by a canceled post stays taken, by a deleted draft is free again', async () => {
    const canceled = (await user.post(POSTS, wish({ scheduled_time: inHours(1) }))).body;
    const deleted = await draft();
    for (const { id } of [canceled, deleted]) expect((await user.send('DELETE', `${POSTS}/${id}`)).status).toBe(204);
    const { external_id } = canceled;
    const again = await user.post(POSTS, wish({ external_id }));
    expectError(again, 'external_id_taken');
    expect(again.body.post_id).toBe(canceled.id);
    expect((await user.post(POSTS, wish({ external_id: deleted.external_id }))).status).toBe(201);
  });

  it('by twenty requests at once goes to one of them', async () => {
    const { external_id } = wish();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => user.post(POSTS, { ...wish({ external_id }), status: 'draft' })),
    );
    const [first, ...more] = answers.filter(({ status }) => status === 201);
    expect(more).toEqual([]);
    const refused = answers.filter(({ status }) => status !== 201);
    expect(refused).toHaveLength(19);
    for (const answer of refused) {
      expectError(answer, 'external_id_taken');
      expect(answer.body.post_id).toBe(first?.body.id);
    }
    expect((await found(external_id)).total).toBe(1);
  });
});

describe('an edit of an external_id', () => {
  it('gives, changes and takes it away, of drafts and scheduled posts', async () => {
    for (const more of [{ status: 'draft' }, { scheduled_time: inHours(1) }]) {
      const { id } = (await user.post(POSTS, wish({ external_id: undefined, ...more }))).body;
      const name = `given to ${id}`;
      for (const external_id of [name, `${name} again`, null]) {
        expect((await edit(id, { external_id })).body.external_id).toBe(external_id);
        expect((await edit(id, { caption: `Other words of ${id}, ${external_id}` })).body.external_id).toBe(
          external_id,
        );
      }
      expect(await found(name)).toMatchObject({ total: 0 });
    }
  });

  it('refuses one that is taken, and changes nothing', async () => {
    const [one, other] = [await draft(), await draft()];
    const answer = await edit(one.id, { external_id: other.external_id, caption: 'New' });
    expectError(answer, 'external_id_taken');
    expect(answer.body.post_id).toBe(other.id);
    expect((await user.get(`${POSTS}/${one.id}`)).body).toMatchObject(one);
    expect(pointersOf(await edit(one.id, { external_id: '' }))).toEqual(['/external_id']);
  });

  it('that meets another one crosswise is answered like any other', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [one, other] = [await draft(), await draft()];
      const answers = await Promise.all([
        edit(one.id, { external_id: other.external_id }),
        edit(other.id, { external_id: one.external_id }),
      ]);
      for (const answer of answers) expectError(answer, 'external_id_taken');
    }
  }, 60_000);

  it('of a post that has gone out is refused', async () => {
    const { body } = await user.post(POSTS, wish());
    expectError(await edit(body.id, { external_id: 'late' }), 'post_not_editable');
  });
});
