import { changesMedia, differences, edited, wishOf } from '../../../src/posts/post-content';

type Stored = Parameters<typeof wishOf>[0];

const reel: Stored = {
  mediaType: 'REELS',
  videoId: 49,
  items: [{ kind: 'video', asset_id: 49, url: 'https://media.example/49.mp4' }],
  caption: 'Bread',
  options: { share_to_feed: false, thumb_offset: 100 },
  accountId: '17841400000000001',
  maxLatenessSeconds: 60,
  externalId: 'reel-49',
  allowDuplicate: false,
};

describe('a stored post as a wish', () => {
  it('is the create body that would make it', () => {
    expect(wishOf(reel)).toEqual({
      video_id: 49,
      media_type: 'REELS',
      caption: 'Bread',
      share_to_feed: false,
      thumb_offset: 100,
      account_id: '17841400000000001',
      max_lateness_seconds: 60,
      external_id: 'reel-49',
      allow_duplicate: false,
    });
  });

  it.each([
    [{ kind: 'video', asset_id: null, url: 'u' }, { video_url: 'u' }],
    [{ kind: 'image', asset_id: null, url: 'u' }, { image_url: 'u' }],
    [{ kind: 'image', asset_id: 7, url: 'u' }, { asset_id: 7 }],
  ] as const)('tells where %j comes from', (item, source) => {
    expect(wishOf({ ...reel, items: [item] })).toMatchObject(source);
  });
});

describe('an edit', () => {
  const stored = wishOf(reel);

  it('of nothing changes nothing', () => {
    expect(differences(stored, edited(stored, {}))).toEqual([]);
    expect(differences(stored, edited(stored, { video_id: 49, caption: 'Bread' }))).toEqual([]);
  });

  it('leaves what it does not name, and takes away what it names as null', () => {
    const wish = edited(stored, { caption: null, thumb_offset: 5 });
    expect(wish).toMatchObject({ video_id: 49, caption: undefined, thumb_offset: 5, max_lateness_seconds: 60 });
    expect(differences(stored, wish)).toEqual(['caption', 'thumb_offset']);
  });

  it('that brings other media lets go of the old ones and of their kind', () => {
    const wish = edited(stored, { image_url: 'https://media.example/a.jpg' });
    expect(wish).toMatchObject({
      image_url: 'https://media.example/a.jpg',
      video_id: undefined,
      media_type: undefined,
    });
    expect(changesMedia(differences(stored, wish))).toBe(true);
  });

  it('leaves a story a story', () => {
    const story = { ...stored, media_type: 'STORIES' as const };
    expect(edited(story, { image_url: 'https://media.example/a.jpg' }).media_type).toBe('STORIES');
    expect(edited(story, { image_url: 'https://media.example/a.jpg', media_type: 'IMAGE' }).media_type).toBe('IMAGE');
  });

  it('of words alone is none of the media; of their kind it is', () => {
    expect(changesMedia(differences(stored, edited(stored, { caption: 'Cake' })))).toBe(false);
    expect(changesMedia(differences(stored, edited(stored, { media_type: 'STORIES' })))).toBe(true);
  });
});

describe('a carousel', () => {
  const image_url = 'https://media.example/a.jpg';
  const video_url = 'https://media.example/b.mp4';
  const carousel: Stored = {
    ...reel,
    mediaType: 'CAROUSEL',
    videoId: null,
    items: [
      {
        kind: 'image',
        asset_id: null,
        url: image_url,
        alt_text: 'Bread',
        user_tags: [{ username: 'ada', x: 0, y: 1 }],
      },
      { kind: 'video', asset_id: null, url: video_url },
      { kind: 'video', asset_id: 49, url: 'https://media.example/49.mp4' },
    ],
    options: {},
  };
  const stored = wishOf(carousel);

  it('is the create body that would make it', () => {
    expect(stored).toMatchObject({
      media_type: 'CAROUSEL',
      items: [
        { image_url, alt_text: 'Bread', user_tags: [{ username: 'ada', x: 0, y: 1 }] },
        { video_url },
        { asset_id: 49 },
      ],
    });
    expect(stored.image_url).toBeUndefined();
  });

  it('keeps its items when only the caption is edited', () => {
    const wish = edited(stored, { caption: 'New' });
    expect(wish.items).toEqual(stored.items);
    expect(differences(stored, wish)).toEqual(['caption']);
  });

  it('is not changed by the same items, however they are written', () => {
    const tags = [{ y: 1, username: 'ada', x: 0 }];
    const items = [{ user_tags: tags, alt_text: 'Bread', image_url }, { video_url, user_tags: [] }, { asset_id: 49 }];
    expect(differences(stored, edited(stored, { items }))).toEqual([]);
  });

  it.each([
    ['the order', [1, 0, 2]],
    ['the number', [0, 1]],
  ])('is changed by %s of its items', (_what, order) => {
    const items = order.flatMap((at) => stored.items?.[at] ?? []);
    const fields = differences(stored, edited(stored, { items }));
    expect(fields).toEqual(['items']);
    expect(changesMedia(fields)).toBe(true);
  });

  it('is changed by a word or a tag of an item', () => {
    const [first, ...others] = stored.items ?? [];
    for (const changed of [{ alt_text: 'Rolls' }, { user_tags: [] }, { user_tags: [{ username: 'ada', x: 0, y: 0 }] }])
      expect(differences(stored, edited(stored, { items: [{ ...first, ...changed }, ...others] }))).toEqual(['items']);
  });

  it('becomes something else with one medium, and a story a carousel with items', () => {
    expect(edited(stored, { image_url })).toMatchObject({ items: undefined, image_url, media_type: undefined });
    const story = { ...wishOf(reel), media_type: 'STORIES' as const };
    expect(edited(story, { items: stored.items })).toMatchObject({ media_type: 'CAROUSEL', video_id: undefined });
  });
});
