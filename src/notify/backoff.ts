const FIRST_MS = 60_000;
const LONGEST_MS = 3_600_000;
/** On top of the delay, so that what failed together does not come back together. */
const JITTER = 0.5;
const DAY_MS = 86_400_000;
/** The last attempt is made when the day ends, and may find its worker busy. */
const STALE_MS = DAY_MS + LONGEST_MS;

/** An attempt that failed. */
export interface FailedAttempt {
  /** Attempts made so far, this one among them. */
  attempts: number;
  /** Since the message was first to be sent. */
  ageMs: number;
  /** Another attempt would be answered the same. */
  permanent: boolean;
  /** The receiver asked to be left alone for so long. */
  retryAfterMs?: number;
}

/**
 * When to try again: after one minute, doubling up to an hour, for a day.
 * @param random 0 ≤ random < 1
 * @returns milliseconds from now; null: give up
 */
export function nextAttemptIn(
  { attempts, ageMs, permanent, retryAfterMs = 0 }: FailedAttempt,
  random: number,
): number | null {
  if (permanent || ageMs >= DAY_MS) return null;
  const delay = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, attempts - 1)) * (1 + JITTER * random);
  const lastChanceIn = Math.max(FIRST_MS, DAY_MS - ageMs);
  return Math.round(Math.min(Math.max(delay, retryAfterMs), lastChanceIn));
}

/** A message that no worker was there to send: it would only confuse now. */
export function isStale(ageMs: number): boolean {
  return ageMs > STALE_MS;
}
