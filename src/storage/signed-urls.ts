import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { Settings } from '../config/settings';
import type { FetchPurpose } from './storage';

const DAY_SECONDS = 86_400;
/** A container lives 24 h (reference §2.4) and Meta may fetch as late as it likes in it. */
const META_SECONDS = 26 * 3_600;
const INFO = 'instagram-publisher: signed media URLs, v1';

/** What a signature holds for, and what it says besides. */
interface Signed {
  verb: 'GET' | 'PUT';
  key: string;
  /** Unix time, seconds. */
  expires: number;
  purpose: FetchPurpose | null;
  sizeBytes: number | null;
}

export type Verdict =
  { is: 'valid' | 'expired'; purpose: FetchPurpose | null; sizeBytes: number | null } | { is: 'forged' };

/**
 * URLs of our own server that whoever has one may use until it expires. HMAC-SHA256 with keys derived from
 * ENCRYPTION_KEYS: the first signs, all verify, so a rotation breaks no URL before its old key is taken away.
 */
@Injectable()
export class SignedUrls {
  // Hard-private: printing this shows no key.
  readonly #keys: Map<string, Buffer>;
  readonly #active: string;
  private readonly base: string;

  constructor(
    settings: Settings,
    private readonly clock: Clock,
  ) {
    this.#keys = new Map(
      settings.vaultKeys.map(({ kid, key }) => [kid, Buffer.from(hkdfSync('sha256', key, '', INFO, 32))]),
    );
    this.#active = settings.vaultKeys[0]?.kid ?? '';
    this.base = settings.http.publicBaseUrl;
  }

  /** The same all day, valid until the end of the next (UTC). */
  toShow(key: string): string {
    const expires = (Math.floor(this.seconds() / DAY_SECONDS) + 2) * DAY_SECONDS;
    return this.file({ verb: 'GET', key, expires, purpose: null, sizeBytes: null });
  }

  forMeta(key: string, purpose: FetchPurpose): string {
    return this.file({ verb: 'GET', key, expires: this.seconds() + META_SECONDS, purpose, sizeBytes: null });
  }

  toUpload(key: string, sizeBytes: number, until: Date): string {
    const expires = Math.floor(until.getTime() / 1_000);
    return `${this.base}/uploads/${key}?${this.query({ verb: 'PUT', key, expires, purpose: null, sizeBytes })}`;
  }

  /** @param query of the URL that somebody came with */
  check(verb: Signed['verb'], key: string, query: Partial<Record<string, unknown>>): Verdict {
    const { k: kid, s: signature } = query;
    const [expires, sizeBytes] = [wholeNumber(query.e), wholeNumber(query.n)];
    const [postId, item] = [wholeNumber(query.p), wholeNumber(query.i)];
    if (typeof kid !== 'string' || typeof signature !== 'string' || expires === null) return { is: 'forged' };
    const said = { purpose: postId === null || item === null ? null : { postId, item }, sizeBytes };
    const expected = this.sign({ verb, key, expires, ...said }, kid);
    if (expected === null || !isSame(expected, signature)) return { is: 'forged' };
    return { is: expires > this.seconds() ? 'valid' : 'expired', ...said };
  }

  private file(signed: Signed): string {
    return `${this.base}/files/${signed.key}?${this.query(signed)}`;
  }

  private query(signed: Signed): string {
    const { expires, purpose, sizeBytes } = signed;
    return new URLSearchParams({
      e: String(expires),
      ...(purpose ? { p: String(purpose.postId), i: String(purpose.item) } : {}),
      ...(sizeBytes === null ? {} : { n: String(sizeBytes) }),
      k: this.#active,
      s: this.sign(signed, this.#active) ?? '',
    }).toString();
  }

  private sign({ verb, key, expires, purpose, sizeBytes }: Signed, kid: string): string | null {
    const secret = this.#keys.get(kid);
    if (!secret) return null;
    const said = JSON.stringify([verb, key, expires, purpose?.postId ?? null, purpose?.item ?? null, sizeBytes]);
    return createHmac('sha256', secret).update(said).digest('base64url');
  }

  private seconds(): number {
    return Math.floor(this.clock.now().getTime() / 1_000);
  }
}

function wholeNumber(text: unknown): number | null {
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
