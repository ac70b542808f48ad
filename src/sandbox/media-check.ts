import { open } from 'node:fs/promises';
import sharp from 'sharp';
import { type GraphError } from './graph-error';
import { type MediaFile } from './media-files';
import { layoutProblem, topLevelBoxes } from './mp4-boxes';
import { publishingError } from './publishing-error';
import { probeVideo, type VideoFacts } from './video-probe';

export const MAX_IMAGE_BYTES = 8 * 1024 * 1024;
const MB = 1024 * 1024;
/** Seconds. A file ends on a frame, or on a packet of sound, seldom where it was cut. */
const FRAME = 0.05;

/** What a video may be, by where it will show (§3). Video children have no published limits; the last were these. */
export interface VideoLimits {
  max_bytes: number;
  min_seconds: number;
  max_seconds: number;
  min_ratio: number;
  max_ratio: number;
}

export const videoLimits = {
  REELS: { max_bytes: 300 * MB, min_seconds: 3, max_seconds: 900, min_ratio: 0.01, max_ratio: 10 },
  STORY: { max_bytes: 100 * MB, min_seconds: 3, max_seconds: 60, min_ratio: 0.1, max_ratio: 10 },
  FEED: { max_bytes: 100 * MB, min_seconds: 3, max_seconds: 60, min_ratio: 0.01, max_ratio: 10 },
} satisfies Record<string, VideoLimits>;

/** Looks at the bytes of an image; the error Meta answers, or null. Stories take any shape. */
export async function imageProblem(file: MediaFile, isStory: boolean): Promise<GraphError | null> {
  // "Aspect ratio 0" is what Meta says when the origin sent nothing at all (§4.2, 36003).
  if (file.size === 0) return publishingError(2207009, 'Ratio: 0');
  const head = await headOf(file);
  if (!isJpeg(head)) return publishingError(isOtherImage(head) ? 2207005 : 2207052);
  const size = await decoded(file);
  if (!size) return publishingError(2207005);
  const onItsSide = (size.orientation ?? 1) >= 5;
  const ratio = onItsSide ? size.height / size.width : size.width / size.height;
  // Half a per cent of leave, since 1080×1349 is 4:5 to everybody but a calculator.
  if (!isStory && (ratio < 0.8 * 0.995 || ratio > 1.91 * 1.005)) {
    return publishingError(2207009, `Ratio: ${ratio.toFixed(4)}`);
  }
  return null;
}

/** Looks at the bytes of a video; what is wrong, in words, or the facts. Meta's answer to all of it is 2207026. */
export async function videoProblem(
  file: MediaFile,
  limits: VideoLimits,
): Promise<{ problem: string } | { facts: VideoFacts }> {
  const handle = await open(file.path);
  try {
    const layout = layoutProblem(await topLevelBoxes(handle, file.size), file.size);
    if (layout) return { problem: layout };
    const facts = await probeVideo(handle, file.size);
    const problem = facts ? factProblem(facts, limits) : 'there is no video track';
    return facts && !problem ? { facts } : { problem: problem ?? '' };
  } finally {
    await handle.close();
  }
}

function factProblem(facts: VideoFacts, limits: VideoLimits): string | null {
  const ratio = facts.width / facts.height;
  if (facts.video_codec !== 'AVC' && facts.video_codec !== 'HEVC') return `video codec ${facts.video_codec}`;
  if (facts.chroma !== null && facts.chroma !== '4:2:0') return `chroma subsampling ${facts.chroma}`;
  if (facts.scan !== null && facts.scan !== 'Progressive') return `${facts.scan} scan`;
  if (facts.audio_codec !== null && facts.audio_codec !== 'AAC') return `audio codec ${facts.audio_codec}`;
  if ((facts.audio_rate ?? 0) > 48_000) return `audio at ${facts.audio_rate ?? 0} Hz`;
  if ((facts.audio_channels ?? 0) > 2) return `${facts.audio_channels ?? 0} audio channels`;
  if (facts.seconds < limits.min_seconds - FRAME || facts.seconds > limits.max_seconds + FRAME)
    return `duration ${facts.seconds} s`;
  if (facts.width > 1_920) return `${facts.width} pixels wide`;
  if (facts.frame_rate !== null && (facts.frame_rate < 22.9 || facts.frame_rate > 60.1)) {
    return `${facts.frame_rate} frames a second`;
  }
  if ((facts.bit_rate ?? 0) > 25_000_000) return `video bit rate ${facts.bit_rate ?? 0}`;
  return ratio < limits.min_ratio || ratio > limits.max_ratio ? `aspect ratio ${ratio.toFixed(3)}` : null;
}

/** Its size when all of its pixels are there; what stands behind the picture is nobody's business. */
async function decoded(file: MediaFile): Promise<sharp.Metadata | null> {
  try {
    await sharp(file.path, { failOn: 'truncated' }).jpeg({ quality: 1 }).toBuffer();
    return await sharp(file.path).metadata();
  } catch {
    return null;
  }
}

async function headOf(file: MediaFile): Promise<Buffer> {
  const handle = await open(file.path);
  try {
    const head = Buffer.alloc(16);
    await handle.read(head, 0, 16, 0);
    return head;
  } finally {
    await handle.close();
  }
}

function isJpeg(head: Buffer): boolean {
  return head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff;
}

function isOtherImage(head: Buffer): boolean {
  const start = head.toString('latin1');
  return (
    start.startsWith('\x89PNG') || start.startsWith('GIF8') || /^RIFF....WEBP|^....ftyp(heic|avif|mif1)/s.test(start)
  );
}
