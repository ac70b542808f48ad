import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { House, type Client } from '../support/app';
import { startMediaOrigin, TRAVEL, type MediaOrigin } from '../support/sandbox';

const POSTS = '/api/instagram/posts';

describe('the life of a post', () => {
  let house: House;
  let origin: MediaOrigin;
  let user: Client;
  let image_url: string;

  // No worker: what the API alone makes of a post.
  beforeAll(async () => {
    const photo = readFileSync(join(__dirname, '../../demo/photo.jpg'));
    origin = await startMediaOrigin({ '/photo.jpg': photo });
    image_url = `${origin.url}/photo.jpg`;
    house = await House.open({ allow: [origin.url] });
    user = await house.connectedUser();
  }, 60_000);
  afterAll(async () => {
    await house.close();
    await origin.close();
  });

  const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();
  /** Words of its own for each, so that none is a duplicate. */
  let made = 0;
  const make = async (body: object = {}, by = user) => {
    const answer = await by.post(POSTS, { image_url, status: 'draft', caption: `Post ${(made += 1)}`, ...body });
    expect(answer.status).toBe(201);
    return answer.body.id as number;
  };
  const rewrite = (id: number, sets: string) => house.query(`UPDATE posts SET ${sets} WHERE id = $1`, [id]);
  const FAILED = `status = 'failed', outcome = 'not_live', step = 'done', next_action_at = NULL, container_id = '1',
    intent_at = now(), publish_calls = 1, failures = '{"timeout_error": 3}', error_type = 'timeout_error', error_message = 'x'`;
  const events = async (id: number) =>
    (await house.query<{ type: string }>('SELECT type FROM events WHERE post_id = $1 ORDER BY id', [id])).map(
      ({ type }) => type,
    );
  const timeline = async (id: number) =>
    (await user.get(`${POSTS}/${id}/timeline`)).body.timeline.map(({ summary }: { summary: string }) => summary);

  describe('POST /posts', () => {
    it('makes a draft, which waits for nothing', async () => {
      const answer = await user.post(POSTS, { image_url, status: 'draft', caption: 'Later', max_lateness_seconds: 60 });
      expect(answer).toMatchObject({
        status: 201,
        headers: { location: `${POSTS}/${answer.body.id}` },
        body: { status: 'draft', outcome: 'not_live', scheduled_time: null, max_lateness_seconds: 60 },
      });
      expect((await user.get(`${POSTS}/${answer.body.id}/status`)).body.next_action_at).toBeNull();
      expect(await events(answer.body.id)).toEqual(['post.created']);
    });

    it('makes a post for a time, or for now', async () => {
      const scheduled_time = inAnHour();
      expect((await user.post(POSTS, { image_url, scheduled_time, caption: 'In an hour' })).body).toMatchObject({
        status: 'scheduled',
        scheduled_time,
        max_lateness_seconds: null,
      });
      expect(await user.post(POSTS, { image_url })).toMatchObject({ status: 201, body: { status: 'posting' } });
    });

    it.each([
      ['a draft with a time', { status: 'draft', scheduled_time: '2036-01-01T00:00:00Z' }, '/status'],
      ['another status', { status: 'completed' }, '/status'],
      ['a time in the past', { scheduled_time: '2020-01-01T00:00:00Z' }, '/scheduled_time'],
      ['no lateness at all', { max_lateness_seconds: 0 }, '/max_lateness_seconds'],
    ])('refuses %s', async (_what, body, pointer) => {
      const answer = await user.post(POSTS, { image_url, ...body });
      expect(answer).toMatchObject({ status: 422, body: { error_type: 'validation_error', errors: [{ pointer }] } });
    });

    it('checks the media of a draft like any other', async () => {
      const answer = await user.post(POSTS, { image_url: `${origin.url}/none.jpg`, status: 'draft' });
      expect(answer).toMatchObject({ status: 400, body: { error_type: 'media_unreachable' } });
    });
  });

  describe('DELETE /posts/{id}', () => {
    it('deletes a draft', async () => {
      const id = await make();
      expect((await user.send('DELETE', `${POSTS}/${id}`)).status).toBe(204);
      expect((await user.get(`${POSTS}/${id}`)).status).toBe(404);
    });

    it('cancels a scheduled post and tells it', async () => {
      const id = await make({ status: undefined, scheduled_time: inAnHour() });
      expect((await user.send('DELETE', `${POSTS}/${id}`)).status).toBe(204);
      expect((await user.get(`${POSTS}/${id}/status`)).body).toMatchObject({
        status: 'canceled',
        outcome: 'not_live',
        safe_to_retry: false,
        next_action_at: null,
      });
      expect(await events(id)).toEqual(['post.created', 'post.scheduled', 'post.canceled']);
      expect(await timeline(id)).toContain('canceled: scheduled → canceled');
    });

    it.each([
      ['posting', `status = 'posting'`, 204],
      ['processing before the publish call', `status = 'processing', step = 'publish', container_id = '1'`, 204],
      ['processing after it', `status = 'processing', outcome = 'unknown', container_id = '1', intent_at = now()`, 409],
      ['to be published once more', `status = 'processing', container_id = '1', intent_at = now(), doubts = 1`, 409],
      ['canceled', `status = 'canceled'`, 409],
      ['failed', FAILED, 409],
      ['completed', `status = 'completed', outcome = 'live'`, 409],
    ])('answers a post that is %s', async (_what, sets, status) => {
      const id = await make();
      await rewrite(id, sets);
      const answer = await user.send('DELETE', `${POSTS}/${id}`);
      expect(answer.status).toBe(status);
      if (status === 409) expect(answer.body.error_type).toBe('post_not_cancelable');
    });
  });

  describe('POST /posts/{id}/publish', () => {
    it('sends a draft or scheduled post on its way now', async () => {
      for (const more of [{}, { status: undefined, scheduled_time: inAnHour() }]) {
        const id = await make(more);
        const answer = await user.post(`${POSTS}/${id}/publish`);
        expect(answer).toMatchObject({ status: 200, body: { id, status: 'posting', scheduled_time: null } });
        expect((await events(id)).at(-1)).toBe('post.publishing');
        const again = await user.post(`${POSTS}/${id}/publish`);
        expect(again).toMatchObject({ status: 409, body: { error_type: 'post_not_editable' } });
      }
    });

    it('says at once that the account is gone', async () => {
      const other = await house.connectedUser(TRAVEL);
      const id = await make({}, other);
      await other.post('/api/instagram/disconnect', {});
      const answer = await other.post(`${POSTS}/${id}/publish`);
      expect(answer).toMatchObject({ status: 404, body: { error_type: 'account_not_found' } });
    });
  });

  it('is nobody else’s business', async () => {
    const other = await house.newUser();
    const id = await make();
    const paths = ['publish', 'retry', 'resolve'].map((one) => ['POST', `${POSTS}/${id}/${one}`]);
    for (const [method = '', path = ''] of [['PATCH', `${POSTS}/${id}`], ['DELETE', `${POSTS}/${id}`], ...paths]) {
      const body = path.endsWith('resolve') ? { outcome: 'live' } : method === 'DELETE' ? undefined : {};
      const answer = await other.send(method, path, body);
      expect(answer).toMatchObject({ status: 404, body: { error_type: 'not_found' } });
    }
    expect((await user.get(`${POSTS}/${id}`)).body.status).toBe('draft');
  });
});
