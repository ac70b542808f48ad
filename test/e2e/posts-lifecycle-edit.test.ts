import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { House, type Client } from '../support/app';
import { startMediaOrigin, TRAVEL, type MediaOrigin } from '../support/sandbox';

const POSTS = '/api/instagram/posts';
const demo = (name: string) => readFileSync(join(__dirname, '../../demo', name));

describe('PATCH /posts/{id}', () => {
  let house: House;
  let origin: MediaOrigin;
  let user: Client;
  let image_url: string;
  let video_url: string;

  beforeAll(async () => {
    origin = await startMediaOrigin({ '/photo.jpg': demo('photo.jpg'), '/reel.mp4': demo('reel.mp4') });
    image_url = `${origin.url}/photo.jpg`;
    video_url = `${origin.url}/reel.mp4`;
    house = await House.open({ allow: [origin.url] });
    user = await house.connectedUser();
  }, 60_000);
  afterAll(async () => {
    await house.close();
    await origin.close();
  });

  const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
  /** Words of its own for each, so that none is a duplicate. */
  let made = 0;
  const make = async (body: object = {}) => {
    const answer = await user.post(POSTS, { image_url, status: 'draft', caption: `Post ${(made += 1)}`, ...body });
    expect(answer.status).toBe(201);
    return answer.body.id as number;
  };
  const scheduled = (body: object = {}) => make({ status: undefined, scheduled_time: inHours(1), ...body });
  const edit = (id: number, body: object) => user.send('PATCH', `${POSTS}/${id}`, body);
  const row = async (id: number) => (await house.query('SELECT * FROM posts WHERE id = $1', [id]))[0];
  const events = async (id: number) =>
    (await house.query<{ type: string }>('SELECT type FROM events WHERE post_id = $1 ORDER BY id', [id])).map(
      ({ type }) => type,
    );

  it('changes what it names and leaves the rest', async () => {
    const id = await make({ caption: 'Before', alt_text: 'Bread', location_id: '7' });
    const answer = await edit(id, { caption: 'After', location_id: null, max_lateness_seconds: 90 });
    expect(answer).toMatchObject({
      status: 200,
      body: { id, status: 'draft', caption: 'After', media_type: 'IMAGE', max_lateness_seconds: 90 },
    });
    expect(await row(id)).toMatchObject({ options: { alt_text: 'Bread' } });
    expect((await edit(id, { caption: null, max_lateness_seconds: null })).body).toMatchObject({
      caption: null,
      max_lateness_seconds: null,
    });
    expect(await events(id)).toEqual(['post.created']);
  });

  it('makes a draft a scheduled post, moves it, and makes it a draft again', async () => {
    const id = await make();
    const [first, second] = [inHours(1), inHours(0.1)];
    expect((await edit(id, { scheduled_time: first })).body).toMatchObject({
      status: 'scheduled',
      scheduled_time: first,
    });
    expect((await edit(id, { scheduled_time: second })).body.scheduled_time).toBe(second);
    const { next_action_at } = (await user.get(`${POSTS}/${id}/status`)).body;
    expect(new Date(next_action_at).getTime()).toBeLessThanOrEqual(Date.now());
    expect(await events(id)).toEqual(['post.created', 'post.scheduled', 'post.scheduled']);
    expect((await edit(id, { scheduled_time: null })).body).toMatchObject({ status: 'draft', scheduled_time: null });
    expect((await user.get(`${POSTS}/${id}/status`)).body.next_action_at).toBeNull();
  });

  it('discards what was prepared, and fences the worker that prepares', async () => {
    const id = await scheduled();
    await house.query(
      `UPDATE posts SET step = 'publish', container_id = '1', container_created_at = now(), epoch = 4, takeovers = 1,
         lease_until = now() + interval '1 minute', failures = '{"timeout_error": 1}', error_type = 'invalid_token'
       WHERE id = $1`,
      [id],
    );
    expect((await edit(id, { caption: 'New' })).body).toMatchObject({ status: 'scheduled', error_type: null });
    expect(await row(id)).toMatchObject({
      step: 'create',
      container_id: null,
      container_created_at: null,
      lease_until: null,
      epoch: 5,
      takeovers: 0,
      failures: {},
    });
  });

  it('leaves a post alone that an edit does not change', async () => {
    const id = await scheduled({ caption: 'Same' });
    const before = await row(id);
    expect((await edit(id, { caption: 'Same', image_url })).status).toBe(200);
    expect((await edit(id, {})).status).toBe(200);
    expect(await row(id)).toEqual(before);
  });

  it('looks at media only when they change', async () => {
    const id = await make();
    const fetched = () => origin.requests.length;
    const before = fetched();
    await edit(id, { caption: 'Words only' });
    expect(fetched()).toBe(before);
    expect((await edit(id, { media_type: 'STORIES', caption: null })).body.media_type).toBe('STORIES');
    expect(fetched()).toBeGreaterThan(before);
    expect(await edit(id, { image_url: `${origin.url}/none.jpg` })).toMatchObject({
      status: 400,
      body: { error_type: 'media_unreachable' },
    });
  });

  it('takes other media for what they are', async () => {
    const id = await make();
    expect((await edit(id, { video_url })).body.media_type).toBe('REELS');
    expect(await row(id)).toMatchObject({
      items: [{ kind: 'video', url: video_url }],
      options: { share_to_feed: true },
    });
    const asset = await user.upload('/api/instagram/assets/upload', demo('reel.mp4'), 'reel.mp4');
    expect((await edit(id, { video_id: asset.body.id })).body.video_id).toBe(asset.body.id);
    expect((await edit(id, { asset_id: 999_999 })).status).toBe(404);
  });

  it('moves a post to another account of the user', async () => {
    const id = await make();
    await user.post('/api/instagram/manual-connect', { account_id: TRAVEL, access_token: house.sandbox.token(TRAVEL) });
    expect((await edit(id, { account_id: TRAVEL })).body.account_id).toBe(TRAVEL);
    expect(await edit(id, { account_id: '123' })).toMatchObject({
      status: 404,
      body: { error_type: 'account_not_found' },
    });
  });

  it.each([
    ['a caption that is too long', { caption: 'x'.repeat(2_201) }, '/caption'],
    ['two sources', { video_id: 1, asset_id: 1 }, '/video_id'],
    ['a field of another kind of post', { thumb_offset: 5 }, '/thumb_offset'],
    ['a time in the past', { scheduled_time: '2020-01-01T00:00:00Z' }, '/scheduled_time'],
    ['a time without an offset', { scheduled_time: '2036-01-01T00:00:00' }, '/scheduled_time'],
    ['a field that is none', { status: 'completed' }, '/status'],
  ])('refuses %s, by the rules of the whole post', async (_what, body, pointer) => {
    const id = await make({ caption: 'Stays' });
    const answer = await edit(id, body);
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toContainEqual(expect.objectContaining({ pointer }));
    expect((await user.get(`${POSTS}/${id}`)).body.caption).toBe('Stays');
  });

  it.each([
    ['posting', `status = 'posting'`],
    ['scheduled with a committed intent', `container_id = '1', intent_at = now()`],
    ['completed', `status = 'completed', outcome = 'live'`],
    ['failed', `status = 'failed'`],
    ['canceled', `status = 'canceled'`],
  ])('refuses a post that is %s', async (_what, sets) => {
    const id = await scheduled();
    await house.query(`UPDATE posts SET ${sets} WHERE id = $1`, [id]);
    const answer = await edit(id, { caption: 'Too late' });
    expect(answer).toMatchObject({ status: 409, body: { error_type: 'post_not_editable' } });
  });

  it('lets simultaneous edits all happen, one after the other', async () => {
    const id = await scheduled();
    const answers = await Promise.all([
      edit(id, { caption: 'Both' }),
      edit(id, { alt_text: 'Bread' }),
      edit(id, { location_id: '7' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await row(id)).toMatchObject({ caption: 'Both', options: { alt_text: 'Bread', location_id: '7' } });
  });
});
