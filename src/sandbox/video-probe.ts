import { type FileHandle } from 'node:fs/promises';
import { type MediaInfo, mediaInfoFactory } from 'mediainfo.js';

/** What is in a video file; null where the file does not say. */
export interface VideoFacts {
  video_codec: string;
  /** As shown: a phone's upright clip is stored lying, with a rotation. */
  width: number;
  height: number;
  seconds: number;
  frame_rate: number | null;
  bit_rate: number | null;
  chroma: string | null;
  scan: string | null;
  audio_codec: string | null;
  audio_rate: number | null;
  audio_channels: number | null;
}

let library: Promise<MediaInfo> | null = null;
// One MediaInfo reads one file at a time; loading a second one costs more than waiting.
let queue: Promise<unknown> = Promise.resolve();

/** Reads the tracks of an open file, a few chunks of it; null when there is no video track. */
export function probeVideo(file: FileHandle, size: number): Promise<VideoFacts | null> {
  const probe = queue.then(() => read(file, size));
  queue = probe.catch(() => undefined);
  return probe;
}

async function read(file: FileHandle, size: number): Promise<VideoFacts | null> {
  library ??= mediaInfoFactory();
  const info = await library;
  const result = await info.analyzeData(size, async (length, offset) => {
    const chunk = new Uint8Array(length);
    const { bytesRead } = await file.read(chunk, 0, length, offset);
    return chunk.subarray(0, bytesRead);
  });
  const tracks = result.media?.track ?? [];
  const video = tracks.find((track) => track['@type'] === 'Video');
  const audio = tracks.find((track) => track['@type'] === 'Audio');
  if (!video) return null;
  const isTurned = Math.abs(Number(video.Rotation ?? 0)) % 180 === 90;
  const { Width: width = 0, Height: height = 0 } = video;
  return {
    video_codec: video.Format ?? 'unknown',
    width: isTurned ? height : width,
    height: isTurned ? width : height,
    seconds: video.Duration ?? 0,
    frame_rate: video.FrameRate ?? null,
    bit_rate: video.BitRate ?? null,
    chroma: video.ChromaSubsampling ?? null,
    scan: video.ScanType ?? null,
    audio_codec: audio?.Format ?? null,
    audio_rate: audio?.SamplingRate ?? null,
    audio_channels: audio?.Channels ?? null,
  };
}
