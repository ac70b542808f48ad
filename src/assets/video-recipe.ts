/** How ffmpeg makes a reel of a video, within Instagram's reel specification (media-rules.ts). Decides, and does nothing else. */
import { limitsOf, mediaProblems, VIDEO_LIMITS, type MediaFacts, type MediaRule } from './media-rules';

export interface VideoRecipe {
  /** What ffmpeg is to take the file for: it shall not guess, and follow a playlist to somewhere. */
  demuxer: string;
  /** Null: the picture is taken over as it is. */
  picture: { filters: string[]; maxBitRate: number } | null;
  /** Null: the sound, if there is any, is taken over as it is. */
  sound: 'encode' | null;
  isHevc: boolean;
  /** In words, for the user. */
  done: string[];
}

const DEMUXERS: Readonly<Record<string, string>> = {
  'video/mp4': 'mov',
  'video/quicktime': 'mov',
  'video/x-m4v': 'mov',
  'video/3gpp': 'mov',
  'video/webm': 'matroska',
  'video/x-matroska': 'matroska',
  'video/x-msvideo': 'avi',
  'video/mpeg': 'mpeg',
};
/** Their pictures carry no times that MP4 could take over. */
const WITHOUT_TIMES = ['avi', 'mpeg'];

/** Broken rules that encoding the picture anew mends… */
export const PICTURE_RULES: readonly MediaRule[] = [
  'size',
  'width',
  'video_codec',
  'interlaced',
  'chroma',
  'frame_rate',
  'bit_rate',
];
/** …and those of the sound. */
export const SOUND_RULES: readonly MediaRule[] = ['audio_codec', 'sample_rate', 'channels'];

/** 1080p at 30 frames looks as good as Instagram's own encoding of it will. */
const USUAL_BIT_RATE = 10_000_000;
const SOUND_BIT_RATE = 128_000;
/** What the container itself and x264's liberties with its limit take. */
const SPARE = 0.9;
/** Frames per second of what has too few; a slower one would only repeat itself more. */
const USUAL_FRAME_RATE = 30;
/** 8K; a decoder's memory grows with it. */
const MAX_PIXELS = 40_000_000;

/** @returns null for what ffmpeg isn't asked to read */
export function videoRecipe(media: MediaFacts): VideoRecipe | null {
  const demuxer = DEMUXERS[media.contentType];
  if (demuxer === undefined) return null;
  const rules = mediaProblems(media, 'reel').map(({ rule }) => rule);
  const encodesPicture = rules.some((rule) => PICTURE_RULES.includes(rule)) || WITHOUT_TIMES.includes(demuxer);
  const encodesSound = rules.some((rule) => SOUND_RULES.includes(rule)) || WITHOUT_TIMES.includes(demuxer);
  const [codec = 'unknown', soundCodec] = media.codecs;
  const done = [
    rules.includes('format') && `converted from ${media.contentType} to MP4`,
    rules.includes('index') && 'index moved to the front',
    encodesPicture && `picture encoded again (${codec} to H.264${because(media, rules)})`,
    encodesSound && soundCodec !== undefined && `sound encoded again (${soundCodec} to AAC, stereo, 48 kHz)`,
  ].filter((words) => words !== false);
  return {
    demuxer,
    picture: encodesPicture ? { filters: filtersOf(media, rules), maxBitRate: bitRateOf(media) } : null,
    sound: encodesSound ? 'encode' : null,
    isHevc: codec === 'hevc',
    done,
  };
}

/** @param input and output: local files; the output is written over */
export function ffmpegArguments(recipe: VideoRecipe, input: string, output: string): string[] {
  const { demuxer, picture, sound, isHevc } = recipe;
  return [
    ...['-protocol_whitelist', 'file', '-f', demuxer],
    ...(picture ? ['-max_pixels', String(MAX_PIXELS)] : []),
    ...['-i', input],
    // The first real picture (no cover art) and the first sound; nothing else, and nothing that tells of its maker.
    ...['-map', '0:V:0', '-map', '0:a:0?', '-map_metadata', '-1', '-map_chapters', '-1', '-dn', '-sn'],
    ...(picture ? encodedPicture(picture) : ['-c:v', 'copy', ...(isHevc ? ['-tag:v', 'hvc1'] : [])]),
    ...(sound ? ['-c:a', 'aac', '-b:a', String(SOUND_BIT_RATE), '-ac', '2', '-ar', '48000'] : ['-c:a', 'copy']),
    ...['-movflags', '+faststart', '-f', 'mp4', '-y', output],
  ];
}

function encodedPicture({ filters, maxBitRate }: NonNullable<VideoRecipe['picture']>): string[] {
  return [
    ...['-vf', filters.join(','), '-c:v', 'libx264', '-preset', 'fast', '-profile:v', 'high', '-pix_fmt', 'yuv420p'],
    ...['-crf', '20', '-maxrate', String(maxBitRate), '-bufsize', String(2 * maxBitRate)],
    // A key frame each two seconds, and each group of pictures closed.
    ...['-flags', '+cgop', '-force_key_frames', 'expr:gte(t,n_forced*2)'],
  ];
}

function filtersOf({ video }: MediaFacts, rules: MediaRule[]): string[] {
  const { min, max } = VIDEO_LIMITS.frameRate;
  const frameRate = video?.frameRate ?? null;
  const isOff = rules.includes('frame_rate') && frameRate !== null;
  const { maxWidth } = limitsOf('reel');
  return [
    ...(rules.includes('interlaced') ? ['yadif'] : []),
    // Square pixels, then no wider than allowed; H.264 wants even sizes.
    'scale=trunc(iw*sar/2)*2:trunc(ih/2)*2',
    'setsar=1',
    ...(maxWidth === null ? [] : [`scale='min(${maxWidth},iw)':-2`]),
    ...(isOff ? [`fps=${frameRate < min ? USUAL_FRAME_RATE : max}`] : []),
  ];
}

function bitRateOf({ durationSeconds }: MediaFacts): number {
  const budget = (limitsOf('reel').maxBytes * 8 * SPARE) / Math.max(1, durationSeconds ?? 1) - SOUND_BIT_RATE;
  return Math.floor(Math.min(USUAL_BIT_RATE, budget));
}

function because({ width, video }: MediaFacts, rules: MediaRule[]): string {
  const reasons = [
    rules.includes('width') && `from ${width ?? 0} pixels wide to ${limitsOf('reel').maxWidth ?? 0}`,
    rules.includes('frame_rate') && `from ${video?.frameRate ?? 0} frames per second`,
    rules.includes('chroma') && `from ${video?.chroma ?? 'another chroma'}`,
    rules.includes('interlaced') && 'deinterlaced',
    rules.includes('bit_rate') && 'at a lower bit rate',
    rules.includes('size') && 'smaller',
  ].filter((words) => words !== false);
  return reasons.map((reason) => `, ${reason}`).join('');
}
