import { randomBytes } from 'node:crypto';

/** What we keep and how it is served. Nothing that a browser would run: no HTML, no SVG. */
export const SERVED_TYPES: Readonly<Record<string, string>> = {
  avif: 'image/avif',
  gif: 'image/gif',
  heic: 'image/heic',
  jpg: 'image/jpeg',
  png: 'image/png',
  tif: 'image/tiff',
  webp: 'image/webp',
  '3gp': 'video/3gpp',
  avi: 'video/x-msvideo',
  m4v: 'video/x-m4v',
  mkv: 'video/x-matroska',
  mov: 'video/quicktime',
  mp4: 'video/mp4',
  mpg: 'video/mpeg',
  webm: 'video/webm',
};

const KEY = /^[0-9a-f]{40}\.([a-z0-9]{3,4})$/;

/** 160 random bits and the extension. */
export function newKey(extension: string): string {
  if (!SERVED_TYPES[extension]) throw new Error(`We do not keep .${extension} files`);
  return `${randomBytes(20).toString('hex')}.${extension}`;
}

/** The content type of a key, or null for what was never a key of ours. */
export function servedType(key: string): string | null {
  const extension = KEY.exec(key)?.[1];
  return (extension && SERVED_TYPES[extension]) || null;
}

const UPLOAD_KEY = /^[0-9a-f]{40}$/;

/** What an upload is expected under; it gets a key of its own when it is known what it is. */
export function newUploadKey(): string {
  return randomBytes(20).toString('hex');
}

export function isUploadKey(key: string): boolean {
  return UPLOAD_KEY.test(key);
}
