import { carouselProblems, itemProblems } from '../../../src/posts/carousel-rules';

const image = { image_url: 'https://media.example/a.jpg' };
const video = { video_url: 'https://media.example/a.mp4' };
const pointers = (body: Parameters<typeof carouselProblems>[0]) => carouselProblems(body).map(({ pointer }) => pointer);

describe('a carousel', () => {
  it.each([
    ['two images', [image, image]],
    ['images and videos, in any order', [video, image, { asset_id: 4 }]],
    ['ten items', Array(10).fill(image)],
    ['alt texts and tags', [{ ...image, alt_text: 'Bread', user_tags: [{ username: 'ada', x: 0, y: 1 }] }, video]],
    ['people in a video', [{ ...video, user_tags: [{ username: 'ada' }] }, image]],
    ['nulls for what is left out', [{ ...video, image_url: null, alt_text: null, user_tags: null }, image]],
  ])('may have %s', (_what, items) => {
    expect(carouselProblems({ items })).toEqual([]);
    expect(carouselProblems({ items, media_type: 'CAROUSEL', cover_url: null })).toEqual([]);
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
  ])('may not have %s', (_what, items, expected) => {
    expect(pointers({ items })).toEqual(expected);
  });

  it('tells everything that is wrong at once', () => {
    const items = [{ ...video, alt_text: 'a' }, {}, { ...image, user_tags: [{}] }];
    const body = { items, media_type: 'REELS', alt_text: 'b', cover_url: 'c', thumb_offset: 0, audio_name: 'd' };
    expect(pointers(body)).toEqual([
      '/media_type',
      '/alt_text',
      '/cover_url',
      '/thumb_offset',
      '/audio_name',
      '/items/0/alt_text',
      '/items/1',
      '/items/2/user_tags/0/x',
      '/items/2/user_tags/0/y',
    ]);
  });

  it('is not made of a single medium', () => {
    expect(pointers({ media_type: 'CAROUSEL' })).toEqual(['/media_type']);
    expect(pointers({ media_type: 'REELS', alt_text: 'a' })).toEqual([]);
  });

  it.each([[null], ['x'], [7], [{}], [[null, 7, 'x', [image]]]])('leaves %j to the check of types', (items) => {
    expect(() => carouselProblems({ items })).not.toThrow();
  });
});

it('an item of the library is judged once it is known what it is', () => {
  const item = { asset_id: 4, alt_text: 'Bread', user_tags: [{ username: 'a', x: 0, y: 0 }] };
  expect(itemProblems(item, 'image', 2)).toEqual([]);
  expect(itemProblems(item, 'video', 2).map(({ pointer }) => pointer)).toEqual([
    '/items/2/alt_text',
    '/items/2/user_tags/0/x',
    '/items/2/user_tags/0/y',
  ]);
});
