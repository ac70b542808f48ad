import sharp from 'sharp';
import { readFileSync } from 'node:fs';
import {
  BAKERY,
  fixture,
  type Json,
  type MediaOrigin,
  shapeOf,
  startMediaOrigin,
  startSandbox,
  STUDIO,
  type TestSandbox,
  TRAVEL,
} from '../support/sandbox';

const HOUR = 3_600_000;
const REEL = readFileSync('demo/reel.mp4');

describe('publishing on the sandbox', () => {
  let sandbox: TestSandbox;
  let origin: MediaOrigin;
  let token: string;

  beforeAll(async () => {
    const photo = await sharp({ create: { width: 400, height: 500, channels: 3, background: '#c63' } })
      .jpeg()
      .toBuffer();
    origin = await startMediaOrigin({ '/photo.jpg': photo, '/reel.mp4': REEL });
    sandbox = await startSandbox();
  });
  beforeEach(async () => {
    await sandbox.reset();
    token = sandbox.token();
  });
  afterAll(() => Promise.all([sandbox.close(), origin.close()]));

  const photo = (): string => `${origin.url}/photo.jpg`;
  const create = (params: Record<string, string>, account = BAKERY, by = token) =>
    sandbox.call('POST', `/v25.0/${account}/media`, params, by);
  const publish = (creation_id: string, account = BAKERY, by = token) =>
    sandbox.call('POST', `/v25.0/${account}/media_publish`, { creation_id }, by);
  const child = async (): Promise<string> => (await create({ image_url: photo(), is_carousel_item: 'true' })).body.id;

  it('takes a photo from container to feed, with the recorded answers', async () => {
    const container = await create({ image_url: photo(), caption: 'Bread' });
    expect(container.status).toBe(200);
    expect(shapeOf(container.body)).toEqual(shapeOf(fixture('media-create-container.json')));
    expect(container.body.id).toMatch(/^\d{17}$/);
    expect(container.headers.get('facebook-api-version')).toBe('v25.0');

    const status = await sandbox.settled(container.body.id, token);
    expect(status.body).toMatchObject({
      status_code: 'FINISHED',
      status: (fixture('container-status-finished.json') as { status: string }).status,
    });
    const media = await publish(container.body.id);
    expect(shapeOf(media.body)).toEqual(shapeOf(fixture('media-publish.json')));
    expect(sandbox.effects().map((effect) => effect.kind)).toEqual([
      'container_created',
      'container_finished',
      'media_published',
    ]);
    const after = await sandbox.call('GET', `/v25.0/${container.body.id}`, { fields: 'status_code' }, token);
    expect(after.body).toEqual({ status_code: 'PUBLISHED', id: container.body.id });
  });

  it('works the same with Instagram Login, and with parameters as JSON or in the query', async () => {
    const by = sandbox.token(STUDIO);
    const asJson = await fetch(`${sandbox.url}/v25.0/${STUDIO}/media`, {
      method: 'POST',
      headers: { authorization: `Bearer ${by}`, 'content-type': 'application/json' },
      body: JSON.stringify({ image_url: photo(), user_tags: [{ username: 'a', x: 0.5, y: 0.5 }] }),
    });
    const { id } = (await asJson.json()) as { id: string };
    const query = new URLSearchParams({ creation_id: id, access_token: by }).toString();
    const inQuery = await fetch(`${sandbox.url}/v25.0/${STUDIO}/media_publish?${query}`, { method: 'POST' });
    expect(inQuery.status).toBe(200);
    expect(sandbox.effects('media_published')).toHaveLength(1);
  });

  it('keeps a reel in progress for as long as it is told', async () => {
    sandbox.set({ processing_ms: 60_000 });
    const { id } = (await create({ media_type: 'REELS', video_url: `${origin.url}/reel.mp4` })).body;
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect((await publish(id)).body.error).toMatchObject({ code: 9007, error_subcode: 2207027 });
    sandbox.advance(60_000);
    expect((await sandbox.settled(id, token)).body.status_code).toBe('FINISHED');
    expect((await publish(id)).status).toBe(200);
    const [media] = sandbox.effects('media_published');
    const read = await sandbox.call(
      'GET',
      `/v25.0/${media?.media_id ?? ''}`,
      { fields: 'media_type,media_product_type,is_shared_to_feed' },
      token,
    );
    expect(read.body).toMatchObject({ media_type: 'VIDEO', media_product_type: 'REELS', is_shared_to_feed: true });
  });

  it('publishes a carousel of photos and videos as one post', async () => {
    const video = await create({ media_type: 'VIDEO', is_carousel_item: 'true', video_url: `${origin.url}/reel.mp4` });
    await sandbox.settled(video.body.id, token);
    const children = [await child(), video.body.id, await child()];
    const parent = await create({ media_type: 'CAROUSEL', children: children.join(','), caption: 'Three' });
    const { id } = (await publish(parent.body.id)).body;
    const recorded = fixture('ig-media-carousel-album.json') as Record<string, unknown>;
    const read = await sandbox.call(
      'GET',
      `/v25.0/${id}`,
      {
        fields:
          'id,caption,comments_count,children{id,media_type,media_url,permalink,shortcode,timestamp},like_count,media_type,media_url,permalink,timestamp',
      },
      token,
    );
    expect(shapeOf(read.body)).toEqual(shapeOf(recorded));
    expect(Object.keys(read.body)).toEqual(Object.keys(recorded));
    expect(read.body.children.data.map((item: Json) => item.media_type)).toEqual(['IMAGE', 'VIDEO', 'IMAGE']);
    const limit = await sandbox.call('GET', `/v25.0/${BAKERY}/content_publishing_limit`, {}, token);
    expect(limit.body).toEqual({ data: [{ quota_usage: 1 }] });
    expect((await publish(children[0] ?? '')).status).toBe(400);
  });

  it('wants two to ten finished children of the same account', async () => {
    const one = await child();
    const carousel = (children: string) => create({ media_type: 'CAROUSEL', children });
    expect((await carousel(one)).body.error).toMatchObject({ code: 100, error_subcode: 2207028 });
    expect((await carousel(JSON.stringify(Array(11).fill(one)))).body.error.error_subcode).toBe(2207028);
    expect((await carousel(`${one},123`)).body.error.error_subcode).toBe(2207006);
    const plain = (await create({ image_url: photo() })).body.id;
    expect((await carousel(`${one},${plain}`)).body.error.error_subcode).toBe(2207006);
    sandbox.fault({ match: { endpoint: 'create_container' }, do: { kind: 'processing', ms: null } });
    const slow = await child();
    expect((await carousel(`${one},${slow}`)).body.error).toMatchObject({ code: 9007, error_subcode: 2207027 });
  });

  it('keeps stories out of the feed, and forgets them after a day', async () => {
    const { id } = (await create({ media_type: 'STORIES', image_url: photo(), caption: 'ignored' })).body;
    await publish(id);
    const stories = () =>
      sandbox.call('GET', `/v25.0/${BAKERY}/stories`, { fields: 'media_product_type,caption' }, token);
    expect((await stories()).body.data).toEqual([
      { media_product_type: 'STORY', id: expect.stringMatching(/^\d{17}$/) },
    ]);
    expect((await sandbox.call('GET', `/v25.0/${BAKERY}/media`, {}, token)).body).toEqual({ data: [] });
    sandbox.advance(24 * HOUR);
    expect((await stories()).body).toEqual({ data: [] });
  });

  it.each([
    ['no image', {}, 100, undefined],
    ['a reel without video', { media_type: 'REELS' }, 100, undefined],
    ['an unknown kind', { media_type: 'TEXT' }, 100, 2207023],
    ['a feed video', { media_type: 'VIDEO', video_url: 'https://x.test/v.mp4' }, 100, 2207067],
    [
      'a reel in a carousel',
      { media_type: 'REELS', video_url: 'https://x.test/v.mp4', is_carousel_item: 'true' },
      100,
      undefined,
    ],
    ['a caption too long', { caption: 'x'.repeat(2_201) }, 36004, 2207010],
    ['thirty-one hashtags', { caption: '#a '.repeat(31) }, 36004, 2207010],
    ['twenty-one mentions', { caption: '@a '.repeat(21) }, 100, 2207040],
    ['a negative thumb_offset', { thumb_offset: '-1' }, 1, 2207057],
    ['an address that is none', { image_url: 'ftp://x.test/a.jpg' }, 9004, 2207052],
    ['four collaborators', { collaborators: '["a","b","c","d"]' }, 100, undefined],
    ['collaborators on a child', { collaborators: '["a"]', is_carousel_item: 'true' }, 100, undefined],
    ['a tag without a place', { user_tags: '[{"username":"a"}]' }, 100, undefined],
    ['a location that is no id', { location_id: 'here' }, 100, undefined],
    ['a product tag without a place', { product_tags: '[{"product_id":"1"}]' }, 100, 2207036],
    ['a collaborator that is no username', { collaborators: '["@a"]' }, 100, undefined],
    [
      'collaborators on a story',
      { media_type: 'STORIES', image_url: 'https://x.test/a.jpg', collaborators: '["a"]' },
      100,
      undefined,
    ],
    ['a location on a child', { location_id: '7', is_carousel_item: 'true' }, 100, undefined],
    ['a label of AI on a child', { is_ai_generated: 'true', is_carousel_item: 'true' }, 100, undefined],
    ['a label of AI that is no boolean', { is_ai_generated: 'maybe' }, 100, undefined],
    ['a trial that is no reel', { trial_params: '{"graduation_strategy":"MANUAL"}' }, 100, undefined],
    [
      'a trial without a strategy',
      { media_type: 'REELS', video_url: 'https://x.test/v.mp4', trial_params: '{}' },
      100,
      undefined,
    ],
    [
      'a tag with a place on a reel',
      { media_type: 'REELS', video_url: 'https://x.test/v.mp4', user_tags: '[{"username":"a","x":0,"y":0}]' },
      100,
      undefined,
    ],
    [
      'a video child that does not say so',
      { video_url: 'https://x.test/v.mp4', is_carousel_item: 'true', image_url: '' },
      100,
      undefined,
    ],
    ['alt text on a reel', { media_type: 'REELS', video_url: 'https://x.test/v.mp4', alt_text: 'a' }, 100, undefined],
  ] as [string, Record<string, string>, number, number | undefined][])(
    'refuses %s',
    async (name, params, code, subcode) => {
      const image: Record<string, string> = name === 'no image' || 'media_type' in params ? {} : { image_url: photo() };
      const answer = await create({ ...image, ...params });
      expect(answer.status).toBe(400);
      expect(answer.body.error).toMatchObject({ code, type: 'OAuthException', fbtrace_id: expect.any(String) });
      expect(answer.body.error.error_subcode).toBe(subcode);
      expect(sandbox.effects()).toEqual([]);
    },
  );

  it('refuses what the world says: a place that is none, a trial reel of an account that may have none', async () => {
    sandbox.set({ unknown_locations: ['404'] });
    expect((await create({ image_url: photo(), location_id: '404' })).body.error).toMatchObject({
      code: 100,
      message: 'INSTAGRAM_PLATFORM_API__INVALID_LOCATION_ID',
    });
    expect((await create({ image_url: photo(), location_id: '405' })).status).toBe(200);
    const account = sandbox.state.world.accounts.get(BAKERY);
    if (account) account.trial_reels = false;
    const trial_params = '{"graduation_strategy":"SS_PERFORMANCE"}';
    const trial = await create({ media_type: 'REELS', video_url: `${origin.url}/reel.mp4`, trial_params });
    expect(trial.body.error).toMatchObject({ code: 100, error_subcode: 2207081 });
  });

  it('writes down what a container was made with, but no token and no query of an address', async () => {
    const url = `${origin.url}/photo.jpg`;
    const user_tags = '[{"username":"a","x":0,"y":1}]';
    const given = { caption: 'Hi', user_tags, is_ai_generated: 'true', collaborators: '["b"]', location_id: '7' };
    await create({ ...given, image_url: `${url}?signature=secret`, access_token: token });
    expect(sandbox.effects('container_created')).toMatchObject([{ parameters: { ...given, image_url: url } }]);
    expect(JSON.stringify(sandbox.effects())).not.toMatch(/secret|access_token/);
  });

  it('accepts a caption of exactly 2,200 characters, however many bytes they are', async () => {
    expect((await create({ image_url: photo(), caption: '🥐'.repeat(2_200) })).status).toBe(200);
    expect((await create({ image_url: photo(), caption: '🥐'.repeat(2_201) })).status).toBe(400);
  });

  it('lets a container expire after 24 hours', async () => {
    const { id } = (await create({ image_url: photo() })).body;
    sandbox.advance(24 * HOUR);
    const status = await sandbox.call('GET', `/v25.0/${id}`, { fields: 'status_code' }, token);
    expect(status.body.status_code).toBe('EXPIRED');
    expect((await publish(id)).body.error).toMatchObject({ code: 24, error_subcode: 2207008 });
    expect((await publish('17900000000000000')).body.error).toMatchObject({ code: 24, error_subcode: 2207008 });
    expect(sandbox.effects('media_published')).toEqual([]);
  });

  it.each([
    ['reject', 400, 1],
    ['same_id', 200, 1],
    ['duplicate', 200, 2],
  ] as const)('treats a second publish of one container by the policy %s', async (republish, status, live) => {
    sandbox.set({ republish });
    const { id } = (await create({ image_url: photo() })).body;
    const first = await publish(id);
    const second = await publish(id);
    expect(second.status).toBe(status);
    expect(second.body.id === first.body.id).toBe(republish === 'same_id');
    expect(sandbox.effects('media_published')).toHaveLength(live);
  });

  it('publishes one container once when it is asked twice at the same time', async () => {
    const { id } = (await create({ image_url: photo() })).body;
    const answers = await Promise.all(Array.from({ length: 8 }, () => publish(id)));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    expect(sandbox.effects('media_published')).toHaveLength(1);
  });

  it('counts posts and containers over rolling 24 hours', async () => {
    sandbox.set({ quota_total: 2, containers_per_day: 4 });
    const ids = [];
    for (let i = 0; i < 4; i += 1) ids.push((await create({ image_url: photo() })).body.id);
    expect((await create({ image_url: photo() })).body.error.code).toBe(9);
    await publish(ids[0]);
    sandbox.advance(HOUR);
    await publish(ids[1]);
    expect((await publish(ids[2])).body.error).toMatchObject({ code: 9, error_subcode: 2207042 });
    const fields = 'quota_usage,config';
    const limit = await sandbox.call('GET', `/v25.0/${BAKERY}/content_publishing_limit`, { fields }, token);
    expect(shapeOf(limit.body)).toEqual(shapeOf(fixture('content-publishing-limit-docs-2026.json')));
    expect(limit.body.data[0]).toEqual({ quota_usage: 2, config: { quota_total: 2, quota_duration: 86_400 } });
    sandbox.advance(22.5 * HOUR);
    expect((await publish(ids[3])).body.error.error_subcode).toBe(2207042);
    sandbox.advance(0.5 * HOUR);
    const fresh = (await create({ image_url: photo() })).body.id;
    expect((await publish(fresh)).status).toBe(200);
  });

  it('publishes with the right account, permission and standing only', async () => {
    const { id } = (await create({ image_url: photo() })).body;
    const travel = sandbox.token(TRAVEL);
    expect((await publish(id, TRAVEL, travel)).body.error.error_subcode).toBe(2207008);
    expect((await create({ image_url: photo() }, TRAVEL)).body.error.error_subcode).toBe(33);
    const reader = sandbox.token(BAKERY, { scopes: ['instagram_basic'] });
    const refused = await publish(id, BAKERY, reader);
    expect([refused.status, refused.body.error.code]).toEqual([403, 10]);
    const account = sandbox.state.world.accounts.get(BAKERY);
    if (account) account.restricted = true;
    expect((await publish(id)).body.error).toMatchObject({ code: 25, error_subcode: 2207050 });
    expect(sandbox.effects('media_published')).toEqual([]);
  });

  it('deletes media with Facebook Login only, and whole posts only', async () => {
    const parent = await create({ media_type: 'CAROUSEL', children: `${await child()},${await child()}` });
    const { id } = (await publish(parent.body.id)).body;
    const read = await sandbox.call('GET', `/v25.0/${id}`, { fields: 'children' }, token);
    const item = read.body.children.data[0].id;
    expect((await sandbox.call('DELETE', `/v25.0/${item}`, {}, token)).body.error.error_subcode).toBe(2207073);
    const instagram = sandbox.token(BAKERY, { login: 'instagram' });
    const wrong = await sandbox.call('DELETE', `/v25.0/${id}`, {}, instagram);
    expect(wrong.body.error).toMatchObject({ code: 100, error_subcode: 33, type: 'IGApiException' });
    expect((await sandbox.call('DELETE', `/v25.0/${id}`, {}, token)).body).toEqual({ success: true, deleted_id: id });
    expect((await sandbox.call('GET', `/v25.0/${id}`, {}, token)).body.error.error_subcode).toBe(33);
    expect(sandbox.effects('media_deleted')).toHaveLength(1);
  });

  it('takes a resumable upload', async () => {
    const made = await create({ media_type: 'REELS', upload_type: 'resumable' });
    expect(made.body.uri).toBe(`${sandbox.url}/ig-api-upload/v25.0/${made.body.id}`);
    const send = (size: number) =>
      fetch(made.body.uri, {
        method: 'POST',
        headers: { authorization: `OAuth ${token}`, offset: '0', file_size: String(size) },
        body: new Uint8Array(REEL),
      });
    const wrong = (await (await send(7)).json()) as { debug_info: object };
    expect(wrong.debug_info).toMatchObject({ retriable: false, type: 'ProcessingFailedError' });
    expect(await (await send(REEL.length)).json()).toEqual({ success: true, message: 'Upload successful.' });
    expect((await sandbox.settled(made.body.id, token)).body.status_code).toBe('FINISHED');
    expect((await publish(made.body.id)).status).toBe(200);
  });
});
