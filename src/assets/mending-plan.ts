/**
 * What is done to an image or a video so that Instagram takes it: decides, and does nothing else. docs/mending.md says why.
 * A medium is mended for its default target (a feed image, a reel).
 */
import {
  defaultTarget,
  limitsOf,
  mediaProblems,
  type MediaFacts,
  type MediaProblem,
  type MediaRule,
} from './media-rules';
import { PICTURE_RULES, SOUND_RULES } from './video-recipe';

/** `auto`: everything but the shape; `pad`, `crop`: the shape, too; `off`: nothing. */
export const MEND_WISHES = ['auto', 'pad', 'crop', 'off'] as const;
export type MendWish = (typeof MEND_WISHES)[number];

/** What else of an image decides. */
export interface PictureFacts {
  hasAlpha: boolean;
  /** More than one: it moves. */
  frames: number;
  /** EXIF, 1 to 8; 1 is upright. */
  orientation: number;
  /** Kinds of metadata in it: `EXIF`, `XMP`, `IPTC`. */
  metadata: string[];
  /** Its colours where they are not sRGB (or grey): `CMYK`, … */
  otherColours: string | null;
  /** Whether other bytes stand behind the picture. */
  hasTail: boolean;
}

export interface ImageRecipe {
  /** What to make of it, in pixels. */
  width: number;
  height: number;
  /** `pad` lays it on white. */
  fit: 'scale' | 'pad' | 'crop';
  /** In words, for the user. */
  done: string[];
}

/** Instagram scales wider ones down itself, and not as well. */
const MAX_IMAGE_WIDTH = 1440;
const MENDABLE_VIDEO: readonly MediaRule[] = ['format', 'index', ...PICTURE_RULES, ...SOUND_RULES];

const has = (problems: MediaProblem[], ...rules: MediaRule[]) => problems.some(({ rule }) => rules.includes(rule));

/**
 * @param tidy also what Instagram would take as it is: metadata, orientation, size. Not for media that stay on another's server
 * @returns null: it is left alone
 */
export function imageRecipe(
  media: MediaFacts,
  picture: PictureFacts,
  { wish, tidy }: { wish: MendWish; tidy: boolean },
): ImageRecipe | null {
  const { width, height, contentType } = media;
  if (wish === 'off' || picture.frames > 1 || width === null || height === null) return null;
  const problems = mediaProblems(media, 'feed_image');
  const reshaped = has(problems, 'ratio') && wish !== 'auto' ? wish : null;
  if (!tidy && !reshaped && !has(problems, 'format', 'size')) return null;

  const size = sizeOf({ width, height }, reshaped);
  const done = [
    has(problems, 'format') && `converted from ${nameOf(contentType)} to JPEG`,
    has(problems, 'size') && 'compressed',
    picture.hasAlpha && 'transparency laid on white',
    picture.orientation !== 1 && 'turned upright',
    picture.otherColours !== null && `colours converted from ${picture.otherColours} to sRGB`,
    picture.metadata.length > 0 && `metadata removed (${picture.metadata.join(', ')})`,
    picture.hasTail && 'bytes behind the picture removed',
    reshaped && `${reshaped === 'pad' ? 'padded with white' : 'cropped'} to ${shape(size)}`,
    width > MAX_IMAGE_WIDTH && `scaled from ${width} × ${height} to ${size.width} × ${size.height}`,
  ].filter((words) => words !== false && words !== null);
  return done.length === 0 ? null : { ...size, fit: reshaped ?? 'scale', done };
}

/** Whether ffmpeg can make a reel of it: no use where something else stays wrong, such as its length. */
export function isMendableVideo(media: MediaFacts, wish: MendWish): boolean {
  const problems = mediaProblems(media, 'reel');
  return wish !== 'off' && problems.length > 0 && problems.every(({ rule }) => MENDABLE_VIDEO.includes(rule));
}

/** Whether the library would mend it, as far as its facts tell. */
export function wouldBeMended(media: MediaFacts): boolean {
  if (media.kind === 'video') return isMendableVideo(media, 'auto');
  return has(mediaProblems(media, 'feed_image'), 'format', 'size');
}

/** What would mend a problem that is left, in words; null: nothing here can. */
export function remedyOf(
  problem: MediaProblem,
  { media, wish, frames, ffmpeg }: { media: MediaFacts; wish: MendWish; frames: number; ffmpeg: boolean },
): string | null {
  if (media.kind === 'image') {
    if (frames > 1)
      return 'It moves, so no still picture stands for it: send the picture that you mean, or make a video of it.';
    if (problem.rule === 'ratio')
      return 'Send it again with mend=pad (white edges) or mend=crop (the middle of it), and it is mended here.';
    return wish === 'off' ? 'Send it again without mend=off, and it is mended here.' : null;
  }
  if (!MENDABLE_VIDEO.includes(problem.rule)) return null;
  const others = mediaProblems(media, defaultTarget(media.kind)).filter(({ rule }) => !MENDABLE_VIDEO.includes(rule));
  if (others.length > 0) return 'It can be mended here once the other problems are gone.';
  if (wish === 'off') return 'Send it again without mend=off, and it is mended here.';
  return ffmpeg ? null : 'It would be mended here if ffmpeg were installed: ask whoever runs this service.';
}

interface Size {
  width: number;
  height: number;
}

/** The shape first, to the nearest that is allowed; then no wider than Instagram shows. */
function sizeOf({ width, height }: Size, reshaped: 'pad' | 'crop' | null): Size {
  const allowed = limitsOf('feed_image').aspectRatio;
  let shaped: Size = { width, height };
  if (reshaped && allowed) {
    const isTall = width / height < allowed.min;
    const ratio = isTall ? allowed.min : allowed.max;
    // A tall one gets wider by padding, lower by cropping; a wide one the other way round.
    const keepsHeight = isTall === (reshaped === 'pad');
    shaped = keepsHeight
      ? { width: isTall ? Math.ceil(height * ratio) : Math.floor(height * ratio), height }
      : { width, height: isTall ? Math.floor(width / ratio) : Math.ceil(width / ratio) };
  }
  if (shaped.width <= MAX_IMAGE_WIDTH) return { width: Math.max(1, shaped.width), height: Math.max(1, shaped.height) };
  const scaled = (shaped.height * MAX_IMAGE_WIDTH) / shaped.width;
  return { width: MAX_IMAGE_WIDTH, height: Math.max(1, Math.round(scaled)) };
}

function shape({ width, height }: Size): string {
  return `${Math.round((width / height) * 100) / 100}:1`;
}

function nameOf(contentType: string): string {
  return contentType
    .replace(/^image\/(x-)?/, '')
    .toUpperCase()
    .replace('WEBP', 'WebP');
}
