/** One request for a file of ours, as it ended. */
export interface MediaFetch {
  key: string;
  /** Null: the URL was made for a front end, or was no good. */
  postId: number | null;
  /** Which medium of the post, counted from 0. */
  item: number | null;
  at: Date;
  method: string;
  userAgent: string | null;
  /** The `Range` that was asked for. */
  range: string | null;
  status: number;
  bytesSent: number;
  /** Bytes that the answer was to have; null: not known. */
  bytesWanted: number | null;
  durationMs: number;
  /** False: the connection broke before the answer was sent whole. */
  isWhole: boolean;
}

/** What a story needs to know of a fetch. */
export type SeenFetch = Omit<MediaFetch, 'key' | 'postId' | 'item'>;

/** Meta: "Web Crawlers" (developers.facebook.com/docs/sharing/webmasters/web-crawlers), reference §3.3. */
const CRAWLERS = /facebookexternalhit|meta-external|facebookcatalog|facebookbot|instagram/i;

export function isMeta(userAgent: string | null): boolean {
  return CRAWLERS.test(userAgent ?? '');
}

/** One fetch in a sentence: "Meta read 3.0 of 8.0 MB, then the connection broke (12.3 s)". */
export function storyOf(fetch: SeenFetch): string {
  const who = isMeta(fetch.userAgent) ? 'Meta' : 'Somebody who does not call themselves Meta';
  const took = `(${(fetch.durationMs / 1_000).toFixed(1)} s)`;
  const { status, bytesSent, bytesWanted, method, range } = fetch;
  if (status >= 300) return `${who} got ${status}${WHY[status] ?? ''} ${took}`;
  if (method === 'HEAD') return `${who} asked for the size ${took}`;
  if (!fetch.isWhole) return `${who} read ${amount(bytesSent, bytesWanted)}, then the connection broke ${took}`;
  const what = range === null ? 'all' : `${range.replace('=', ' ')}:`;
  return `${who} read ${what} ${size(bytesSent)} ${took}`;
}

const WHY: Record<number, string> = {
  403: ' (the signature of the URL was wrong or missing: does something on the way change URLs?)',
  404: ' (the file is gone)',
  410: ' (the URL had expired)',
  416: ' (it asked for a part that is not there)',
};

/**
 * What the relay knows when Meta says that it could not get the medium: who failed at what. Of all fetches since the URL
 * was made, oldest first.
 */
export function findingOf(fetches: readonly SeenFetch[], publicBaseUrl: string): string {
  const asked = fetches.filter(({ method }) => method !== 'HEAD');
  const last = asked.at(-1) ?? fetches.at(-1);
  if (!last)
    return `Meta never came for the file: can ${publicBaseUrl} be reached from the internet, and does nothing (a firewall, a login page, robots.txt) keep Meta's crawler off?`;
  const whole = asked.filter(({ status, isWhole }) => isWhole && status < 300);
  if (whole.length > 0 && last.isWhole && last.status < 300) {
    const bytes = Math.max(...whole.map(({ bytesSent }) => bytesSent));
    return `Meta did read the file from us (${fetches.length} request(s), up to ${size(bytes)} at once), so it is the file that it did not like.`;
  }
  return `${storyOf(last)}.`;
}

function amount(sent: number, wanted: number | null): string {
  return wanted === null ? size(sent) : `${size(sent).replace(/ MB$/, '')} of ${size(wanted)}`;
}

function size(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
