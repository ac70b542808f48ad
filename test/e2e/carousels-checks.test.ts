import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { House, type Client } from '../support/app';
import { startMediaOrigin, type MediaOrigin } from '../support/sandbox';
import { expectError, pointersOf } from './http-stage';

const demo = (name: string) => readFileSync(join(__dirname, '../../demo', name));
const POSTS = '/api/instagram/posts';

describe('what is checked of a carousel before it is taken', () => {
  let house: House;
  let origin: MediaOrigin;
  let user: Client;
  let image: { image_url: string };
  let video: { video_url: string };
  let videoAsset: number;
  let imageAsset: number;

  beforeAll(async () => {
    const wide = await sharp(demo('photo.jpg')).resize(1_200, 300, { fit: 'fill' }).jpeg().toBuffer();
    const files = { '/photo.jpg': demo('photo.jpg'), '/reel.mp4': demo('reel.mp4'), '/wide.jpg': wide };
    origin = await startMediaOrigin(files);
    image = { image_url: `${origin.url}/photo.jpg` };
    video = { video_url: `${origin.url}/reel.mp4` };
    house = await House.open({ allow: [origin.url] });
    user = await house.connectedUser();
    videoAsset = (await user.post('/api/instagram/assets', { url: video.video_url })).body.id;
    imageAsset = (await user.post('/api/instagram/assets', { url: image.image_url })).body.id;
  }, 60_000);
  afterAll(async () => {
    await house.close();
    await origin.close();
  });

  const draft = (body: object) => user.post(POSTS, { status: 'draft', ...body });
  const tag = (place: object = {}) => ({ user_tags: [{ username: 'ada.baker', ...place }] });

  it('images and videos, of the library or not, are taken in their order', async () => {
    const items = [
      video,
      { asset_id: imageAsset, alt_text: 'Bread', ...tag({ x: 0, y: 1 }) },
      { asset_id: videoAsset },
    ];
    const answer = await draft({ items, media_type: 'CAROUSEL', caption: 'Bread', location_id: '7' });
    expect(answer).toMatchObject({ status: 201, body: { media_type: 'CAROUSEL', video_id: null } });
    expect(answer.body.items).toEqual([
      { kind: 'video', asset_id: null, url: video.video_url },
      { kind: 'image', asset_id: imageAsset, url: image.image_url, alt_text: 'Bread', ...tag({ x: 0, y: 1 }) },
      { kind: 'video', asset_id: videoAsset, url: video.video_url },
    ]);
    expect((await user.get(POSTS)).body.posts[0].items).toEqual(answer.body.items);
  });

  it('a single medium is shown as an item, too', async () => {
    const { body } = await draft(image);
    expect(body.items).toEqual([{ kind: 'image', asset_id: null, url: image.image_url }]);
  });

  it.each<[string, () => object, string[]]>([
    ['one item', () => ({ items: [image] }), ['/items']],
    ['eleven items', () => ({ items: Array(11).fill(image) }), ['/items']],
    ['no item', () => ({ items: [] }), ['/items']],
    ['items that are no list', () => ({ items: image }), ['/items']],
    ['items that are no objects', () => ({ items: ['a', image] }), ['/items', '/items/0']],
    ['lists as items', () => ({ items: [[image], image] }), ['/items']],
    ['no items', () => ({ media_type: 'CAROUSEL', ...image }), ['/media_type']],
    ['neither items nor a medium', () => ({ media_type: 'CAROUSEL' }), ['', '/media_type']],
    ['another media type', () => ({ media_type: 'REELS', items: [image, video] }), ['/media_type']],
    ['another medium beside', () => ({ ...image, items: [image, video] }), ['/image_url', '/items']],
    ['an empty item', () => ({ items: [image, {}] }), ['/items/1']],
    [
      'an item of two media',
      () => ({ items: [{ ...image, ...video }, image] }),
      ['/items/0/image_url', '/items/0/video_url'],
    ],
    ['a video_id in an item', () => ({ items: [image, { video_id: videoAsset }] }), ['/items/1', '/items/1/video_id']],
    ['a caption in an item', () => ({ items: [image, { ...image, caption: 'a' }] }), ['/items/1/caption']],
    ['an address that is none', () => ({ items: [image, { image_url: 'a' }] }), ['/items/1/image_url']],
    ['alt text on a video', () => ({ items: [image, { ...video, alt_text: 'a' }] }), ['/items/1/alt_text']],
    [
      'too long an alt text',
      () => ({ items: [image, { ...image, alt_text: 'a'.repeat(1_001) }] }),
      ['/items/1/alt_text'],
    ],
    [
      'alt text on a video asset',
      () => ({ items: [image, { asset_id: videoAsset, alt_text: 'a' }] }),
      ['/items/1/alt_text'],
    ],
    [
      'a tag without a place',
      () => ({ items: [image, { ...image, ...tag() }] }),
      ['/items/1/user_tags/0/x', '/items/1/user_tags/0/y'],
    ],
    [
      'a tag beside the image',
      () => ({ items: [image, { ...image, ...tag({ x: 1.1, y: -1 }) }] }),
      ['/items/1/user_tags/0/x', '/items/1/user_tags/0/y'],
    ],
    [
      'a tag with a place on a video',
      () => ({ items: [image, { ...video, ...tag({ x: 0 }) }] }),
      ['/items/1/user_tags/0/x'],
    ],
    [
      'a tag with an @',
      () => ({ items: [image, { ...video, user_tags: [{ username: '@ada' }] }] }),
      ['/items/1/user_tags/0/username'],
    ],
    [
      'too many tags',
      () => ({ items: [image, { ...video, user_tags: Array(21).fill({ username: 'ada' }) }] }),
      ['/items/1/user_tags'],
    ],
    [
      'fields of a single medium',
      () => ({
        items: [image, video],
        alt_text: 'a',
        cover_url: 'http://a.example/',
        thumb_offset: 0,
        audio_name: 'a',
      }),
      ['/alt_text', '/audio_name', '/cover_url', '/thumb_offset'],
    ],
    [
      'a caption too long, and more',
      () => ({ items: [image, { ...video, alt_text: 'a' }], caption: 'x'.repeat(2_201), location_id: 'x' }),
      ['/caption', '/items/1/alt_text', '/location_id'],
    ],
  ])('%s is refused, saying where', async (_what, body, pointers) => {
    const answer = await draft(body());
    expectError(answer, 'validation_error');
    expect(pointersOf(answer)).toEqual(pointers);
  });

  it.each<[string, () => object, string, RegExp]>([
    ['a shape', () => ({ image_url: `${origin.url}/wide.jpg` }), 'media_aspect_ratio_error', /^Item 3 of 4: .*4:5/],
    ['an address without media', () => ({ image_url: `${origin.url}/no.jpg` }), 'media_unreachable', /^Item 3 of 4: /],
    ['a private address', () => ({ video_url: 'http://10.0.0.1/a.mp4' }), 'url_not_allowed', /^Item 3 of 4: /],
    ['a video for an image', () => ({ image_url: video.video_url }), 'media_invalid_format', /^Item 3 of 4: .*video/],
    ['no asset', () => ({ asset_id: 999_999 }), 'not_found', /^Item 3 of 4: /],
  ])('%s that Instagram would not take is refused, naming the item', async (_what, item, type, detail) => {
    const answer = await draft({ items: [image, video, item(), image] });
    expect(answer.body).toMatchObject({ error_type: type, detail: expect.stringMatching(detail) });
    expect(pointersOf(answer)).toEqual(['/items/2']);
    expect(answer.status).toBeGreaterThanOrEqual(400);
  });

  it('every item that is wrong is named, not only the first', async () => {
    const wide = { image_url: `${origin.url}/wide.jpg` };
    const answer = await draft({ items: [image, wide, video, wide] });
    expectError(answer, 'media_aspect_ratio_error');
    expect(answer.body.detail).toMatch(/^Item 2 of 4: /);
    expect(pointersOf(answer)).toEqual(['/items/1', '/items/3']);
  });

  it('an edit is held to the same, and leaves the post as it was when refused', async () => {
    const { id } = (await draft({ items: [image, video], caption: 'Stays' })).body;
    const edit = (body: object) => user.send('PATCH', `${POSTS}/${id}`, body);
    expect(pointersOf(await edit({ items: [image] }))).toEqual(['/items']);
    expect(pointersOf(await edit({ alt_text: 'a' }))).toEqual(['/alt_text']);
    expect(pointersOf(await edit({ media_type: 'REELS' }))).toEqual(['/media_type']);
    expect((await edit({ items: [image, { image_url: `${origin.url}/wide.jpg` }] })).body.detail).toMatch(
      /^Item 2 of 2/,
    );
    expect((await user.get(`${POSTS}/${id}`)).body).toMatchObject({ caption: 'Stays', items: [{}, { kind: 'video' }] });

    const before = (await user.get(`${POSTS}/${id}`)).body;
    expect((await edit({ items: [image, { ...video, user_tags: [] }] })).body).toEqual(before);
    expect((await edit({ image_url: image.image_url })).body).toMatchObject({ media_type: 'IMAGE', items: [{}] });
    expect((await edit({ items: [video, image] })).body).toMatchObject({ media_type: 'CAROUSEL' });
  });
});
