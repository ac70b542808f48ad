import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  KINDS,
  PARAMETERS,
  kindsOfItem,
  kindsOfPost,
  supportOf,
  whereItGoes,
  type Kind,
  type Parameter,
  type Support,
} from '../../../src/posts/kind-rules';
import { isGiven } from '../../../src/posts/post-rules';
import { offsetProblems, requestProblems } from '../../../src/posts/request-rules';

const image_url = 'https://media.example/a.jpg';
const video_url = 'https://media.example/a.mp4';
const unplaced = [{ username: 'ada' }];
const placed = [{ username: 'ada', x: 0.5, y: 0 }];

/** A good value of each; people are tagged where the kind wants them. */
const VALUES: Record<Parameter, unknown> = {
  caption: 'Bread',
  hashtags: ['bread'],
  location_id: '7',
  alt_text: 'A loaf',
  user_tags: unplaced,
  collaborators: ['ada.baker'],
  cover_url: 'https://media.example/c.jpg',
  thumb_offset: 0,
  share_to_feed: true,
  audio_name: 'Mine',
  trial_params: { graduation_strategy: 'MANUAL' },
  is_ai_generated: true,
  first_comment: 'Recipe in our bio',
};

/** The smallest body of each kind with more in it; of the items of a carousel the second. */
const BODIES: Record<Kind, (more: object) => { body: object; base: string }> = {
  image: (more) => ({ body: { image_url, ...more }, base: '' }),
  reel: (more) => ({ body: { video_url, ...more }, base: '' }),
  story_image: (more) => ({ body: { image_url, media_type: 'STORIES', ...more }, base: '' }),
  story_video: (more) => ({ body: { video_url, media_type: 'STORIES', ...more }, base: '' }),
  carousel: (more) => ({ body: { items: [{ image_url }, { video_url }], ...more }, base: '' }),
  carousel_image: (more) => ({ body: { items: [{ video_url }, { image_url, ...more }] }, base: '/items/1' }),
  carousel_video: (more) => ({ body: { items: [{ image_url }, { video_url, ...more }] }, base: '/items/1' }),
};

const pointersOf = (kind: Kind, more: object) => {
  const { body, base } = BODIES[kind](more);
  return requestProblems({ ...body }).map(({ pointer }) => pointer.slice(base.length));
};

const MATRIX = PARAMETERS.flatMap((parameter) =>
  KINDS.map((kind): [Parameter, Kind, Support] => [parameter, kind, supportOf(parameter, kind)]),
);

describe('every parameter on every kind', () => {
  it.each(MATRIX)('%s on %s is: %s', (parameter, kind, support) => {
    const pointers = pointersOf(kind, { [parameter]: VALUES[parameter] });
    const expected: Record<Support, string[]> = {
      yes: [],
      ignored: [],
      unplaced: [],
      either: [],
      no: [`/${parameter}`],
      items: [`/${parameter}`],
      placed: ['/user_tags/0/x', '/user_tags/0/y'],
    };
    expect(pointers).toEqual(expected[support]);
  });

  it.each(MATRIX)('%s on %s is not there when it is null', (parameter, kind) => {
    expect(pointersOf(kind, { [parameter]: null })).toEqual([]);
  });

  it.each(KINDS)('people with a place on %s', (kind) => {
    const support = supportOf('user_tags', kind);
    const expected = {
      placed: [],
      either: [],
      unplaced: ['/user_tags/0/x', '/user_tags/0/y'],
      items: ['/user_tags'],
    } as Partial<Record<Support, string[]>>;
    expect(pointersOf(kind, { user_tags: placed })).toEqual(expected[support]);
  });

  it('half a place is none, in a story, too', () => {
    const halves = [{ user_tags: [{ username: 'a', x: 0 }] }, { user_tags: [{ username: 'a', y: 0 }] }];
    expect(halves.map((half) => pointersOf('story_image', half))).toEqual([['/user_tags/0/y'], ['/user_tags/0/x']]);
  });
});

describe('what the table says in words', () => {
  const post = KINDS.filter((kind) => !kind.startsWith('carousel_'));
  it.each([
    ['cover_url', 'Only on REELS.'],
    ['is_ai_generated', ''],
    ['collaborators', 'Only on IMAGE, REELS and CAROUSEL.'],
    ['caption', 'Only on IMAGE, REELS and CAROUSEL. Without effect on STORIES.'],
    ['alt_text', 'Only on IMAGE. In a carousel the items have their own.'],
  ] as const)('of %s: %s', (parameter, words) => {
    expect(whereItGoes(parameter, post)).toBe(words);
  });

  it('of tags says where they need a place', () => {
    expect(whereItGoes('user_tags', post)).toMatch(
      /`x` and `y` are needed on IMAGE, left out on REELS, as you like on STORIES\.$/,
    );
  });

  it('is in openapi.yaml, at the field of every body', () => {
    const openapi = readFileSync(join(__dirname, '../../../openapi.yaml'), 'utf8').replace(/\s+/g, ' ');
    for (const parameter of PARAMETERS) {
      const words = whereItGoes(parameter, post);
      expect(openapi.split(words).length - 1).toBeGreaterThanOrEqual(words === '' ? 0 : 4);
    }
  });

  it('is what docs/publishing-kinds.md shows', () => {
    const CELLS: Record<string, Support> = {
      'yes': 'yes',
      '—': 'no',
      'no effect': 'ignored',
      'on the items': 'items',
      'with `x`, `y`': 'placed',
      'without `x`, `y`': 'unplaced',
      'with or without `x`, `y`': 'either',
    }; // prettier-ignore
    const page = readFileSync(join(__dirname, '../../../docs/publishing-kinds.md'), 'utf8');
    const rows = [...page.matchAll(/^\| `(\w+)` +\|(.+)\|$/gm)]
      .map(([, name = '', cells = '']): [string, Support[]] => [
        name,
        cells.split('|').map((cell) => CELLS[cell.trim()] ?? 'no'),
      ])
      .filter(([, cells]) => cells.length === KINDS.length);
    const table = PARAMETERS.map((parameter) => [parameter, KINDS.map((kind) => supportOf(parameter, kind))]);
    expect(rows).toEqual(table);
  });
});

describe('what a post is', () => {
  it.each([
    ['IMAGE', 'image', ['image']],
    ['REELS', null, ['reel']],
    ['STORIES', 'video', ['story_video']],
    ['STORIES', null, ['story_image', 'story_video']],
    [undefined, 'video', ['reel']],
    [undefined, null, ['image', 'reel']],
    ['CAROUSEL', null, ['carousel']],
  ] as const)('of type %s and with a medium of kind %s: %j', (type, medium, kinds) => {
    expect(kindsOfPost(type, medium)).toEqual(kinds);
  });

  it('an asset may be either, until it was looked at', () => {
    expect(kindsOfItem(null)).toEqual(['carousel_image', 'carousel_video']);
    const body = { asset_id: 4, alt_text: 'a', cover_url: 'c', trial_params: {} };
    expect(requestProblems(body)).toEqual([]);
    expect(requestProblems(body, ['video']).map(({ pointer }) => pointer)).toEqual(['/alt_text']);
    expect(requestProblems(body, ['image']).map(({ pointer }) => pointer)).toEqual(['/cover_url', '/trial_params']);
    expect(requestProblems({ ...body, media_type: 'STORIES' })).toHaveLength(3);
  });

  it('does not change what its medium is', () => {
    const problems = (body: object) => requestProblems({ ...body }).map(({ pointer }) => pointer);
    expect(problems({ image_url, media_type: 'REELS' })).toEqual(['/media_type']);
    expect(problems({ video_url, media_type: 'IMAGE', alt_text: 'a' })).toEqual(['/media_type']);
  });
});

describe('values', () => {
  const problems = (more: object) => requestProblems({ image_url, ...more });

  it('three collaborators, each once and by name', () => {
    expect(problems({ collaborators: ['a', 'b.c', 'D_1'] })).toEqual([]);
    expect(problems({ collaborators: ['a', 'b', 'c', 'd'] })).toEqual([
      { pointer: '/collaborators', message: 'names 4 accounts; Instagram allows 3' },
    ]);
    expect(problems({ collaborators: ['@a', 'b', 'B'] }).map(({ pointer }) => pointer)).toEqual([
      '/collaborators/0',
      '/collaborators/2',
    ]);
  });

  it('twenty tags and a thousand characters of alt text, counted as code points', () => {
    const [tag] = placed;
    expect(problems({ user_tags: Array(20).fill(tag), alt_text: '🍞'.repeat(1_000) })).toEqual([]);
    expect(problems({ user_tags: Array(21).fill(tag), alt_text: '🍞'.repeat(1_001) })).toEqual([
      { pointer: '/alt_text', message: 'has 1001 characters; Instagram allows 1000' },
      { pointer: '/user_tags', message: 'has 21 tags; Instagram allows 20' },
    ]);
  });

  it.each([
    [0, 5, 0],
    [4_999, 5, 0],
    [5_000, 5, 1],
    [9_000, null, 0],
    [0, 0, 0],
  ])('a cover at %s ms of a video of %s s has %s problems', (thumb_offset, seconds, found) => {
    expect(offsetProblems({ thumb_offset }, seconds)).toHaveLength(found);
  });

  it('of any type are survived: telling types is not the table’s job', () => {
    for (const value of [7, 'x', {}, [null], [[]], [{ x: {} }]])
      for (const kind of KINDS)
        for (const parameter of PARAMETERS)
          expect(() => isGiven(pointersOf(kind, { [parameter]: value }))).not.toThrow();
  });
});
