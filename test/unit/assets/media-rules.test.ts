import {
  defaultTarget,
  mediaProblems,
  type MediaFacts,
  type MediaTarget,
  type VideoFacts,
} from '../../../src/assets/media-rules';

const MIB = 1024 * 1024;

const photo = (overrides: Partial<MediaFacts> = {}): MediaFacts => ({
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

const codes = (media: MediaFacts, target: MediaTarget) => mediaProblems(media, target).map(({ code }) => code);

it('an image goes to the feed and a video is a reel when nobody says', () => {
  expect([defaultTarget('image'), defaultTarget('video')]).toEqual(['feed_image', 'reel']);
});

describe('what fits has no problems', () => {
  const fits: [string, MediaFacts, MediaTarget][] = [
    ['a portrait JPEG in the feed', photo(), 'feed_image'],
    ['a JPEG of exactly 8 MB', photo({ sizeBytes: 8 * MIB }), 'feed_image'],
    ['a JPEG at 4:5', photo({ width: 1080, height: 1350 }), 'feed_image'],
    ['a JPEG at 1.91:1', photo({ width: 1910, height: 1000 }), 'feed_image'],
    ['a JPEG of 1200 × 628, which everybody calls 1.91:1', photo({ width: 1200, height: 628 }), 'feed_image'],
    ['a small and a large JPEG, since Instagram scales them', photo({ width: 100, height: 100 }), 'feed_image'],
    ['a large JPEG', photo({ width: 6000, height: 6000 }), 'feed_image'],
    ['a JPEG of any aspect ratio in a story', photo({ width: 100, height: 2000 }), 'story_image'],
    ['an MP4 as a reel', clip(), 'reel'],
    ['a MOV as a reel', clip({ contentType: 'video/quicktime' }), 'reel'],
    ['HEVC', clip({ codecs: ['hevc', 'aac'] }), 'reel'],
    ['a silent video', clip({ codecs: ['h264'] }, { audio: null }), 'reel'],
    ['a reel of exactly 300 MB', clip({ sizeBytes: 300 * MIB }), 'reel'],
    ['a reel of 3 seconds', clip({ durationSeconds: 3 }), 'reel'],
    ['a reel of 15 minutes', clip({ durationSeconds: 900 }), 'reel'],
    ['a reel that ends a sound packet late', clip({ durationSeconds: 900.04 }), 'reel'],
    ['a reel at 23 frames', clip({}, { frameRate: 23 }), 'reel'],
    ['a reel at 23.976 frames', clip({}, { frameRate: 23.976 }), 'reel'],
    ['a reel at 60 frames', clip({}, { frameRate: 60 }), 'reel'],
    ['a reel of 1920 columns', clip({ width: 1920, height: 1080 }), 'reel'],
    ['a reel of exactly 25 Mbit/s', clip({}, { bitRate: 25_000_000 }), 'reel'],
    ['a story video of 100 MB and 60 seconds', clip({ sizeBytes: 100 * MIB, durationSeconds: 60 }), 'story_video'],
    [
      'a video of which little is known',
      clip({ width: null, height: null, durationSeconds: null, video: null }),
      'reel',
    ],
    [
      'a video whose details are unknown',
      clip(
        {},
        {
          frameRate: null,
          bitRate: null,
          chroma: null,
          moovAtFront: null,
          audio: { sampleRateHz: null, channels: null },
        },
      ),
      'reel',
    ],
  ];
  it.each(fits)('%s', (_name, media, target) => {
    expect(mediaProblems(media, target)).toEqual([]);
  });
});

describe('what does not fit is told with the limit, what was found and what to do', () => {
  const refused: [string, MediaFacts, MediaTarget, string, RegExp][] = [
    ['a PNG', photo({ contentType: 'image/png' }), 'feed_image', 'media_invalid_format', /JPEG.*image\/png.*Convert/],
    ['a WebP story', photo({ contentType: 'image/webp' }), 'story_image', 'media_invalid_format', /JPEG.*image\/webp/],
    ['a heavy JPEG', photo({ sizeBytes: 8 * MIB + 1 }), 'feed_image', 'media_too_large', /at most 8 MB.*8\.1 MB/],
    ['a heavy story image', photo({ sizeBytes: 9 * MIB }), 'story_image', 'media_too_large', /8 MB.*9 MB/],
    [
      'a tall image',
      photo({ width: 1080, height: 1920 }),
      'feed_image',
      'media_aspect_ratio_error',
      /4:5 and 1\.91:1.*0\.56:1 \(1080 × 1920\)/,
    ],
    ['a wide image', photo({ width: 2000, height: 1000 }), 'feed_image', 'media_aspect_ratio_error', /2:1/],
    ['a WebM', clip({ contentType: 'video/webm' }), 'reel', 'media_invalid_format', /MP4 or MOV.*video\/webm/],
    ['an index at the end', clip({}, { moovAtFront: false }), 'reel', 'media_invalid_format', /moov.*faststart/],
    ['a heavy reel', clip({ sizeBytes: 300 * MIB + 1 }), 'reel', 'media_too_large', /300 MB/],
    ['a heavy story', clip({ sizeBytes: 100 * MIB + 1 }), 'story_video', 'media_too_large', /100 MB/],
    ['a short reel', clip({ durationSeconds: 2.9 }), 'reel', 'media_invalid_format', /3 to 900 seconds.*2\.9.*longer/],
    ['a long reel', clip({ durationSeconds: 901 }), 'reel', 'media_invalid_format', /901.*Cut/],
    ['a short story', clip({ durationSeconds: 1 }), 'story_video', 'media_invalid_format', /3 to 60/],
    ['a long story', clip({ durationSeconds: 61 }), 'story_video', 'media_invalid_format', /3 to 60.*61/],
    ['a ribbon', clip({ width: 1900, height: 100 }), 'reel', 'media_aspect_ratio_error', /19:1/],
    ['a thread', clip({ width: 10, height: 1900 }), 'story_video', 'media_aspect_ratio_error', /0\.1:1/],
    ['4K', clip({ width: 3840, height: 2160 }), 'reel', 'media_invalid_format', /1920 pixels wide.*3840/],
    ['VP9', clip({ codecs: ['vp9', 'aac'] }), 'reel', 'media_invalid_format', /H\.264 or HEVC.*vp9/],
    ['interlaced', clip({}, { interlaced: true }), 'reel', 'media_invalid_format', /progressive/],
    ['4:2:2', clip({}, { chroma: '4:2:2' }), 'reel', 'media_invalid_format', /4:2:0.*4:2:2/],
    ['slow', clip({}, { frameRate: 15 }), 'reel', 'media_invalid_format', /23 to 60.*15/],
    ['fast', clip({}, { frameRate: 120 }), 'story_video', 'media_invalid_format', /23 to 60.*120/],
    ['a rich bit rate', clip({}, { bitRate: 25_000_001 }), 'reel', 'media_invalid_format', /25 Mbit\/s.*25\.1/],
    ['Opus', clip({ codecs: ['h264', 'opus'] }), 'reel', 'media_invalid_format', /AAC.*opus/],
    [
      '96 kHz',
      clip({}, { audio: { sampleRateHz: 96_000, channels: 2 } }),
      'reel',
      'media_invalid_format',
      /48 kHz.*96 kHz/,
    ],
    ['5.1', clip({}, { audio: { sampleRateHz: 48_000, channels: 6 } }), 'reel', 'media_invalid_format', /6 channels/],
  ];
  it.each(refused)('%s', (_name, media, target, code, sentence) => {
    const problems = mediaProblems(media, target);
    expect(problems).toMatchObject([{ code, message: expect.stringMatching(sentence) }]);
  });

  it('a medium of the other kind has that one problem', () => {
    expect(mediaProblems(clip(), 'feed_image')).toMatchObject([
      { code: 'media_invalid_format', message: 'This is a video; a feed image has to be an image.' },
    ]);
    expect(codes(photo(), 'reel')).toEqual(['media_invalid_format']);
    expect(codes(photo(), 'story_video')).toEqual(['media_invalid_format']);
    expect(codes(clip(), 'story_image')).toEqual(['media_invalid_format']);
  });

  it('all problems come at once', () => {
    const bad = clip({ sizeBytes: 400 * MIB, durationSeconds: 1, codecs: ['av1', 'opus'] }, { frameRate: 10 });
    expect(codes(bad, 'reel')).toHaveLength(5);
  });
});
