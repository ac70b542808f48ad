import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';

const run = promisify(execFile);

/** Files that Instagram would refuse, that somebody made to hurt, or that only look odd. All are made here, but for the HEIC. */
export type MakeFile = () => Promise<Buffer>;

export const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;

/** `describe` for what needs ffmpeg: skipped with a loud word where there is none, but failed in CI, which installs it. */
export function describeWithFfmpeg(name: string, tests: () => void): void {
  if (hasFfmpeg || process.env.CI) {
    describe(name, tests);
    return;
  }
  console.warn(`SKIPPED for want of ffmpeg on the PATH: ${name}`);
  describe.skip(name, tests);
}

const flat = (width: number, height: number, background = '#38c') =>
  sharp({ create: { width, height, channels: 3, background } });
const see = { create: { width: 60, height: 60, channels: 4 as const, background: { r: 255, g: 0, b: 0, alpha: 0.5 } } };

/** Two frames. */
async function movingAs(format: 'gif' | 'webp'): Promise<Buffer> {
  const frames = await Promise.all(['#f00', '#00f'].map((colour) => flat(60, 60, colour).png().toBuffer()));
  return sharp(frames, { join: { animated: true } })
    .toFormat(format)
    .toBuffer();
}

/** What a decoder would need gigabytes for, in a hundred bytes. */
async function pngBomb(): Promise<Buffer> {
  const png = await flat(8, 8).png().toBuffer();
  const length = png.readUInt32BE(8);
  png.writeUInt32BE(60_000, 16);
  png.writeUInt32BE(60_000, 20);
  png.writeUInt32BE(crc32(png.subarray(12, 16 + length)), 16 + length);
  return png;
}

function crc32(bytes: Buffer): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** An empty archive with a comment, which tools look for at a file's end. */
const zip = (comment = '') => {
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([end, Buffer.from(comment)]);
};

const SVG_BOMB = `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "${'a'.repeat(50)}">${[...'bcdefg']
  .map((name, i) => `<!ENTITY ${name} "${`&${'abcdef'[i]};`.repeat(20)}">`)
  .join('')}]><svg xmlns="http://www.w3.org/2000/svg" width="90000" height="90000"><text>&g;</text></svg>`;

export async function heic(): Promise<Buffer> {
  return readFile(resolve(__dirname, '../fixtures/test-pattern.heic'));
}

export function noisyJpeg(width: number, height: number, quality: number): Promise<Buffer> {
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 60 };
  return sharp({ create: { width, height, channels: 3, background: '#888', noise } })
    .jpeg({ quality })
    .toBuffer();
}

export const BAD_IMAGES: Readonly<Record<string, MakeFile>> = {
  'a good JPEG': () => flat(600, 600).jpeg().toBuffer(),
  'a PNG': () => flat(600, 600).png().toBuffer(),
  'a PNG that one sees through': () => sharp(see).png().toBuffer(),
  'a PNG of 16 bits': () => flat(60, 60).toColourspace('rgb16').png().toBuffer(),
  'a WebP': () => flat(60, 60).webp().toBuffer(),
  'a WebP that moves': () => movingAs('webp'),
  'a GIF': () => flat(60, 60).gif().toBuffer(),
  'a GIF that moves': () => movingAs('gif'),
  'a GIF that is a script': () => Promise.resolve(Buffer.from('GIF89a/*\0\0\0\0*/=1;alert(document.cookie)//')),
  'an AVIF': () => flat(64, 64).avif({ effort: 0 }).toBuffer(),
  'a TIFF': () => flat(60, 60).tiff().toBuffer(),
  'a HEIC': heic,
  'a progressive JPEG': () => flat(600, 600).jpeg({ progressive: true }).toBuffer(),
  'a CMYK JPEG': () => flat(600, 600).toColourspace('cmyk').jpeg().toBuffer(),
  'a JPEG of one pixel': () => flat(1, 1).jpeg().toBuffer(),
  'a wide JPEG': () => flat(1000, 200).jpeg().toBuffer(),
  'a tall JPEG': () => flat(300, 900).jpeg().toBuffer(),
  'a JPEG that is turned': () => flat(900, 300).jpeg().withMetadata({ orientation: 6 }).toBuffer(),
  'a JPEG over 8 MB': () => noisyJpeg(2700, 2700, 100),
  'half a JPEG': async () => (await noisyJpeg(300, 300, 80)).subarray(0, 9_000),
  'a JPEG that is a ZIP': async () =>
    Buffer.concat([await flat(600, 600).jpeg().toBuffer(), zip('x'.repeat(25_000)), zip('x'.repeat(65_000))]),
  'a ZIP': () => Promise.resolve(zip()),
  'an SVG': () => Promise.resolve(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')),
  'an SVG that is a bomb': () => Promise.resolve(Buffer.from(SVG_BOMB)),
  'a PNG that is a bomb': pngBomb,
  'a text': () => Promise.resolve(Buffer.from('This is no picture.')),
  'a web page': () => Promise.resolve(Buffer.from('<!doctype html><title>Sign in</title>')),
  'no byte at all': () => Promise.resolve(Buffer.alloc(0)),
};

interface Clip {
  size?: string;
  rate?: number;
  seconds?: number;
  /** Null: none. */
  sound?: string | null;
  /** ffmpeg's options of the output. */
  video?: string[];
  audio?: string[];
  extra?: string[];
  extension?: string;
}

const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
const AAC = ['-c:a', 'aac', '-ac', '2'];
const FAST_START = ['-movflags', '+faststart'];

/** A short clip of a test pattern and a tone. */
export async function clip({
  size = '90x160',
  rate = 30,
  seconds = 4,
  sound = 'sine=frequency=440:sample_rate=48000',
  video = H264,
  audio = AAC,
  extra = FAST_START,
  extension = 'mp4',
}: Clip = {}): Promise<Buffer> {
  const directory = await mkdtemp(join(tmpdir(), 'clip-'));
  const path = join(directory, `clip.${extension}`);
  const picture = ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${rate}:duration=${seconds}`];
  const tone = sound === null ? [] : ['-f', 'lavfi', '-i', `${sound}:duration=${seconds}`];
  try {
    await run('ffmpeg', [
      '-v',
      'error',
      ...picture,
      ...tone,
      ...video,
      ...(sound === null ? [] : audio),
      ...extra,
      path,
    ]);
    return await readFile(path);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Stored lying, shown standing, as phones do it. */
async function rotated(size: string): Promise<Buffer> {
  const directory = await mkdtemp(join(tmpdir(), 'clip-'));
  const [plain, turned] = [join(directory, 'plain.mp4'), join(directory, 'turned.mp4')];
  try {
    const source = ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=30:duration=4`];
    await run('ffmpeg', ['-v', 'error', ...source, ...H264, plain]);
    const rotate = ['-c', 'copy', '-metadata:s:v:0', 'rotate=90', ...FAST_START];
    await run('ffmpeg', ['-v', 'error', '-i', plain, ...rotate, turned]);
    return await readFile(turned);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** As a camera writes it: the index at the end. */
export const moovLast = (more: Clip = {}) => clip({ extra: [], ...more });
export const webm = (more: Clip = {}) =>
  clip({
    video: ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8'],
    audio: ['-c:a', 'libopus'],
    extra: [],
    extension: 'webm',
    ...more,
  });

export const BAD_VIDEOS: Readonly<Record<string, MakeFile>> = {
  'a good reel': () => clip(),
  'a video with its index at the end': () => moovLast(),
  'a video in fragments': () => clip({ extra: ['-movflags', 'frag_keyframe+empty_moov'] }),
  'a VP9 video': () => clip({ video: ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8'] }),
  'an AV1 video': () => clip({ rate: 24, video: ['-c:v', 'libaom-av1', '-usage', 'realtime', '-cpu-used', '8'] }),
  'an HEVC video': () =>
    clip({ video: ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none', '-tag:v', 'hvc1'] }),
  'a ProRes video': () => clip({ video: ['-c:v', 'prores_ks', '-profile:v', '0'], extension: 'mov' }),
  'a WebM': () => webm(),
  'a Matroska': () => clip({ extra: [], extension: 'mkv' }),
  'an AVI': () => clip({ video: ['-c:v', 'mpeg4'], audio: ['-c:a', 'mp3'], extra: [], extension: 'avi' }),
  'a silent video': () => clip({ sound: null }),
  'a video in mono': () => clip({ audio: ['-c:a', 'aac', '-ac', '1'] }),
  'a video with 5.1 sound': () => clip({ audio: ['-c:a', 'aac', '-ac', '6'] }),
  'a video with sound at 96 kHz': () => clip({ audio: ['-c:a', 'aac', '-ar', '96000'] }),
  'a video with MP3 sound': () => clip({ audio: ['-c:a', 'mp3'] }),
  'a video of 10 frames a second': () => clip({ rate: 10 }),
  'a video of 24 frames a second': () => clip({ rate: 24 }),
  'a video of 120 frames a second': () => clip({ rate: 120 }),
  'a 4:4:4 video': () => clip({ video: ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv444p'] }),
  'an interlaced video': () => clip({ video: [...H264, '-vf', 'interlace', '-flags', '+ilme+ildct'] }),
  'a video that is turned': () => rotated('320x180'),
  'a video that is turned and too wide then': () => rotated('180x2000'),
  'a video of 2 seconds': () => clip({ seconds: 2 }),
  'a video of 60 seconds': () => clip({ seconds: 60, rate: 24 }),
  'a video of 61 seconds': () => clip({ seconds: 61, rate: 24 }),
  'a video of 2000 columns': () => clip({ size: '2000x200' }),
  'a video of 30:1': () => clip({ size: '960x32' }),
  'a video with junk behind it': async () => Buffer.concat([await clip(), Buffer.from('<script>'.repeat(4_000))]),
  'a video that is a ZIP, too': async () => Buffer.concat([await clip(), zip('x'.repeat(4_000))]),
  'half a video': async () => (await clip()).subarray(0, 20_000),
  'a recording that was never finished': async () => (await moovLast()).subarray(0, 20_000),
};
