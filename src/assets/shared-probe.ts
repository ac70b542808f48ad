import { AtMost } from '../common/at-most';
import type { ProbedMedia, UrlProbe } from './media-probe';

/** So many files are fetched at once, whatever a request brings. */
const FETCHED_AT_ONCE = 8;

/** Looks at each URL once, however often it is asked for: what one post found out, or failed to, holds for the next. */
export class SharedProbe implements UrlProbe {
  private readonly found = new Map<string, Promise<ProbedMedia>>();
  private readonly fetching = new AtMost(FETCHED_AT_ONCE);

  constructor(private readonly probe: UrlProbe) {}

  probeUrl(url: string): Promise<ProbedMedia> {
    const known = this.found.get(url);
    if (known) return known;
    const media = this.fetching.run(() => this.probe.probeUrl(url));
    this.found.set(url, media);
    return media;
  }
}
