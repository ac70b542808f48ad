import { randomBytes, randomInt } from 'node:crypto';

const SHORTCODE_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Makes ids that look like Meta's and, like Meta's, do not survive a trip through a JavaScript number. */
export class Ids {
  // 17 digits, above 2^53 and always odd: `Number(id)` cannot represent a single one of them.
  private last = 17_900_000_000_000_001n + BigInt(randomInt(1, 1_000_000)) * 1_000_000n;

  /** The id of a container, a media or an account: 17 digits. */
  next(): string {
    this.last += 10n * BigInt(randomInt(1, 5_000));
    return this.last.toString();
  }
}

/** The code in a permalink: the media id in Instagram's base 64. */
export function shortcodeOf(mediaId: string): string {
  let rest = BigInt(mediaId);
  let code = '';
  while (rest > 0n) {
    code = SHORTCODE_ALPHABET.charAt(Number(rest % 64n)) + code;
    rest /= 64n;
  }
  return code;
}

/** What Meta asks for when one reports a failed call. */
export function newTraceId(): string {
  return `A${randomBytes(16).toString('base64url')}`;
}

/** Facebook tokens start with `EAA`, Instagram-Login tokens with `IGAA`; the rest is opaque. */
export function newTokenText(login: 'facebook' | 'instagram'): string {
  const secret = randomBytes(96)
    .toString('base64')
    .replace(/[^A-Za-z0-9]/g, '');
  return (login === 'facebook' ? 'EAASandbox' : 'IGAASandbox') + secret;
}

/** An authorization code; the two logins' codes look alike. */
export function newCode(): string {
  return `AQ${randomBytes(48).toString('base64url')}`;
}
