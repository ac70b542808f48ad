/**
 * Instagram's media specifications as data: https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media
 * ("Image Specifications", "Reels Specifications", "Story Video Specifications", read 2026-09). Decides, and does nothing else.
 *
 * Left out: "no edit lists", which nearly every encoder writes (AAC priming, B-frames) and Instagram takes; closed GOP,
 * which only decoding the whole file would show; the colour space and the sound's 128 kbit/s, which Instagram converts.
 */

export type MediaKind = 'image' | 'video';

/** What a medium is to be: each has its own limits. */
export type MediaTarget = 'feed_image' | 'story_image' | 'reel' | 'story_video' | 'carousel_image' | 'carousel_video';

/** What is known of a medium. Null: not known, or there is none; a rule without its fact says nothing. */
export interface MediaFacts {
  kind: MediaKind;
  contentType: string;
  sizeBytes: number;
  /** Pixels as shown, i.e. turned by EXIF orientation or the video's rotation. */
  width: number | null;
  height: number | null;
  durationSeconds: number | null;
  /** The picture's codec first, then the sound's: `['h264', 'aac']`. Empty for images. */
  codecs: string[];
  video: VideoFacts | null;
}

export interface VideoFacts {
  /** Frames per second, on average. */
  frameRate: number | null;
  /** Of the picture alone, in bits per second. */
  bitRate: number | null;
  interlaced: boolean;
  /** `4:2:0` */
  chroma: string | null;
  /** Whether the index (the moov atom) stands before the media, so that the file can be read as it arrives. */
  moovAtFront: boolean | null;
  audio: { sampleRateHz: number | null; channels: number | null } | null;
}

/** What a problem is about: mending-plan.ts decides by it. */
export type MediaRule =
  | 'kind'
  | 'format'
  | 'index'
  | 'size'
  | 'ratio'
  | 'width'
  | 'duration'
  | 'video_codec'
  | 'interlaced'
  | 'chroma'
  | 'frame_rate'
  | 'bit_rate'
  | 'audio_codec'
  | 'sample_rate'
  | 'channels';

/** A reason why Instagram would refuse a medium. The code is an `error_type` of the API. */
export interface MediaProblem {
  rule: MediaRule;
  code: 'media_invalid_format' | 'media_too_large' | 'media_aspect_ratio_error';
  message: string;
}

export interface Limits {
  /** As the user calls it, with its article. */
  name: string;
  kind: MediaKind;
  contentTypes: string[];
  formats: string;
  maxBytes: number;
  aspectRatio: { min: number; max: number; words: string } | null;
  maxWidth: number | null;
  seconds: { min: number; max: number } | null;
}

const MIB = 1024 * 1024;
const VIDEO_TYPES = ['video/mp4', 'video/quicktime', 'video/x-m4v'];

/** Of a single image and of one in a carousel. 320–1440 pixels are documented, but others are scaled into that range, not refused. */
const FEED_IMAGE: Omit<Limits, 'name'> = {
  kind: 'image',
  contentTypes: ['image/jpeg'],
  formats: 'JPEG',
  maxBytes: 8 * MIB,
  aspectRatio: { min: 4 / 5, max: 1.91, words: 'between 4:5 and 1.91:1' },
  maxWidth: null,
  seconds: null,
};

const SHORT_VIDEO: Omit<Limits, 'name' | 'aspectRatio'> = {
  kind: 'video',
  contentTypes: VIDEO_TYPES,
  formats: 'MP4 or MOV',
  maxBytes: 100 * MIB,
  maxWidth: 1920,
  seconds: { min: 3, max: 60 },
};

const LIMITS: Readonly<Record<MediaTarget, Limits>> = {
  feed_image: { name: 'a feed image', ...FEED_IMAGE },
  carousel_image: { name: 'an image of a carousel', ...FEED_IMAGE },
  story_image: { name: 'a story image', ...FEED_IMAGE, aspectRatio: null },
  reel: {
    name: 'a reel',
    kind: 'video',
    contentTypes: VIDEO_TYPES,
    formats: 'MP4 or MOV',
    maxBytes: 300 * MIB,
    aspectRatio: { min: 0.01, max: 10, words: 'between 0.01:1 and 10:1 (9:16 fills the screen)' },
    maxWidth: 1920,
    seconds: { min: 3, max: 15 * 60 },
  },
  story_video: {
    name: 'a story video',
    ...SHORT_VIDEO,
    aspectRatio: { min: 0.1, max: 10, words: 'between 0.1:1 and 10:1 (9:16 fills the screen)' },
  },
  // Instagram publishes no limits for these. Size and length are those of its last feed videos; the shape is not held to
  // theirs, since every item is cropped to the shape of the first.
  carousel_video: {
    name: 'a video of a carousel',
    ...SHORT_VIDEO,
    aspectRatio: { min: 0.01, max: 10, words: 'between 0.01:1 and 10:1' },
  },
};

/** The same for everything that moves. */
export const VIDEO_LIMITS = {
  codecs: ['h264', 'hevc'],
  chroma: '4:2:0',
  frameRate: { min: 23, max: 60 },
  maxBitRate: 25_000_000,
  audioCodec: 'aac',
  maxSampleRateHz: 48_000,
  maxChannels: 2,
};

/** What a medium of that kind is when nobody says: an image goes to the feed, a video is a reel. */
export function defaultTarget(kind: MediaKind): MediaTarget {
  return kind === 'image' ? 'feed_image' : 'reel';
}

export function limitsOf(target: MediaTarget): Limits {
  return LIMITS[target];
}

/** Everything that Instagram would refuse, each with the limit, what was found and what to do. Empty: it may be posted. */
export function mediaProblems(media: MediaFacts, target: MediaTarget): MediaProblem[] {
  const limits = LIMITS[target];
  if (media.kind !== limits.kind)
    return [
      invalid(
        'kind',
        `This is ${media.kind === 'image' ? 'an image' : 'a video'}; ${limits.name} has to be ${limits.kind === 'image' ? 'an image' : 'a video'}.`,
      ),
    ];
  return [
    ...formatProblems(media, limits),
    ...sizeProblems(media, limits),
    ...pictureProblems(media, limits),
    ...durationProblems(media, limits),
    ...(media.kind === 'video' ? [...streamProblems(media), ...audioProblems(media)] : []),
  ];
}

function formatProblems({ contentType, video }: MediaFacts, { name, contentTypes, formats }: Limits): MediaProblem[] {
  if (!contentTypes.includes(contentType))
    return [invalid('format', `Instagram takes ${formats} for ${name}; this is ${contentType}. Convert it.`)];
  if (video?.moovAtFront === false)
    return [
      invalid(
        'index',
        'The index of this video (the moov atom) stands at its end; Instagram wants it at the front. Remux it, e.g. ffmpeg -i in.mp4 -c copy -movflags +faststart out.mp4.',
      ),
    ];
  return [];
}

function sizeProblems({ sizeBytes }: MediaFacts, { name, maxBytes }: Limits): MediaProblem[] {
  if (sizeBytes <= maxBytes) return [];
  const found = Math.ceil((sizeBytes / MIB) * 10) / 10;
  return [
    {
      rule: 'size',
      code: 'media_too_large',
      message: `Instagram takes at most ${maxBytes / MIB} MB for ${name}; this has ${found} MB. Compress it.`,
    },
  ];
}

function pictureProblems({ width, height }: MediaFacts, { name, aspectRatio, maxWidth }: Limits): MediaProblem[] {
  if (width === null || height === null) return [];
  const problems: MediaProblem[] = [];
  // Two decimals, as the documents count: 1200 × 628 is 1.91:1.
  const ratio = Math.round((width / height) * 100) / 100;
  if (aspectRatio && (ratio < aspectRatio.min || ratio > aspectRatio.max))
    problems.push({
      rule: 'ratio',
      code: 'media_aspect_ratio_error',
      message: `The aspect ratio of ${name} has to be ${aspectRatio.words}; this has ${ratio}:1 (${width} × ${height}). Crop or pad it.`,
    });
  if (maxWidth !== null && width > maxWidth)
    problems.push(
      invalid('width', `${capital(name)} may be ${maxWidth} pixels wide at most; this has ${width}. Scale it down.`),
    );
  return problems;
}

function durationProblems({ durationSeconds }: MediaFacts, { name, seconds }: Limits): MediaProblem[] {
  if (durationSeconds === null || !seconds) return [];
  // Containers end on a frame or on a sound packet, a few hundredths off what was meant.
  const duration = Math.round(durationSeconds * 10) / 10;
  if (duration >= seconds.min && duration <= seconds.max) return [];
  const todo = duration < seconds.min ? 'Make it longer.' : 'Cut it.';
  return [
    invalid(
      'duration',
      `${capital(name)} lasts ${seconds.min} to ${seconds.max} seconds; this lasts ${duration}. ${todo}`,
    ),
  ];
}

function streamProblems({ codecs, video }: MediaFacts): MediaProblem[] {
  const { codecs: allowed, chroma, frameRate, maxBitRate } = VIDEO_LIMITS;
  const problems: MediaProblem[] = [];
  const codec = codecs[0];
  if (codec !== undefined && !allowed.includes(codec))
    problems.push(invalid('video_codec', `Instagram takes H.264 or HEVC video; this is ${codec}. Encode it again.`));
  if (!video) return problems;
  if (video.interlaced)
    problems.push(invalid('interlaced', 'Instagram takes progressive video; this is interlaced. Deinterlace it.'));
  if (video.chroma !== null && video.chroma !== chroma)
    problems.push(
      invalid(
        'chroma',
        `Instagram takes ${chroma} chroma subsampling; this has ${video.chroma}. Encode it as yuv420p.`,
      ),
    );
  // One decimal: a phone's 60 frames are 60.03 on average.
  const fps = video.frameRate === null ? null : Math.round(video.frameRate * 10) / 10;
  if (fps !== null && (fps < frameRate.min || fps > frameRate.max))
    problems.push(
      invalid(
        'frame_rate',
        `Instagram takes ${frameRate.min} to ${frameRate.max} frames per second; this has ${video.frameRate}. Encode it again.`,
      ),
    );
  if (video.bitRate !== null && video.bitRate > maxBitRate)
    problems.push(
      invalid(
        'bit_rate',
        `Instagram takes at most ${maxBitRate / 1e6} Mbit/s of video; this has ${Math.ceil(video.bitRate / 1e5) / 10}. Encode it smaller.`,
      ),
    );
  return problems;
}

function audioProblems({ codecs, video }: MediaFacts): MediaProblem[] {
  const { audioCodec, maxSampleRateHz, maxChannels } = VIDEO_LIMITS;
  const problems: MediaProblem[] = [];
  const other = codecs.slice(1).find((codec) => codec !== audioCodec);
  if (other !== undefined)
    problems.push(invalid('audio_codec', `Instagram takes AAC sound; this is ${other}. Encode the sound again.`));
  const { sampleRateHz = null, channels = null } = video?.audio ?? {};
  if (sampleRateHz !== null && sampleRateHz > maxSampleRateHz)
    problems.push(
      invalid(
        'sample_rate',
        `Instagram takes sound of at most ${maxSampleRateHz / 1000} kHz; this has ${sampleRateHz / 1000} kHz. Resample it.`,
      ),
    );
  if (channels !== null && channels > maxChannels)
    problems.push(invalid('channels', `Instagram takes mono or stereo; this has ${channels} channels. Mix it down.`));
  return problems;
}

function invalid(rule: MediaRule, message: string): MediaProblem {
  return { rule, code: 'media_invalid_format', message };
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
