import { captionProblems } from './caption';
import { carouselProblems } from './carousel-rules';
import { kindProblems, valueProblems } from './field-rules';
import { LIMITS, kindsOfItem, kindsOfPost } from './kind-rules';
import {
  isGiven,
  isObject,
  mediumNamedBy,
  sourceProblems,
  type MediaKind,
  type MediaType,
  type RuleProblem,
  type Sent,
} from './post-rules';

/**
 * Every rule that a post's own words can break, all at once: of creating, editing, validating and of the last look before
 * publishing.
 * @param body as it was sent or stored: any field may be of any type, and types are told elsewhere
 * @param media what its media were found to be, in order; left out or null: only what the body says of them is known
 */
export function requestProblems(body: Sent, media: readonly (MediaKind | null)[] = []): RuleProblem[] {
  const { items } = body;
  const unsound = mediaProblemsOf(body);
  const words = [...captionProblems(body), ...valueProblems(body)];
  if (isGiven(items)) return [...unsound, ...words, ...carouselFields(body, media)];
  const medium = media[0] ?? mediumNamedBy(body);
  return [...unsound, ...words, ...singleFields(body, medium)];
}

/** Without these the media cannot even be looked for. */
export function mediaProblemsOf(body: Sent): RuleProblem[] {
  return [...sourceProblems(body), ...carouselProblems(body)];
}

/** The frame of the cover has to be one of the video's. Null: how long it is, is not known. */
export function offsetProblems({ thumb_offset }: Sent, durationSeconds: number | null): RuleProblem[] {
  if (typeof thumb_offset !== 'number' || durationSeconds === null) return [];
  const durationMs = Math.round(durationSeconds * 1_000);
  if (thumb_offset === 0 || thumb_offset < durationMs) return [];
  return [{ pointer: '/thumb_offset', message: `lies behind the end of the video, which lasts ${durationMs} ms` }];
}

function singleFields(body: Sent, medium: MediaKind | null): RuleProblem[] {
  const type = typeIn(body);
  // Told above: without items there is no carousel, and nobody knows what it would be instead.
  if (type === 'CAROUSEL') return [];
  const problems: RuleProblem[] = [];
  if (type === 'REELS' && medium === 'image')
    problems.push({ pointer: '/media_type', message: 'REELS needs a video; this is an image' });
  if (type === 'IMAGE' && medium === 'video')
    problems.push({ pointer: '/media_type', message: 'IMAGE needs an image; this is a video' });
  return [...problems, ...kindProblems(kindsOfPost(type, medium), body)];
}

function carouselFields(body: Sent, media: readonly (MediaKind | null)[]): RuleProblem[] {
  const items: unknown[] = Array.isArray(body['items']) ? body['items'] : [];
  return [
    ...kindProblems(['carousel'], body),
    // Far more than ten are told as such; a problem with each of thousands helps nobody.
    ...items.slice(0, 2 * LIMITS.maxItems).flatMap((item, index) => {
      if (!isObject(item)) return [];
      const base = `/items/${index}`;
      return [
        ...valueProblems(item, base),
        ...kindProblems(kindsOfItem(media[index] ?? mediumNamedBy(item)), item, base),
      ];
    }),
  ];
}

function typeIn({ media_type }: Sent): MediaType | undefined {
  return TYPES.find((type) => type === media_type);
}

const TYPES: readonly MediaType[] = ['IMAGE', 'REELS', 'STORIES', 'CAROUSEL'];
