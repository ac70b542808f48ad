import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { call, House, type Answer, type Client } from '../support/app';
import { BAKERY, GALLERY, startMediaOrigin, type MediaOrigin } from '../support/sandbox';
import type { ErrorType } from '../../src/common/app-error';
import { expectError, pointersOf } from './http-stage';

const demo = (name: string) => readFileSync(join(__dirname, '../../demo', name));
const POST = '/api/instagram/post';
const SCHEDULE = '/api/instagram/schedule';
const TOMORROW = new Date(Date.now() + 86_400_000).toISOString();

let house: House;
let origin: MediaOrigin;
let user: Client;
let photo: string;
let reel: string;
let photoAsset: number;
let reelAsset: number;

beforeAll(async () => {
  const png = await sharp(demo('photo.jpg')).png().toBuffer();
  const wide = await sharp(demo('photo.jpg')).resize(1_200, 300, { fit: 'fill' }).jpeg().toBuffer();
  origin = await startMediaOrigin({
    '/photo.jpg': demo('photo.jpg'),
    '/reel.mp4': demo('reel.mp4'),
    '/page.mp4': Buffer.from('<html>Please log in</html>'),
    '/png.mp4': png,
    '/png.jpg': png,
    '/wide.jpg': wide,
    '/empty.mp4': Buffer.alloc(0),
    '/half.mp4': demo('reel.mp4').subarray(0, 100_000),
    '/moved.jpg': (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
  });
  house = await House.open({ allow: [origin.url] });
  user = await house.connectedUser();
  [photo, reel] = [`${origin.url}/photo.jpg`, `${origin.url}/reel.mp4`];
  photoAsset = (await user.post('/api/instagram/assets', { url: photo })).body.id;
  reelAsset = (await user.post('/api/instagram/assets', { url: reel })).body.id;
}, 60_000);
afterAll(async () => {
  await house.close();
  await origin.close();
});

const rows = () =>
  house.query(`SELECT (SELECT count(*) FROM posts) AS posts, (SELECT count(*) FROM post_timeline) AS timeline,
    (SELECT count(*) FROM events WHERE post_id IS NOT NULL) AS events`);

/** Both routes refuse it in the same way, and no row is left behind. */
async function refused(body: object, type: ErrorType, by = user): Promise<Answer> {
  const before = await rows();
  const now = await by.post(POST, body);
  expectError(now, type);
  const later = await by.post(SCHEDULE, { scheduled_time: TOMORROW, ...body });
  expectError(later, type);
  expect({ ...later.body, request_id: '' }).toEqual({ ...now.body, request_id: '' });
  expect(await rows()).toEqual(before);
  return now;
}

const problems = async (body: object) => pointersOf(await refused(body, 'validation_error'));

describe('a post is refused', () => {
  it.each<[string, () => object, string[]]>([
    ['nothing in it', () => ({}), ['']],
    ['nothing but nulls', () => ({ video_id: null, image_url: null, asset_id: null }), ['']],
    ['two sources', () => ({ video_id: reelAsset, image_url: photo }), ['/image_url', '/video_id']],
    ['an id that is text', () => ({ video_id: String(reelAsset) }), ['/video_id']],
    ['an id that is a fraction', () => ({ asset_id: 1.5 }), ['/asset_id']],
    ['an id of 0', () => ({ asset_id: 0 }), ['/asset_id']],
    ['an id beyond all ids', () => ({ asset_id: 2 ** 60 }), ['/asset_id']],
    ['an id that is an object', () => ({ asset_id: { id: 1 } }), ['/asset_id']],
    ['a URL that is none', () => ({ image_url: 'photo.jpg' }), ['/image_url']],
    ['a URL that is a list', () => ({ image_url: [photo] }), ['/image_url']],
    ['an odd scheme', () => ({ video_url: 'file:///etc/passwd' }), ['/video_url']],
    ['a long URL', () => ({ image_url: `${photo}?${'x'.repeat(2_100)}` }), ['/image_url']],
    ['an image as video_id', () => ({ video_id: photoAsset }), ['/video_id']],
    ['a caption too long', () => ({ image_url: photo, caption: 'x'.repeat(2_201) }), ['/caption']],
    ['a caption that is a number', () => ({ image_url: photo, caption: 5 }), ['/caption']],
    ['too many hashtags', () => ({ image_url: photo, caption: '#a '.repeat(31) }), ['/caption']],
    ['too many mentions', () => ({ image_url: photo, caption: '@a '.repeat(21) }), ['/caption']],
    ['an unknown type', () => ({ image_url: photo, media_type: 'POST' }), ['/media_type']],
    ['an image as a reel', () => ({ image_url: photo, media_type: 'REELS' }), ['/media_type']],
    ['a video as an image', () => ({ asset_id: reelAsset, media_type: 'IMAGE' }), ['/media_type']],
    ['a place on a story', () => ({ image_url: photo, media_type: 'STORIES', location_id: '7' }), ['/location_id']],
    ['an alt text on a reel', () => ({ video_url: reel, alt_text: 'Bread' }), ['/alt_text']],
    ['a cover on an image', () => ({ image_url: photo, thumb_offset: 0 }), ['/thumb_offset']],
    ['a negative offset', () => ({ video_url: reel, thumb_offset: -1 }), ['/thumb_offset']],
    ['share_to_feed as text', () => ({ video_url: reel, share_to_feed: 'true' }), ['/share_to_feed']],
    ['an account that is a number', () => ({ image_url: photo, account_id: 17 }), ['/account_id']],
    ['an unknown field', () => ({ image_url: photo, colour: 'red' }), ['/colour']],
  ])('with %s', async (_name, body, pointers) => {
    expect(await problems(body())).toEqual(pointers);
  });

  it('with every problem at once', async () => {
    const body = { media_type: 'POST', caption: 'x'.repeat(2_201), alt_text: 7, colour: 'red', account_id: 'me' };
    expect(await problems(body)).toEqual(['', '/account_id', '/alt_text', '/caption', '/colour', '/media_type']);
    const reelBody = {
      video_url: reel,
      alt_text: 'a',
      caption: '#a '.repeat(31) + '@b '.repeat(21),
      media_type: 'IMAGE',
    };
    expect(await problems(reelBody)).toEqual(['/caption', '/media_type']);
  });

  it.each<[string, () => object, ErrorType]>([
    ['a private URL', () => ({ image_url: 'http://127.0.0.1:1/a.jpg' }), 'url_not_allowed'],
    ['the cloud metadata', () => ({ video_url: 'http://169.254.169.254/a.mp4' }), 'url_not_allowed'],
    ['a redirect to a private URL', () => ({ image_url: `${origin.url}/moved.jpg` }), 'url_not_allowed'],
    ['a private cover', () => ({ video_url: reel, cover_url: 'http://10.0.0.1/a.jpg' }), 'url_not_allowed'],
    ['nothing behind the URL', () => ({ image_url: `${origin.url}/gone.jpg` }), 'media_unreachable'],
    ['a login page', () => ({ video_url: `${origin.url}/page.mp4` }), 'media_unreachable'],
    ['an empty file', () => ({ video_url: `${origin.url}/empty.mp4` }), 'media_invalid_format'],
    ['half a video', () => ({ video_url: `${origin.url}/half.mp4` }), 'media_invalid_format'],
    ['a PNG called .mp4', () => ({ video_url: `${origin.url}/png.mp4` }), 'media_invalid_format'],
    ['a PNG', () => ({ image_url: `${origin.url}/png.jpg` }), 'media_invalid_format'],
    ['a video as image_url', () => ({ image_url: reel }), 'media_invalid_format'],
    ['an image too wide', () => ({ image_url: `${origin.url}/wide.jpg` }), 'media_aspect_ratio_error'],
    ['an asset that is not there', () => ({ asset_id: 987_654 }), 'not_found'],
    ["an account that isn't the user's", () => ({ image_url: photo, account_id: GALLERY }), 'account_not_found'],
  ])('for %s', async (_name, body, type) => {
    await refused(body(), type);
  });

  it("for another user's asset, as if it were not there", async () => {
    const other = await house.connectedUser();
    const hidden = await refused({ asset_id: photoAsset }, 'not_found', other);
    const missing = await refused({ asset_id: 987_654 }, 'not_found', other);
    expect({ ...hidden.body, request_id: '' }).toEqual({ ...missing.body, request_id: '' });
  });

  it('for a user without a connected account', async () => {
    await refused({ image_url: photo }, 'account_not_connected', await house.newUser());
  });

  it('without a token', async () => {
    for (const path of [POST, SCHEDULE])
      expectError(await call(house.url, 'POST', path, { image_url: photo }), 'unauthorized');
  });
});

describe('a time is refused', () => {
  it.each([
    undefined,
    null,
    17,
    '',
    'tomorrow',
    '2099-01-01',
    '2099-01-01T10:00:00',
    '2099-02-30T10:00:00Z',
    '2099-01-01T25:00:00Z',
    '2099-01-01T10:00:00+25:00',
    '2099-01-01 10:00:00Z',
    '9999-12-31T23:59:59-01:00',
    '0000-01-01T00:00:00+01:00',
    '+010000-01-01T00:00:00Z',
  ])('that is %p', async (scheduled_time) => {
    const before = await rows();
    const answer = await user.post(SCHEDULE, { image_url: photo, scheduled_time });
    expectError(answer, 'validation_error');
    expect(pointersOf(answer)).toEqual(['/scheduled_time']);
    expect(await rows()).toEqual(before);
  });

  it('that has passed, together with what else is wrong', async () => {
    const scheduled_time = new Date(Date.now() - 90_000).toISOString();
    const answer = await user.post(SCHEDULE, { image_url: photo, scheduled_time, alt_text: 'a', audio_name: 'b' });
    expectError(answer, 'validation_error');
    expect(pointersOf(answer)).toEqual(['/audio_name', '/scheduled_time']);
  });

  it('with POST /post, which is for now', async () => {
    const answer = await user.post(POST, { image_url: photo, scheduled_time: TOMORROW });
    expect(pointersOf(answer)).toEqual(['/scheduled_time']);
  });
});

describe('a post is taken', () => {
  const take = async (body: object) => {
    const answer = await user.post(SCHEDULE, { scheduled_time: TOMORROW, ...body });
    expect(answer).toMatchObject({ status: 200, body: { success: true } });
    return (await user.get(`/api/instagram/posts/${answer.body.post_id}`)).body;
  };

  it.each(['9999-12-31T23:59:59Z', '2099-02-28T23:30:00.123456+05:45', '2099-01-01t10:00:00z'])(
    'for %s, which is echoed as it was sent and kept as the same instant',
    async (scheduled_time) => {
      const answer = await user.post(SCHEDULE, { image_url: photo, scheduled_time });
      expect(answer).toMatchObject({ status: 200, body: { scheduled_time } });
      const post = (await user.get(`/api/instagram/posts/${answer.body.post_id}`)).body;
      expect(post.scheduled_time).toBe(new Date(scheduled_time.toUpperCase()).toISOString());
    },
  );

  it('up to a minute late', async () => {
    expect((await take({ image_url: photo, scheduled_time: new Date(Date.now() - 50_000).toISOString() })).status).toBe(
      'scheduled',
    );
  });

  it.each([
    ['2,200 letters', 'x'.repeat(2_200)],
    ['2,200 emoji', '🥖'.repeat(2_200)],
    ['2,200 letters of another script', 'パ'.repeat(2_200)],
    ['30 hashtags and 20 mentions', '#a '.repeat(30) + '@b '.repeat(20)],
    ['what could be code', `'; DROP TABLE posts; -- <script>\\u0000 \${x} %s \r\n\t\u{10FFFF}\u200D`],
    ['spaces around it', '  spaced  '],
    ['no caption', ''],
  ])('with %s as it is', async (_name, caption) => {
    expect((await take({ image_url: photo, caption })).caption).toBe(caption);
  });

  it('with nulls as if they were left out', async () => {
    const nothing = {
      video_id: null,
      asset_id: null,
      media_type: null,
      caption: null,
      account_id: null,
      alt_text: null,
    };
    const scheduled_time = '2098-01-01T00:00:00Z';
    const post = await take({
      image_url: photo,
      scheduled_time,
      video_url: null,
      location_id: null,
      cover_url: null,
      ...nothing,
    });
    expect(post).toMatchObject({ account_id: BAKERY, media_type: 'IMAGE', caption: null, video_id: null });
    const ofReel = await take({
      video_url: reel,
      share_to_feed: null,
      thumb_offset: null,
      audio_name: null,
      ...nothing,
    });
    expect(ofReel.media_type).toBe('REELS');
    const [row] = await house.query('SELECT options FROM posts WHERE id = $1', [ofReel.id]);
    expect(row).toEqual({ options: { share_to_feed: true } });
  });
});
