import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { House, type Client } from '../support/app';
import { GALLERY, startMediaOrigin, type MediaOrigin } from '../support/sandbox';
import { expectError } from './http-stage';

const demo = (name: string) => readFileSync(join(__dirname, '../../demo', name));
const VALIDATE = '/api/instagram/posts/validate';

let house: House;
let origin: MediaOrigin;
let user: Client;
let photo: string;
let reel: string;
let wide: string;
let videoAsset: number;

beforeAll(async () => {
  const banner = await sharp(demo('photo.jpg')).resize(1_200, 300, { fit: 'fill' }).jpeg().toBuffer();
  origin = await startMediaOrigin({
    '/photo.jpg': demo('photo.jpg'),
    '/reel.mp4': demo('reel.mp4'),
    '/wide.jpg': banner,
  });
  photo = `${origin.url}/photo.jpg`;
  reel = `${origin.url}/reel.mp4`;
  wide = `${origin.url}/wide.jpg`;
  house = await House.open({ allow: [origin.url] });
  user = await house.connectedUser();
  videoAsset = (await user.post('/api/instagram/assets', { url: reel })).body.id;
}, 60_000);
afterAll(async () => {
  await house.close();
  await origin.close();
});
afterEach(async () => {
  expect(await house.query('SELECT id FROM posts')).toEqual([]);
  expect(await house.query(`SELECT id FROM events WHERE type LIKE 'post.%'`)).toEqual([]);
  expect(house.sandbox.effects('container_created')).toEqual([]);
});

const items = (count: number) => Array.from({ length: count }, () => ({ image_url: photo }));
const tags = (count: number) => Array.from({ length: count }, (_, at) => `t${at}`);
const later = (ms: number) => new Date(Date.now() + ms).toISOString();

interface Problem {
  pointer: string;
  error_type: string;
}

async function problems(body: object): Promise<string[]> {
  const answer = await user.post(VALIDATE, body);
  expect(answer).toMatchObject({ status: 200, body: { errors: expect.any(Array), warnings: expect.any(Array) } });
  expect(answer.body.valid).toBe(answer.body.errors.length === 0);
  const found = answer.body.errors.map(({ pointer, error_type }: Problem) =>
    error_type === 'validation_error' ? pointer : `${pointer} ${error_type}`,
  );
  return [...new Set<string>(found)].sort();
}

describe('a body that would be taken is valid', () => {
  it.each<[string, () => object]>([
    ['an image', () => ({ image_url: photo, caption: 'Bread', hashtags: tags(30) })],
    ['a draft', () => ({ image_url: photo, status: 'draft' })],
    ['a scheduled reel', () => ({ video_url: reel, scheduled_time: later(60_000), thumb_offset: 0 })],
    ['a carousel', () => ({ items: items(10) })],
    ['a story', () => ({ asset_id: videoAsset, media_type: 'STORIES' })],
    ['dry_run said, too', () => ({ image_url: photo, dry_run: true })],
    ['nulls for what is left out', () => ({ image_url: photo, hashtags: null, user_tags: null, trial_params: null })],
  ])('%s', async (_what, body) => {
    expect((await user.post(VALIDATE, body())).body).toEqual({ valid: true, errors: [], warnings: [] });
  });
});

describe('everything that is wrong is told', () => {
  it.each<[string, () => object, string[]]>([
    ['nothing in it', () => ({}), ['']],
    ['31 hashtags, mixed', () => ({ image_url: photo, caption: '#a #b', hashtags: tags(29) }), ['/hashtags']],
    ['2,201 emoji', () => ({ image_url: photo, caption: '🥖'.repeat(2_201) }), ['/caption']],
    ['eleven items', () => ({ items: items(11) }), ['/items']],
    ['a bad hashtag', () => ({ image_url: photo, hashtags: ['ok', 'not ok', '#OK'] }), ['/hashtags/1', '/hashtags/2']],
    ['a hashtag of another type', () => ({ image_url: photo, hashtags: ['ok', 7] }), ['/hashtags']],
    [
      'collaborators of an item',
      () => ({ items: [...items(1), { image_url: photo, collaborators: ['a'] }] }),
      ['/items/1/collaborators'],
    ],
    ['four collaborators', () => ({ image_url: photo, collaborators: ['a', 'b', 'c', 'd'] }), ['/collaborators']],
    [
      'tags without a place on an image',
      () => ({ image_url: photo, user_tags: [{ username: 'a' }] }),
      ['/user_tags/0/x', '/user_tags/0/y'],
    ],
    [
      'tags of an asset that is a video',
      () => ({ asset_id: videoAsset, user_tags: [{ username: 'a', x: 0, y: 0 }] }),
      ['/user_tags/0/x', '/user_tags/0/y'],
    ],
    [
      'another strategy',
      () => ({ video_url: reel, trial_params: { graduation_strategy: 'x' } }),
      ['/trial_params/graduation_strategy'],
    ],
    [
      'an unknown field inside',
      () => ({ video_url: reel, trial_params: { graduation_strategy: 'MANUAL', x: 1 } }),
      ['/trial_params/x'],
    ],
    ['a time of a draft', () => ({ image_url: photo, status: 'draft', scheduled_time: later(60_000) }), ['/status']],
    ['a time that is over', () => ({ image_url: photo, scheduled_time: later(-120_000) }), ['/scheduled_time']],
    [
      'a time without an offset',
      () => ({ image_url: photo, scheduled_time: '2030-01-01T00:00:00' }),
      ['/scheduled_time'],
    ],
    ['a cover behind the end', () => ({ video_url: reel, thumb_offset: 899_000 }), ['/thumb_offset']],
    ['no such asset', () => ({ asset_id: 987_654 }), ['/asset_id not_found']],
    ['a private address', () => ({ image_url: 'http://10.0.0.1/a.jpg' }), ['/image_url url_not_allowed']],
    ['a shape', () => ({ image_url: wide }), ['/image_url media_aspect_ratio_error']],
    ["an account of another's", () => ({ image_url: photo, account_id: GALLERY }), ['/account_id account_not_found']],
    ['no object', () => [1], ['']],
    [
      'one bad item of ten',
      () => ({ items: items(10).map((item, at) => (at === 7 ? { image_url: `${origin.url}/gone.jpg` } : item)) }),
      ['/items/7 media_unreachable'],
    ],
    [
      'one bad address of ten',
      () => ({ items: items(10).map((item, at) => (at === 7 ? { image_url: 'gone' } : item)) }),
      ['/items/7/image_url'],
    ],
  ])('%s', async (_what, body, pointers) => {
    expect(await problems(body())).toEqual(pointers);
  });

  it('at once, of the body, the rules, the account and the media', async () => {
    const body = {
      items: [
        { image_url: wide },
        { asset_id: 987_654, alt_text: 7 },
        { image_url: reel },
        { asset_id: videoAsset, alt_text: 'a' },
        { image_url: photo, colour: 'red' },
      ],
      caption: 5,
      hashtags: tags(31),
      colour: 'red',
      cover_url: 'http://10.0.0.1/a.jpg',
      account_id: GALLERY,
      collaborators: ['@a'],
      scheduled_time: later(-120_000),
    };
    expect(await problems(body)).toEqual([
      '/account_id account_not_found',
      '/caption',
      '/collaborators/0',
      '/colour',
      '/cover_url',
      '/cover_url url_not_allowed',
      '/hashtags',
      '/items/0 media_aspect_ratio_error',
      '/items/1 not_found',
      '/items/1/alt_text',
      '/items/2 media_invalid_format',
      '/items/3/alt_text',
      '/items/4/colour',
      '/scheduled_time',
    ]);
  });

  it('and only a request that says nothing about a post is refused', async () => {
    expectError(await user.send('POST', VALIDATE, '{', { 'content-type': 'application/json' }), 'malformed_json');
    expectError(await house.as('nobody').post(VALIDATE, { image_url: photo }), 'unauthorized');
    const nobody = await house.newUser();
    const answer = await nobody.post(VALIDATE, { image_url: photo });
    expect(answer.body.errors).toMatchObject([{ pointer: '/account_id', error_type: 'account_not_connected' }]);
  });
});

describe('what is worth a word', () => {
  const warnings = async (body: object) => {
    const answer = await user.post(VALIDATE, body);
    expect(answer.body).toMatchObject({ valid: true, errors: [] });
    return answer.body.warnings;
  };

  it('is told without refusing: no effect, shown twice', async () => {
    expect(await warnings({ image_url: photo, media_type: 'STORIES', caption: 'Hi' })).toEqual([
      { pointer: '/caption', message: expect.stringMatching(/STORIES have no caption/) },
    ]);
    const twice = { image_url: photo, caption: 'My #Bread', hashtags: ['bread'], share_to_feed: false };
    expect((await warnings(twice)).map(({ pointer }: Problem) => pointer)).toEqual(['/share_to_feed', '/hashtags']);
  });

  it('is told of the account: its quota and its token', async () => {
    await house.query(
      `INSERT INTO account_quotas (account_id, total, external, seen_at)
       SELECT account_id, 50, 46, now() FROM accounts WHERE user_id = $1`,
      [user.userId],
    );
    expect(await warnings({ image_url: photo })).toEqual([
      { pointer: '/account_id', message: expect.stringMatching(/nearly used up: 46 published and 0 waiting/) },
    ]);
    expect(await warnings({ image_url: photo, status: 'draft' })).toEqual([]);
    expect(await warnings({ image_url: photo, scheduled_time: later(3 * 86_400_000) })).toEqual([]);
    await house.query(`UPDATE accounts SET action_required = 'invalid_token', action_required_at = now()`);
    expect(await warnings({ image_url: photo, status: 'draft' })).toEqual([
      { pointer: '/account_id', message: expect.stringMatching(/refused its token/) },
    ]);
    await house.query('UPDATE accounts SET action_required = NULL, action_required_at = NULL');
    await house.query('DELETE FROM account_quotas');
  });
});

describe('dry_run', () => {
  it.each<[string, () => object]>([
    ['a good body', () => ({ image_url: photo })],
    ['warnings', () => ({ image_url: photo, media_type: 'STORIES', caption: 'Hi' })],
    ['a bad body', () => ({ image_url: wide, caption: 7, colour: 'red', hashtags: tags(31) })],
    ['no such account', () => ({ image_url: photo, account_id: GALLERY })],
  ])('answers what validate answers, on each route: %s', async (_what, body) => {
    const expected = (await user.post(VALIDATE, body())).body;
    for (const route of ['/post', '/posts']) {
      const answer = await user.post(`/api/instagram${route}`, { ...body(), dry_run: true });
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual(expected);
    }
    const scheduled = { ...body(), scheduled_time: later(60_000) };
    const answer = await user.post('/api/instagram/schedule', { ...scheduled, dry_run: true });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual((await user.post(VALIDATE, scheduled)).body);
  });

  it('judges by the body of its own route', async () => {
    const dry = { image_url: wide, dry_run: true };
    const pointers = async (route: string, body: object) =>
      (await user.post(`/api/instagram${route}`, body)).body.errors.map(({ pointer }: Problem) => pointer);
    expect(await pointers('/schedule', dry)).toEqual(['/scheduled_time', '/image_url']);
    expect(await pointers('/post', { ...dry, scheduled_time: later(60_000) })).toEqual([
      '/scheduled_time',
      '/image_url',
    ]);
  });

  it('is a yes or a no', async () => {
    expectError(await user.post('/api/instagram/post', { image_url: wide, dry_run: 'yes' }), 'validation_error');
    expectError(
      await user.post('/api/instagram/post', { image_url: wide, dry_run: false }),
      'media_aspect_ratio_error',
    );
    expectError(await house.as('nobody').post('/api/instagram/post', { dry_run: true }), 'unauthorized');
  });
});
