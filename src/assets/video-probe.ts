import { mediaInfoFactory, type MediaInfo, type MediaInfoResult } from 'mediainfo.js';
import { AppError } from '../common/app-error';
import type { ByteSource } from './byte-source';
import type { VideoFacts } from './media-rules';

export interface ProbedVideo {
  width: number;
  height: number;
  durationSeconds: number;
  codecs: string[];
  facts: VideoFacts;
}

/** Reads of a chunk each; a file that sends the parser in circles ends here. */
const MAX_READS = 5_000;

/** MediaInfo's names to those that players and ffmpeg use. */
const CODECS: Readonly<Record<string, string>> = {
  AVC: 'h264',
  HEVC: 'hevc',
  'MPEG-4 Visual': 'mpeg4',
  'MPEG Video': 'mpeg2',
  'MPEG Audio': 'mp3',
};

/**
 * What a video is made of, by MediaInfo (WebAssembly). One instance a file: it takes 25 ms to make, isn't re-entrant, and
 * what a hostile file does to it ends with it.
 * @throws AppError `media_invalid_format`
 */
export async function probeVideo(source: ByteSource): Promise<ProbedVideo> {
  const parser = await mediaInfoFactory({ format: 'object' });
  try {
    return factsOf(await analyse(parser, source), source.sizeBytes);
  } finally {
    parser.close();
  }
}

async function analyse(parser: MediaInfo<'object'>, source: ByteSource): Promise<MediaInfoResult> {
  let reads = 0;
  return parser.analyzeData(source.sizeBytes, (length, offset) => {
    if (++reads > MAX_READS) throw damaged();
    return source.read(offset, length);
  });
}

function factsOf(result: MediaInfoResult, sizeBytes: number): ProbedVideo {
  const tracks = result.media?.track ?? [];
  const general = tracks.find((track) => track['@type'] === 'General');
  const video = tracks.find((track) => track['@type'] === 'Video');
  const audio = tracks.find((track) => track['@type'] === 'Audio');
  const missing = video?.StreamSize !== undefined && video.StreamSize > sizeBytes;
  if (missing || general?.extra?.IsTruncated === 'Yes')
    throw new AppError(
      'media_invalid_format',
      'The video file is cut off (parts that its own index names are missing), or other bytes stand behind it. Send it whole, and alone.',
    );
  if (!video)
    throw audio
      ? new AppError('media_invalid_format', 'The file holds sound only, no picture. Send a video.')
      : new AppError(
          'media_invalid_format',
          'The video has no index (no moov atom): its recording or upload was not finished. Export it again.',
        );

  const durationSeconds = general?.Duration ?? video.Duration;
  if (!video.Width || !video.Height || !durationSeconds) throw damaged();
  const turned = Number(video.Rotation ?? 0) % 180 !== 0;
  return {
    width: turned ? video.Height : video.Width,
    height: turned ? video.Width : video.Height,
    durationSeconds,
    codecs: [video.Format, audio?.Format]
      .filter((name) => name !== undefined)
      .map((name) => CODECS[name] ?? name.toLowerCase()),
    facts: {
      frameRate: video.FrameRate ?? null,
      bitRate: video.BitRate ?? null,
      interlaced: video.ScanType !== undefined && video.ScanType !== 'Progressive',
      chroma: video.ChromaSubsampling ?? null,
      moovAtFront: general?.Format === 'MPEG-4' ? general.IsStreamable === 'Yes' : null,
      audio: audio ? { sampleRateHz: audio.SamplingRate ?? null, channels: audio.Channels ?? null } : null,
    },
  };
}

function damaged(): AppError {
  return new AppError(
    'media_invalid_format',
    'The video is damaged: its size or duration could not be read. Export it again.',
  );
}
