import { LIMITS } from './kind-rules';
import type { RuleProblem } from './post-rules';

/** Letters with their marks, digits, underscores and emoji of any script; with or without the `#`. */
const HASHTAG = /^#?[\p{L}\p{M}\p{N}_\p{Extended_Pictographic}\u200d\ufe0f]+$/u;

/** Characters as people count them in Instagram's limits: code points, so that an emoji is one and not two. */
export function codePoints(text: string): number {
  return [...text].length;
}

/** `#words` of a caption, as Instagram counts them: letters, digits and underscores of any script. */
export function hashtagsIn(caption: string): string[] {
  return caption.match(/#[\p{L}\p{M}\p{N}_]+/gu) ?? [];
}

/** `@names` of a caption. An address such as `me@example.com` is none. */
export function mentionsIn(caption: string): string[] {
  return caption.match(/(?<![\p{L}\p{N}_.])@[a-z0-9_.]+/giu) ?? [];
}

/** What Instagram is given, and what a live medium reads back: the caption, and below it the hashtags. Null: neither. */
export function joinedCaption(caption: string | null, hashtags: readonly string[] = []): string | null {
  if (hashtags.length === 0) return caption;
  const tags = hashtags.map((tag) => `#${bare(tag)}`).join(' ');
  return caption === null || caption === '' ? tags : `${caption}\n\n${tags}`;
}

/** Over a limit is refused and said; nothing is trimmed. Both may be of any type: that is told elsewhere. */
export function captionProblems({ caption, hashtags }: { caption?: unknown; hashtags?: unknown }): RuleProblem[] {
  const text = typeof caption === 'string' ? caption : '';
  const tags = Array.isArray(hashtags) ? hashtags.filter((tag) => typeof tag === 'string') : [];
  const whole = joinedCaption(text, tags) ?? '';
  const found = hashtagsIn(text).length;
  const counts: [string, number, number, number][] = [
    ['characters', codePoints(text), codePoints(whole), LIMITS.caption],
    ['hashtags', found, found + tags.length, LIMITS.hashtags],
    ['mentions', mentionsIn(text).length, mentionsIn(whole).length, LIMITS.mentions],
  ];
  const problems = counts.flatMap(([what, own, joined, limit]): RuleProblem[] => {
    if (own > limit) return [{ pointer: '/caption', message: `has ${own} ${what}; Instagram allows ${limit}` }];
    if (joined <= limit) return [];
    return [{ pointer: '/hashtags', message: `make ${joined} ${what} with the caption; Instagram allows ${limit}` }];
  });
  return [...problems, ...(Array.isArray(hashtags) ? tagProblems(hashtags) : [])];
}

/** Hashtags that stand in the caption already: Instagram shows them twice. */
export function repeatedHashtags(caption: string | null | undefined, hashtags: readonly string[] = []): string[] {
  const own = new Set(hashtagsIn(caption ?? '').map(key));
  return hashtags.filter((tag) => own.has(key(tag)));
}

function tagProblems(hashtags: unknown[]): RuleProblem[] {
  const seen = new Set<string>();
  return hashtags.flatMap((tag, at): RuleProblem[] => {
    if (typeof tag !== 'string') return [];
    const pointer = `/hashtags/${at}`;
    if (!HASHTAG.test(tag)) return [{ pointer, message: 'must be one word of letters, digits and underscores' }];
    if (seen.has(key(tag))) return [{ pointer, message: 'is given twice' }];
    seen.add(key(tag));
    return [];
  });
}

function bare(tag: string): string {
  return tag.replace(/^#/, '');
}

function key(tag: string): string {
  return bare(tag).normalize('NFC').toLowerCase();
}
