import type { MediaKind, MediaType } from './post-rules';

/**
 * The one table of what Instagram takes where: https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media
 * (reference §2.1). Creating, editing, validating, the check before publishing and the descriptions in `openapi.yaml` all
 * read it; docs/publishing-kinds.md shows it. None of these parameters needs Facebook Login: both logins take all of them.
 */
export const KINDS = [
  'image',
  'reel',
  'story_image',
  'story_video',
  'carousel',
  'carousel_image',
  'carousel_video',
] as const;

export type Kind = (typeof KINDS)[number];

/**
 * `ignored`: taken, kept and said to be without effect; Instagram does nothing with it. `items`: the carousel's items have
 * it, each its own. Of tags: `placed` with x and y, `unplaced` without them, `either` as one likes, but not only one of the two.
 */
export type Support = 'yes' | 'no' | 'ignored' | 'items' | 'placed' | 'unplaced' | 'either';

type Row = readonly [Support, Support, Support, Support, Support, Support, Support];

/* prettier-ignore */
const TABLE = {
  //                image      reel        story_image  story_video  carousel   carousel_image  carousel_video
  caption:         ['yes',     'yes',      'ignored',   'ignored',   'yes',     'no',           'no'],
  hashtags:        ['yes',     'yes',      'ignored',   'ignored',   'yes',     'no',           'no'],
  location_id:     ['yes',     'yes',      'no',        'no',        'yes',     'no',           'no'],
  alt_text:        ['yes',     'no',       'no',        'no',        'items',   'yes',          'no'],
  user_tags:       ['placed',  'unplaced', 'either',    'either',    'items',   'placed',       'unplaced'],
  collaborators:   ['yes',     'yes',      'no',        'no',        'yes',     'no',           'no'],
  cover_url:       ['no',      'yes',      'no',        'no',        'no',      'no',           'no'],
  thumb_offset:    ['no',      'yes',      'no',        'no',        'no',      'no',           'no'],
  share_to_feed:   ['ignored', 'yes',      'ignored',   'ignored',   'ignored', 'no',           'no'],
  audio_name:      ['no',      'yes',      'no',        'no',        'no',      'no',           'no'],
  trial_params:    ['no',      'yes',      'no',        'no',        'no',      'no',           'no'],
  is_ai_generated: ['yes',     'yes',      'yes',       'yes',       'yes',     'no',           'no'],
  first_comment:   ['yes',     'yes',      'no',        'no',        'yes',     'no',           'no'],
} as const satisfies Record<string, Row>;

export type Parameter = keyof typeof TABLE;

export const PARAMETERS = Object.keys(TABLE) as Parameter[];

/** Instagram's limits, as data. Characters are code points. */
export const LIMITS = {
  caption: 2_200,
  hashtags: 30,
  mentions: 20,
  altText: 1_000,
  collaborators: 3,
  userTags: 20,
  minItems: 2,
  maxItems: 10,
} as const;

/** Instagram's own rule for the names of accounts. */
export const USERNAME = /^[a-z0-9._]{1,30}$/i;
/** When a trial reel is shown to followers, too: when somebody says so, or when it does well. */
export const GRADUATION_STRATEGIES = ['MANUAL', 'SS_PERFORMANCE'] as const;

export function supportOf(parameter: Parameter, kind: Kind): Support {
  return TABLE[parameter][KINDS.indexOf(kind)] ?? 'no';
}

/** What a post is, as far as its type and its medium tell: without the medium's kind there may be two answers. */
export function kindsOfPost(type: MediaType | undefined, medium: MediaKind | null): Kind[] {
  switch (type) {
    case 'IMAGE':
      return ['image'];
    case 'REELS':
      return ['reel'];
    case 'CAROUSEL':
      return ['carousel'];
    case 'STORIES':
      return medium === null ? ['story_image', 'story_video'] : [medium === 'image' ? 'story_image' : 'story_video'];
    case undefined:
      return medium === null ? ['image', 'reel'] : [medium === 'image' ? 'image' : 'reel'];
  }
}

/** The same of an item of a carousel. */
export function kindsOfItem(medium: MediaKind | null): Kind[] {
  if (medium === null) return ['carousel_image', 'carousel_video'];
  return [medium === 'image' ? 'carousel_image' : 'carousel_video'];
}

/** As the API calls them. */
export const KIND_NAMES: Record<Kind, string> = {
  image: 'IMAGE',
  reel: 'REELS',
  story_image: 'STORIES',
  story_video: 'STORIES',
  carousel: 'CAROUSEL',
  carousel_image: 'an image of a carousel',
  carousel_video: 'a video of a carousel',
};

/** For descriptions: `Only on IMAGE and REELS.`; empty where a parameter goes with all of these kinds. */
export function whereItGoes(parameter: Parameter, kinds: readonly Kind[]): string {
  const having = (wanted: Support[]) =>
    listed([...new Set(kinds.filter((kind) => wanted.includes(supportOf(parameter, kind))).map(nameOf))]);
  const taken = having(['yes', 'placed', 'unplaced', 'either']);
  const ignored = having(['ignored']);
  const sentences = taken === having([...SUPPORTS]) ? [] : [`Only on ${taken}.`];
  if (ignored !== '') sentences.push(`Without effect on ${ignored}.`);
  if (having(['items']) !== '') sentences.push('In a carousel the items have their own.');
  if (parameter === 'user_tags') sentences.push(placesOf(kinds));
  return sentences.join(' ');
}

const SUPPORTS: readonly Support[] = ['yes', 'no', 'ignored', 'items', 'placed', 'unplaced', 'either'];

function placesOf(kinds: readonly Kind[]): string {
  const having = (wanted: Support) =>
    listed([...new Set(kinds.filter((kind) => supportOf('user_tags', kind) === wanted).map(nameOf))]);
  const parts = [`\`x\` and \`y\` are needed on ${having('placed')}`, `left out on ${having('unplaced')}`];
  if (having('either') !== '') parts.push(`as you like on ${having('either')}`);
  return `${parts.join(', ')}.`;
}

function nameOf(kind: Kind): string {
  return KIND_NAMES[kind];
}

function listed(names: string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}
