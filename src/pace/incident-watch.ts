import type { GraphErrorKind } from '../graph';

/** Errors that are Meta's own, or of the way to it: never the fault of one post, token or account. */
const OF_THE_PLATFORM: readonly GraphErrorKind[] = [
  'instagram_error',
  'service_unavailable',
  'network_error',
  'timeout_error',
  'unknown',
];

/** Looked at together. Milliseconds. */
const WINDOW_MS = 120_000;
/** So many different accounts must meet the same class of error… */
const LEAST_ACCOUNTS = 5;
/** …and they must be so large a part of all that called. */
const LEAST_SHARE = 0.5;

export function isOfThePlatform(kind: GraphErrorKind | null): boolean {
  return kind !== null && OF_THE_PLATFORM.includes(kind);
}

/** What one account met last, and when. */
interface Seen {
  kind: GraphErrorKind | null;
  atMs: number;
}

/**
 * Tells an incident of the platform from the troubles of single accounts: one class of error, spiking over many of them
 * at once. Each process watches its own calls; what it finds is written down for all (gates.repository.ts).
 */
export class IncidentWatch {
  private readonly last = new Map<string, Seen>();

  /** @returns the class of error that spikes with this call; null when none does */
  saw(accountId: string, kind: GraphErrorKind | null, atMs: number): GraphErrorKind | null {
    this.last.delete(accountId);
    this.last.set(accountId, { kind, atMs });
    // Oldest first, since each account is put at the end when it calls.
    for (const [id, seen] of this.last) {
      if (atMs - seen.atMs <= WINDOW_MS) break;
      this.last.delete(id);
    }
    if (kind === null || !isOfThePlatform(kind)) return null;
    const struck = [...this.last.values()].filter((seen) => seen.kind === kind).length;
    return struck >= LEAST_ACCOUNTS && struck >= this.last.size * LEAST_SHARE ? kind : null;
  }

  /** The incident is known or over: counting starts anew. */
  forget(): void {
    this.last.clear();
  }
}
