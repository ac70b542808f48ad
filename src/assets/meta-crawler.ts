import { text } from 'node:stream/consumers';
import { Injectable } from '@nestjs/common';
import robotsParser from 'robots-parser';
import { AppError } from '../common/app-error';
import { GuardedHttp } from '../net/guarded-http';

/** What Meta's crawlers call themselves: https://developers.facebook.com/docs/sharing/webmasters/web-crawlers */
const CRAWLER = 'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)';
const ROBOTS_NAMES = ['facebookexternalhit', 'meta-externalfetcher'];

/** Media are asked for as Meta asks: by its name, without any login. */
export const AS_META = { 'user-agent': CRAWLER };

/** Meta wants an answer "within a few seconds", and says 2207003 when it had to wait too long. */
const SLOW_MS = 5_000;
const ROBOTS_TIMEOUT_MS = 5_000;
const ROBOTS_BYTES = 512 * 1024;

/** @param answeredMs from the first word to the head of the answer, redirects and all */
export function slownessWarnings(answeredMs: number, url: string): string[] {
  if (answeredMs < SLOW_MS) return [];
  const seconds = (answeredMs / 1_000).toFixed(1);
  return [
    `${new URL(url).origin}/… took ${seconds} s to answer. Instagram gives up on slow servers (2207003): warm the file up, or upload it here.`,
  ];
}

/** What stands in the place of a medium, when it is a web page: a login, a consent page, a preview. Null: it is none. */
export function webPageProblem(head: Uint8Array, contentType: string | undefined, { origin }: URL): AppError | null {
  const start = Buffer.from(head.subarray(0, 4096)).toString('utf8');
  const isPage = /^\s*(<!doctype html|<html|<head|<body)/i.test(start) || /^text\/html\b/i.test(contentType ?? '');
  if (!isPage) return null;
  const title = /<title[^>]*>([^<]{1,200})/i.exec(start)?.[1]?.replace(/\s+/g, ' ').trim().slice(0, 80);
  const named = title ? `, “${title}”` : '';
  return new AppError(
    'media_unreachable',
    `${origin}/… answers a web page (${contentType ?? 'HTML'}${named}), no media.`,
    {
      action_required:
        'Instagram fetches media itself: the URL has to answer a plain GET with the file, without a login, a consent page or a preview. Or upload the file here.',
    },
  );
}

/**
 * Whether a site's robots.txt keeps Meta's crawlers off a URL. A warning, no error: Meta's page says that the one for shared
 * content follows robots.txt but for security checks, and that the one for what users ask for may pass it over; it
 * does not say which of them fetches media to be published.
 */
@Injectable()
export class RobotsCheck {
  constructor(private readonly http: GuardedHttp) {}

  /** Never fails: a robots.txt that can't be had forbids nothing. */
  async warnings(url: string, signal: AbortSignal): Promise<string[]> {
    try {
      const place = new URL('/robots.txt', url).href;
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(ROBOTS_TIMEOUT_MS)]);
      const found = await this.http.open(place, { headers: AS_META, maxBytes: ROBOTS_BYTES, signal: deadline });
      if (found.status !== 200) {
        found.body.destroy();
        return [];
      }
      const rules = robotsParser(place, await text(found.body));
      const kept = ROBOTS_NAMES.filter((name) => rules.isDisallowed(url, name));
      if (kept.length === 0) return [];
      return [
        `${new URL(url).origin}/robots.txt keeps ${kept.join(' and ')} off this URL, so Instagram may not fetch it. Allow it there, or upload the file here.`,
      ];
    } catch {
      return [];
    }
  }
}
