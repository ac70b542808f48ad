import { mediaProblems, type MediaFacts, type VideoFacts } from '../../../src/assets/media-rules';
import { imageRecipe, isMendableVideo, remedyOf, type PictureFacts } from '../../../src/assets/mending-plan';
import { afterFailure, MAX_ATTEMPTS } from '../../../src/assets/mending-policy';
import { ffmpegArguments, videoRecipe } from '../../../src/assets/video-recipe';

const MIB = 1024 * 1024;

const image = (overrides: Partial<MediaFacts> = {}): MediaFacts => ({
  kind: 'image',
  contentType: 'image/jpeg',
  sizeBytes: MIB,
  width: 1080,
  height: 1350,
  durationSeconds: null,
  codecs: [],
  video: null,
  ...overrides,
});
const picture = (overrides: Partial<PictureFacts> = {}): PictureFacts => ({
  hasAlpha: false,
  frames: 1,
  orientation: 1,
  metadata: [],
  otherColours: null,
  hasTail: false,
  ...overrides,
});
const clip = (overrides: Partial<MediaFacts> = {}, video: Partial<VideoFacts> = {}): MediaFacts => ({
  kind: 'video',
  contentType: 'video/mp4',
  sizeBytes: 10 * MIB,
  width: 1080,
  height: 1920,
  durationSeconds: 20,
  codecs: ['h264', 'aac'],
  video: {
    frameRate: 30,
    bitRate: 5_000_000,
    interlaced: false,
    chroma: '4:2:0',
    moovAtFront: true,
    audio: { sampleRateHz: 48_000, channels: 2 },
    ...video,
  },
  ...overrides,
});

const auto = { wish: 'auto', tidy: true } as const;

describe('an image', () => {
  it('that Instagram takes and that tells nothing is left alone', () => {
    expect(imageRecipe(image(), picture(), auto)).toBeNull();
    expect(imageRecipe(image({ width: 320, height: 320 }), picture(), auto)).toBeNull();
  });

  it.each([
    [
      'a PNG',
      image({ contentType: 'image/png' }),
      picture({ hasAlpha: true }),
      ['converted from PNG to JPEG', 'transparency laid on white'],
    ],
    ['a WebP', image({ contentType: 'image/webp' }), picture(), ['converted from WebP to JPEG']],
    ['one over 8 MB', image({ sizeBytes: 9 * MIB }), picture(), ['compressed']],
    ['one with metadata', image(), picture({ metadata: ['EXIF', 'XMP'] }), ['metadata removed (EXIF, XMP)']],
    ['one on its side', image(), picture({ orientation: 6 }), ['turned upright']],
    ['CMYK', image(), picture({ otherColours: 'CMYK' }), ['colours converted from CMYK to sRGB']],
    ['one with a tail', image(), picture({ hasTail: true }), ['bytes behind the picture removed']],
    ['a wide one', image({ width: 4000, height: 3000 }), picture(), ['scaled from 4000 × 3000 to 1440 × 1080']],
  ])('%s is mended, and says how', (_name, media, about, done) => {
    expect(imageRecipe(media, about, auto)?.done).toEqual(done);
  });

  it('on another server is fetched only if Instagram would refuse it', () => {
    const elsewhere = { wish: 'auto', tidy: false } as const;
    expect(imageRecipe(image({ width: 4000, height: 4000 }), picture({ metadata: ['EXIF'] }), elsewhere)).toBeNull();
    expect(imageRecipe(image({ contentType: 'image/png' }), picture(), elsewhere)).not.toBeNull();
  });

  it('is never touched with mend=off, and never when it moves', () => {
    const png = image({ contentType: 'image/png' });
    expect(imageRecipe(png, picture(), { wish: 'off', tidy: true })).toBeNull();
    expect(imageRecipe(png, picture({ frames: 2 }), auto)).toBeNull();
  });

  it('keeps its shape unless one asks', () => {
    expect(imageRecipe(image({ width: 1000, height: 200 }), picture(), auto)).toBeNull();
  });

  it.each([
    [1000, 200],
    [200, 1000],
    [4000, 100],
    [1, 3000],
    [3000, 1],
    [333, 777],
    [1441, 700],
  ])('of %d × %d gets a shape that Instagram takes, padded or cropped', (width, height) => {
    for (const wish of ['pad', 'crop'] as const) {
      const recipe = imageRecipe(image({ width, height }), picture(), { wish, tidy: true });
      expect(recipe?.fit).toBe(wish);
      expect(recipe?.width).toBeLessThanOrEqual(1440);
      const mended = image({ width: recipe?.width ?? 0, height: recipe?.height ?? 0 });
      const extreme = Math.min(width, height) === 1 && wish === 'crop';
      if (!extreme) expect(mediaProblems(mended, 'feed_image')).toEqual([]);
    }
  });
});

describe('a video', () => {
  const mendable: [string, MediaFacts, RegExp][] = [
    ['with its index at the end', clip({}, { moovAtFront: false }), /^index moved to the front$/],
    ['in Matroska', clip({ contentType: 'video/x-matroska' }), /^converted from video\/x-matroska to MP4$/],
    ['in VP9', clip({ codecs: ['vp9', 'aac'] }), /^picture encoded again \(vp9 to H.264\)$/],
    ['with Opus', clip({ codecs: ['h264', 'opus'] }), /^sound encoded again \(opus to AAC/],
    ['with 5.1 sound', clip({}, { audio: { sampleRateHz: 48_000, channels: 6 } }), /^sound encoded again/],
    ['of 120 frames', clip({}, { frameRate: 120 }), /from 120 frames per second/],
    ['too wide', clip({ width: 3840, height: 2160 }), /from 3840 pixels wide to 1920/],
    ['too large', clip({ sizeBytes: 301 * MIB }), /smaller/],
  ];
  it.each(mendable)('%s is mended, and says how', (_name, media, done) => {
    expect(isMendableVideo(media, 'auto')).toBe(true);
    expect(videoRecipe(media)?.done.join('; ')).toMatch(done);
    expect(isMendableVideo(media, 'off')).toBe(false);
  });

  it('that is good, too short or too long is none of ours', () => {
    expect(isMendableVideo(clip(), 'auto')).toBe(false);
    expect(isMendableVideo(clip({ durationSeconds: 1 }, { moovAtFront: false }), 'auto')).toBe(false);
    expect(isMendableVideo(clip({ durationSeconds: 1000, codecs: ['vp9', 'aac'] }), 'auto')).toBe(false);
  });

  it('is encoded no further than it has to be', () => {
    const argumentsOf = (media: MediaFacts) => {
      const recipe = videoRecipe(media);
      return recipe ? ffmpegArguments(recipe, '/in', '/out').join(' ') : '';
    };
    expect(argumentsOf(clip({}, { moovAtFront: false }))).toMatch(/-c:v copy -c:a copy -movflags \+faststart/);
    expect(argumentsOf(clip({ codecs: ['hevc', 'mp3'] }))).toMatch(/-c:v copy -tag:v hvc1 -c:a aac/);
    expect(argumentsOf(clip({}, { chroma: '4:4:4' }))).toMatch(/libx264 .*yuv420p.* -c:a copy/);
    expect(argumentsOf(clip({}, { frameRate: 120 }))).toContain('fps=60');
    expect(argumentsOf(clip({}, { frameRate: 10 }))).toContain('fps=30');
  });

  it('is read as what its bytes are, from files only', () => {
    const recipe = videoRecipe(clip({ contentType: 'video/webm' }));
    const [first, second, third, fourth] = recipe ? ffmpegArguments(recipe, '/in', '/out') : [];
    expect([first, second, third, fourth]).toEqual(['-protocol_whitelist', 'file', '-f', 'matroska']);
  });

  it('of fifteen minutes gets a bit rate that keeps it below 300 MB', () => {
    const picture = videoRecipe(clip({ durationSeconds: 900, codecs: ['vp9', 'aac'] }))?.picture;
    expect(((picture?.maxBitRate ?? 0) + 128_000) * 900).toBeLessThan(300 * MIB * 8);
  });
});

describe('what is left says what would mend it', () => {
  const remedy = (media: MediaFacts, more: object = {}) => {
    const [problem] = mediaProblems(media, media.kind === 'image' ? 'feed_image' : 'reel');
    return problem && remedyOf(problem, { media, wish: 'auto', frames: 1, ffmpeg: false, ...more });
  };
  it.each([
    ['a shape', image({ width: 1000, height: 200 }), {}, /mend=pad.*mend=crop/],
    ['an animation', image({ contentType: 'image/gif' }), { frames: 3 }, /It moves/],
    ['an image left alone', image({ contentType: 'image/png' }), { wish: 'off' }, /without mend=off/],
    ['a video without ffmpeg', clip({ codecs: ['vp9'] }), {}, /if ffmpeg were installed/],
    [
      'a video that is too short, too',
      clip({ codecs: ['vp9'], durationSeconds: 1 }, { moovAtFront: false }),
      {},
      /once the other problems/,
    ],
  ])('%s', (_name, media, more, words) => {
    expect(remedy(media, more) ?? '').toMatch(words);
  });
});

describe('an attempt that failed', () => {
  it('is the last where the file is at fault', () => {
    for (const failure of ['refused', 'unmended', 'timeout'] as const)
      expect(afterFailure(failure, 1)).toEqual({ status: 'failed', message: expect.any(String) });
  });

  it('is followed by another, later and later, where the machine may be at fault, and at once when it was stopped', () => {
    expect(afterFailure('other', 1)).toEqual({ status: 'processing', inMs: 10_000 });
    expect(afterFailure('unreadable', 3)).toEqual({ status: 'processing', inMs: 30_000 });
    expect(afterFailure('interrupted', 2)).toEqual({ status: 'processing', inMs: 0 });
  });

  it('ends some time', () => {
    expect(afterFailure('interrupted', MAX_ATTEMPTS).status).toBe('failed');
  });
});
