import { contentKey, isGuardedAlike, type Guarded } from '../../../src/posts/same-content';

const photo = { kind: 'image', asset_id: null, url: 'https://media.example/a.jpg' } as const;
const owned = { kind: 'image', asset_id: 7, url: 'https://files.example/7.jpg?signed=1' } as const;
const post: Guarded = {
  accountRowId: 1,
  mediaType: 'IMAGE',
  items: [photo],
  caption: 'Bread',
  options: {},
  scheduledTime: new Date('2099-01-01T00:00:00Z'),
  allowDuplicate: false,
};

describe('two posts have the same content', () => {
  it.each<[string, Partial<Guarded>, Partial<Guarded>?]>([
    ['whatever else is said of the media', { items: [{ ...photo, alt_text: 'A loaf' }] }],
    ['wherever an asset lies today', { items: [owned] }, { items: [{ ...owned, url: 'https://files.example/7.jpg' }] }],
    ['with no caption or an empty one', { caption: null }, { caption: '' }],
    ['with hashtags apart or within', { options: { hashtags: ['rye'] } }, { caption: 'Bread\n\n#rye' }],
  ])('%s', (_how, one, other = {}) => {
    expect(contentKey({ ...post, ...one })).toBe(contentKey({ ...post, ...other }));
  });
});

describe('two posts differ', () => {
  it.each<[string, Partial<Guarded>, Partial<Guarded>?]>([
    ['by a letter of the caption', { caption: 'bread' }],
    ['by a hashtag', { options: { hashtags: ['rye'] } }],
    ['by the address of the medium', { items: [{ ...photo, url: `${photo.url}?2` }] }],
    ['by the asset', { items: [owned] }, { items: [{ ...owned, asset_id: 8 }] }],
    ['by an asset whose id looks like an address', { items: [owned] }, { items: [{ ...photo, url: '7' }] }],
    ['as a story and a post', { mediaType: 'STORIES' }],
    ['by the order of their items', { items: [photo, owned] }, { items: [owned, photo] }],
    ['by an item more', { items: [photo, photo] }],
  ])('%s', (_how, one, other = {}) => {
    expect(contentKey({ ...post, ...one })).not.toBe(contentKey({ ...post, ...other }));
  });
});

describe('an edit needs no new look at duplicates', () => {
  it('when what followers see, its account and its time stay', () => {
    expect(isGuardedAlike(post, { ...post, scheduledTime: new Date('2099-01-01T00:00:00Z') })).toBe(true);
    expect(isGuardedAlike({ ...post, scheduledTime: null }, { ...post, scheduledTime: null })).toBe(true);
  });

  it.each<[string, Partial<Guarded>]>([
    ['another time', { scheduledTime: new Date('2099-01-02T00:00:00Z') }],
    ['no time', { scheduledTime: null }],
    ['another account', { accountRowId: 2 }],
    ['other words', { caption: 'Cake' }],
    ['the permission', { allowDuplicate: true }],
  ])('but with %s', (_what, change) => {
    expect(isGuardedAlike(post, { ...post, ...change })).toBe(false);
  });
});
