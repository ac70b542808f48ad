import { DAY_MS } from './tokens';

/** How often something happened to each account within the last 24 hours: Meta's quotas roll, they do not reset. */
export class RollingCount {
  private readonly times = new Map<string, number[]>();

  add(accountId: string, at: number): void {
    const times = this.times.get(accountId);
    if (!times) return void this.times.set(accountId, [at]);
    const place = times.findLastIndex((time) => time <= at) + 1;
    times.splice(place, 0, at);
  }

  /** Occurrences since `since` (ms), at most 24 h back. */
  count(accountId: string, now: number, since = 0): number {
    const times = this.times.get(accountId) ?? [];
    const first = Math.max(since, now - DAY_MS + 1);
    let low = 0;
    for (let high = times.length; low < high;) {
      const middle = (low + high) >> 1;
      if ((times[middle] ?? 0) < first) low = middle + 1;
      else high = middle;
    }
    return times.length - low;
  }

  clear(): void {
    this.times.clear();
  }
}
