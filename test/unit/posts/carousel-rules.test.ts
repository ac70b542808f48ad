import { requestProblems } from '../../../src/posts/request-rules';

const image = { image_url: 'https://media.example/a.jpg' };
const video = { video_url: 'https://media.example/a.mp4' };
const pointers = (body: object, media?: ('image' | 'video' | null)[]) =>
  requestProblems({ ...body }, media).map(({ pointer }) => pointer);

describe('a carousel', () => {
  it.each([
    ['two images', [image, image]],
    ['images and videos, in any order', [video, image, { asset_id: 4 }]],
    ['ten items', Array(10).fill(image)],
    ['alt texts and tags', [{ ...image, alt_text: 'Bread', user_tags: [{ username: 'ada', x: 0, y: 1 }] }, video]],
    ['people in a video', [{ ...video, user_tags: [{ username: 'ada' }] }, image]],
    ['nulls for what is left out', [{ ...video, image_url: null, alt_text: null, user_tags: null }, image]],
  ])('may have %s', (_what, items) => {
    expect(pointers({ items })).toEqual([]);
    expect(pointers({ items, media_type: 'CAROUSEL', cover_url: null })).toEqual([]);
  });

  it.each([
    ['no item', [], ['/items']],
    ['one item', [image], ['/items']],
    ['eleven items', Array(11).fill(image), ['/items']],
    ['an item of nothing', [image, {}], ['/items/1']],
    ['an item of two media', [{ ...image, ...video }, image], ['/items/0/video_url', '/items/0/image_url']],
    ['alt text on a video', [image, { ...video, alt_text: 'Bread' }], ['/items/1/alt_text']],
    [
      'a tag without a place on an image',
      [{ ...image, user_tags: [{ username: 'a', x: 0.5 }] }, video],
      ['/items/0/user_tags/0/y'],
    ],
    [
      'a tag with a place on a video',
      [image, { ...video, user_tags: [{ username: 'a', x: 0, y: 0 }] }],
      ['/items/1/user_tags/0/x', '/items/1/user_tags/0/y'],
    ],
    ['what belongs to all of it', [image, { ...image, collaborators: ['a'] }], ['/items/1/collaborators']],
    ['what belongs to all of it, on an asset', [image, { asset_id: 4, caption: 'a' }], ['/items/1/caption']],
    ['too long an alt text', [image, { asset_id: 4, alt_text: '🍞'.repeat(1_001) }], ['/items/1/alt_text']],
    ['too many tags', [image, { ...video, user_tags: Array(21).fill({ username: 'a' }) }], ['/items/1/user_tags']],
  ])('may not have %s', (_what, items, expected) => {
    expect(pointers({ items })).toEqual(expected);
  });

  it('tells everything that is wrong at once', () => {
    const items = [{ ...video, alt_text: 'a' }, {}, { ...image, user_tags: [{}] }];
    const body = { items, media_type: 'REELS', alt_text: 'b', cover_url: 'c', thumb_offset: 0, audio_name: 'd' };
    expect(pointers(body).sort()).toEqual([
      '/alt_text',
      '/audio_name',
      '/cover_url',
      '/items/0/alt_text',
      '/items/1',
      '/items/2/user_tags/0/x',
      '/items/2/user_tags/0/y',
      '/media_type',
      '/thumb_offset',
    ]);
  });

  it('is not made of a single medium', () => {
    expect(pointers({ media_type: 'CAROUSEL', ...image })).toEqual(['/media_type']);
  });

  it.each([[null], ['x'], [7], [{}], [[null, 7, 'x', [image]]]])('leaves %j to the check of types', (items) => {
    expect(() => pointers({ items })).not.toThrow();
  });

  it('judges an item of the library once it is known what it is', () => {
    const item = { asset_id: 4, alt_text: 'Bread', user_tags: [{ username: 'a', x: 0, y: 0 }] };
    const items = [image, item];
    expect(pointers({ items })).toEqual([]);
    expect(pointers({ items }, ['image', 'image'])).toEqual([]);
    expect(pointers({ items }, ['image', 'video'])).toEqual([
      '/items/1/alt_text',
      '/items/1/user_tags/0/x',
      '/items/1/user_tags/0/y',
    ]);
  });
});
