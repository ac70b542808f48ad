import type { MediaKind, RuleProblem } from './post-rules';

/** Instagram's limits on a carousel, as data. Meta: IG User media; reference §2.1. */
export const CAROUSEL_LIMITS = { minItems: 2, maxItems: 10, tagsOfAnItem: 20 } as const;

/** A field as somebody sent it: of any type. */
type Sent<Fields extends string> = Partial<Record<Fields, unknown>>;

const ITEM_SOURCES = ['video_url', 'image_url', 'asset_id'] as const;

type SentItem = Sent<(typeof ITEM_SOURCES)[number] | 'alt_text' | 'user_tags'>;

/** What only a single medium has; a carousel's items have their own, or none. */
const NOT_ON_A_CAROUSEL = {
  alt_text: 'belongs to the items of a carousel; give it there',
  cover_url: 'is not supported on CAROUSEL by Instagram; leave it out',
  thumb_offset: 'is not supported on CAROUSEL by Instagram; leave it out',
  audio_name: 'is not supported on CAROUSEL by Instagram; leave it out',
} as const;

/** What the request alone can tell of a carousel, without asking anybody. Nothing for a body that is none. */
export function carouselProblems(body: Sent<'items' | 'media_type' | keyof typeof NOT_ON_A_CAROUSEL>): RuleProblem[] {
  const { items, media_type } = body;
  if (!isGiven(items))
    return media_type === 'CAROUSEL' ? [{ pointer: '/media_type', message: 'CAROUSEL needs 2 to 10 items' }] : [];
  const problems: RuleProblem[] = [];
  if (isGiven(media_type) && media_type !== 'CAROUSEL')
    problems.push({ pointer: '/media_type', message: 'items make a CAROUSEL; leave it out' });
  for (const [field, message] of Object.entries(NOT_ON_A_CAROUSEL))
    if (isGiven(body[field as keyof typeof NOT_ON_A_CAROUSEL])) problems.push({ pointer: `/${field}`, message });
  // Anything but a list is told by its type.
  return Array.isArray(items) ? [...problems, ...listProblems(items)] : problems;
}

function listProblems(items: unknown[]): RuleProblem[] {
  const { minItems, maxItems } = CAROUSEL_LIMITS;
  const problems: RuleProblem[] = [];
  if (items.length < minItems || items.length > maxItems)
    problems.push({ pointer: '/items', message: `has ${items.length} items; Instagram takes 2 to 10` });
  items.forEach((item: unknown, index) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return;
    problems.push(...itemSourceProblems(item, index));
    const kind = isGiven((item as SentItem).video_url)
      ? 'video'
      : isGiven((item as SentItem).image_url)
        ? 'image'
        : null;
    if (kind !== null) problems.push(...itemProblems(item, kind, index));
  });
  return problems;
}

function itemSourceProblems(item: SentItem, index: number): RuleProblem[] {
  const given = ITEM_SOURCES.filter((source) => isGiven(item[source]));
  if (given.length === 1) return [];
  if (given.length === 0)
    return [{ pointer: `/items/${index}`, message: `one of ${ITEM_SOURCES.join(', ')} is needed` }];
  const message = `only one of ${given.join(', ')} may be given`;
  return given.map((source) => ({ pointer: `/items/${index}/${source}`, message }));
}

/** What an item may have, once it is known what it is. */
export function itemProblems(item: SentItem, kind: MediaKind, index: number): RuleProblem[] {
  const problems: RuleProblem[] = [];
  const pointer = `/items/${index}`;
  if (kind === 'video' && isGiven(item.alt_text))
    problems.push({ pointer: `${pointer}/alt_text`, message: 'is not supported on videos by Instagram; leave it out' });
  if (!Array.isArray(item.user_tags)) return problems;
  item.user_tags.forEach((tag: unknown, at) => {
    if (typeof tag === 'object' && tag !== null) problems.push(...tagProblems(tag, kind, `${pointer}/user_tags/${at}`));
  });
  return problems;
}

/** People are tagged at a place in a photo, and without one in a video. */
function tagProblems(tag: Sent<'x' | 'y'>, kind: MediaKind, pointer: string): RuleProblem[] {
  const wrong = (['x', 'y'] as const).filter((one) => isGiven(tag[one]) === (kind === 'video'));
  const message = kind === 'video' ? 'is not supported on videos; leave it out' : 'is needed on an image (0 to 1)';
  return wrong.map((one) => ({ pointer: `${pointer}/${one}`, message }));
}

/** For people, who count from 1. */
export function itemName(index: number, items: number): string {
  return `Item ${index + 1} of ${items}`;
}

/** A null is none. */
function isGiven(value: unknown): boolean {
  return (value ?? null) !== null;
}
