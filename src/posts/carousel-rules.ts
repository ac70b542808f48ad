import { LIMITS } from './kind-rules';
import { isGiven, isObject, type RuleProblem, type Sent } from './post-rules';

const COUNT = `${LIMITS.minItems} to ${LIMITS.maxItems}`;
const ITEM_SOURCES = ['video_url', 'image_url', 'asset_id'] as const;

/** Whether a body has items where a carousel needs them, and of each exactly one medium. Nothing for a body that is none. */
export function carouselProblems({ items, media_type }: Sent): RuleProblem[] {
  if (!isGiven(items))
    return media_type === 'CAROUSEL' ? [{ pointer: '/media_type', message: `CAROUSEL needs ${COUNT} items` }] : [];
  const problems: RuleProblem[] = [];
  if (isGiven(media_type) && media_type !== 'CAROUSEL')
    problems.push({ pointer: '/media_type', message: 'items make a CAROUSEL; leave it out' });
  // Anything but a list is told by its type.
  return Array.isArray(items) ? [...problems, ...listProblems(items)] : problems;
}

function listProblems(items: unknown[]): RuleProblem[] {
  const { minItems, maxItems } = LIMITS;
  const problems: RuleProblem[] = [];
  if (items.length < minItems || items.length > maxItems)
    problems.push({
      pointer: '/items',
      message: `has ${items.length} items; Instagram takes ${COUNT}`,
    });
  items.forEach((item: unknown, index) => {
    if (isObject(item)) problems.push(...itemSourceProblems(item, index));
  });
  return problems;
}

function itemSourceProblems(item: Sent, index: number): RuleProblem[] {
  const given = ITEM_SOURCES.filter((source) => isGiven(item[source]));
  if (given.length === 1) return [];
  if (given.length === 0)
    return [{ pointer: `/items/${index}`, message: `one of ${ITEM_SOURCES.join(', ')} is needed` }];
  const message = `only one of ${given.join(', ')} may be given`;
  return given.map((source) => ({ pointer: `/items/${index}/${source}`, message }));
}

/** For people, who count from 1. */
export function itemName(index: number, items: number): string {
  return `Item ${index + 1} of ${items}`;
}
