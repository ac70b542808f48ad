import { fileTypeFromBuffer } from 'file-type';
import { AppError } from '../common/app-error';
import type { MediaKind } from './media-rules';

/** What the first bytes of a file say that it is. */
export interface MediaType {
  kind: MediaKind;
  contentType: string;
  /** What it is stored as; one of storage's served types. */
  extension: string;
}

/** How many of the first bytes decide. */
export const HEAD_BYTES = 64 * 1024;

/** What we can read the facts of. Whether Instagram takes it is for media-rules.ts to say. */
const MEDIA_TYPES: Readonly<Record<string, MediaType>> = {
  'image/jpeg': image('jpg'),
  'image/png': image('png'),
  'image/apng': image('png', 'image/png'),
  'image/webp': image('webp'),
  'image/gif': image('gif'),
  'image/avif': image('avif'),
  'image/tiff': image('tif'),
  'image/heic': image('heic'),
  'image/heif': image('heic', 'image/heic'),
  'image/heic-sequence': image('heic', 'image/heic'),
  'image/heif-sequence': image('heic', 'image/heic'),
  'video/mp4': video('mp4'),
  'video/quicktime': video('mov'),
  'video/x-m4v': video('m4v'),
  'video/3gpp': video('3gp'),
  'video/webm': video('webm'),
  'video/matroska': video('mkv', 'video/x-matroska'),
  'video/vnd.avi': video('avi', 'video/x-msvideo'),
  'video/mpeg': video('mpg'),
};

/**
 * Decides by the bytes, whatever the file is called and its sender claims.
 * @throws AppError `media_invalid_format`, saying what the bytes are instead
 */
export async function mediaTypeOf(head: Uint8Array): Promise<MediaType> {
  const found = await fileTypeFromBuffer(head);
  const type = found && MEDIA_TYPES[found.mime];
  if (type) return { ...type, contentType: type.contentType || found.mime };
  throw new AppError(
    'media_invalid_format',
    `This is ${found ? describe(found.mime) : guess(head)}. Send a JPEG image or an MP4 video.`,
  );
}

function image(extension: string, contentType = ''): MediaType {
  return { kind: 'image', contentType, extension };
}

function video(extension: string, contentType = ''): MediaType {
  return { kind: 'video', contentType, extension };
}

function describe(mime: string): string {
  if (/^(image|video)\//.test(mime)) return `${mime}, which cannot be posted`;
  return `${mime.startsWith('audio/') ? 'sound' : 'a file'} of type ${mime}, not an image or a video`;
}

function guess(head: Uint8Array): string {
  const start = Buffer.from(head.subarray(0, 1024)).toString('latin1').trimStart().toLowerCase();
  if (/^(<!doctype html|<html|<head|<body)/.test(start)) return 'a web page (HTML), not an image or a video';
  if (/^<(\?xml|svg|!doctype svg)/.test(start)) return 'XML or SVG, not an image or a video that can be posted';
  // Control characters are the mark of a binary file.
  return /[\x00-\x08\x0e-\x1f]/.test(start)
    ? 'neither an image nor a video that we know'
    : 'text, not an image or a video';
}
