export type MediaKind = 'image' | 'video';
export type MediaType = 'IMAGE' | 'REELS' | 'STORIES' | 'CAROUSEL';

/** One thing that is wrong, and where (a JSON pointer into the create body). */
export interface RuleProblem {
  pointer: string;
  message: string;
}

/** A body as somebody sent it: every field of any type, or absent. */
export type Sent = Readonly<Record<string, unknown>>;

/** Where the media of a post may come from. */
const SOURCES = ['video_id', 'asset_id', 'video_url', 'image_url', 'items'] as const;

/** Exactly one source, told without asking anybody. */
export function sourceProblems(body: Sent): RuleProblem[] {
  const given = SOURCES.filter((source) => isGiven(body[source]));
  if (given.length === 1) return [];
  if (given.length === 0) return [{ pointer: '', message: `one of ${SOURCES.join(', ')} is needed` }];
  return given.map((source) => ({ pointer: `/${source}`, message: `only one of ${given.join(', ')} may be given` }));
}

/** The field that its one medium comes from; empty: none, or several. */
export function sourcePointer(body: Sent): string {
  const [given, ...others] = SOURCES.filter((source) => isGiven(body[source]));
  return given && others.length === 0 ? `/${given}` : '';
}

/** What a medium is, where its source alone tells. Null: an asset, or nothing that can be told. */
export function mediumNamedBy(source: Sent): MediaKind | null {
  const isVideo = isGiven(source['video_url']) || isGiven(source['video_id']);
  const isImage = isGiven(source['image_url']);
  return isVideo === isImage ? null : isVideo ? 'video' : 'image';
}

/** A video becomes a reel and an image a feed image, unless the client says otherwise. */
export function inferMediaType(kind: MediaKind, given: MediaType | undefined): MediaType {
  return given ?? (kind === 'video' ? 'REELS' : 'IMAGE');
}

/** A null is none. */
export function isGiven(value: unknown): boolean {
  return (value ?? null) !== null;
}

export function isObject(value: unknown): value is Sent {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
