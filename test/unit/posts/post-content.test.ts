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
