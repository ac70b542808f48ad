import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits that are shown once: whoever has them may go on; of them only the hash is kept. */
export function newOneTimeText(): { text: string; hash: Buffer } {
  const text = randomBytes(32).toString('base64url');
  return { text, hash: hashOf(text) };
}

/** Looking it up by hash leaves nothing to time, and nothing to read in a dump. */
export function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
