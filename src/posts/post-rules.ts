/** Instagram's limits on a post, as data. Meta: IG User media, reference §2.1. */
export const POST_LIMITS = { captionCodePoints: 2_200, hashtags: 30, mentions: 20, altTextCodePoints: 1_000 } as const;

export type MediaKind = 'image' | 'video';
export type MediaType = 'IMAGE' | 'REELS' | 'STORIES' | 'CAROUSEL';

/** One thing that is wrong, and where (a JSON pointer into the create body). */
export interface RuleProblem {
  pointer: string;
  message: string;
}

/** Where the media of a post may come from. */
const SOURCES = ['video_id', 'asset_id', 'video_url', 'image_url', 'items'] as const;

/** Exactly one source, told without asking anybody. A null is none. */
export function sourceProblems(body: { [source in (typeof SOURCES)[number]]?: unknown }): RuleProblem[] {
  const given = SOURCES.filter((source) => (body[source] ?? null) !== null);
  if (given.length === 1) return [];
  if (given.length === 0) return [{ pointer: '', message: `one of ${SOURCES.join(', ')} is needed` }];
  return given.map((source) => ({ pointer: `/${source}`, message: `only one of ${given.join(', ')} may be given` }));
}

/** Characters as people count them in Instagram's limits: code points, so that an emoji is one and not two. */
export function codePoints(text: string): number {
  return [...text].length;
}

/** `#words` of a caption, as Instagram counts them: letters, digits and underscores of any script. */
export function hashtagsIn(caption: string): string[] {
  return caption.match(/#[\p{L}\p{N}_]+/gu) ?? [];
}

/** `@names` of a caption. An address such as `me@example.com` is none. */
export function mentionsIn(caption: string): string[] {
  return caption.match(/(?<![\p{L}\p{N}_.])@[a-z0-9_.]+/giu) ?? [];
}

/** Over a limit is refused and said; nothing is trimmed. */
export function captionProblems(caption: string): RuleProblem[] {
  const problems: RuleProblem[] = [];
  const over = (what: string, found: number, limit: number) => {
    if (found > limit)
      problems.push({ pointer: '/caption', message: `has ${found} ${what}; Instagram allows ${limit}` });
  };
  over('characters', codePoints(caption), POST_LIMITS.captionCodePoints);
  over('hashtags', hashtagsIn(caption).length, POST_LIMITS.hashtags);
  over('mentions', mentionsIn(caption).length, POST_LIMITS.mentions);
  return problems;
}

/** Which fields each kind of post takes. Meta ignores or refuses the others; we refuse them before it can. */
export const FIELDS_OF: Record<'IMAGE' | 'REELS' | 'STORIES', readonly string[]> = {
  IMAGE: ['caption', 'location_id', 'alt_text', 'first_comment'],
  REELS: ['caption', 'location_id', 'share_to_feed', 'cover_url', 'thumb_offset', 'audio_name', 'first_comment'],
  STORIES: [],
};

const CHECKED_FIELDS = [
  'caption',
  'location_id',
  'alt_text',
  'cover_url',
  'thumb_offset',
  'audio_name',
  'first_comment',
] as const;

/** What a media type takes: the kind of medium, and the fields. `share_to_feed` has a default and is never refused. */
export function mediaTypeProblems(
  type: MediaType,
  kind: MediaKind,
  given: Partial<Record<string, unknown>>,
): RuleProblem[] {
  if (type === 'CAROUSEL') return [{ pointer: '/media_type', message: 'CAROUSEL needs 2 to 10 items' }];
  const problems: RuleProblem[] = [];
  if (type === 'REELS' && kind === 'image')
    problems.push({ pointer: '/media_type', message: 'REELS needs a video; this is an image' });
  if (type === 'IMAGE' && kind === 'video')
    problems.push({ pointer: '/media_type', message: 'IMAGE needs an image; this is a video' });
  for (const field of CHECKED_FIELDS)
    if (given[field] !== undefined && !FIELDS_OF[type].includes(field))
      problems.push({ pointer: `/${field}`, message: `is not supported on ${type} by Instagram; leave it out` });
  return problems;
}

/** A video becomes a reel and an image a feed image, unless the client says otherwise. */
export function inferMediaType(kind: MediaKind, given: MediaType | undefined): MediaType {
  return given ?? (kind === 'video' ? 'REELS' : 'IMAGE');
}
