/** Meta: rolling window of both limits (reference §2.6). */
const WINDOW_MS = 24 * 3_600_000;
/** Meta: 400 containers per account in 24 hours (reference §2.6). */
export const CONTAINERS_PER_DAY = 400;
/** Containers are counted by the hour: one leaves the count when its whole hour has left the window. */
const CONTAINER_WINDOW_MS = 25 * 3_600_000;
/** Posts that others publish on the account come to light only by asking again. */
const ASK_AGAIN_MS = 6 * 3_600_000;
/** Before a post has to wait for the quota, what we know of it may be no older than this. */
const FRESH_ENOUGH_MS = 10 * 60_000;
const NEXT_LOOK_MS = 3_600_000;

/** What is known of an account's publishing quota in the last 24 hours. */
export interface QuotaLedger {
  /** Instagram's limit; null: it never said one, and none is assumed. */
  total: number | null;
  /** Published by others than us, as far as Instagram's count told. */
  external: number;
  /** When Instagram was asked last; null: never. */
  seenAt: Date | null;
  /** Instagram refused a publish call because of the quota: nothing is published before. */
  exhaustedUntil: Date | null;
  /** Ours that are live, or may be. */
  ours: number;
  /** When the first of ours was sent. */
  oldest: Date | null;
  /** When the last of ours was sent. */
  latest: Date | null;
  /** Containers that we made. */
  containers: number;
  /** The first hour that they count from. */
  firstContainerHour: Date | null;
}

/** Whether Instagram should be asked how much of the quota is used. */
export function wantsAsking({ seenAt }: QuotaLedger, now: Date): boolean {
  return seenAt === null || now.getTime() - seenAt.getTime() >= ASK_AGAIN_MS;
}

/** The same right before a post would have to wait for the quota. */
export function isStale({ seenAt }: QuotaLedger, now: Date): boolean {
  return seenAt === null || now.getTime() - seenAt.getTime() >= FRESH_ENOUGH_MS;
}

/** Until when no post may be published; null: one may. */
export function publishingClosedUntil(ledger: QuotaLedger, now: Date): Date | null {
  if (isRefused(ledger, now)) return ledger.exhaustedUntil;
  if (left(ledger) > 0) return null;
  // Ours leave the window one by one; when others used it up, nobody can say when theirs do.
  const freed = ledger.oldest && ledger.external < (ledger.total ?? 0) ? ledger.oldest.getTime() + WINDOW_MS : null;
  return new Date(Math.max(freed ?? now.getTime() + NEXT_LOOK_MS, now.getTime() + 1_000));
}

/** Whether Instagram itself refused a publish call lately because of the quota. */
export function isRefused({ exhaustedUntil }: QuotaLedger, now: Date): boolean {
  return exhaustedUntil !== null && exhaustedUntil > now;
}

/** How many more posts may be published now. */
export function left({ total, ours, external }: QuotaLedger): number {
  return total === null ? Infinity : total - ours - external;
}

/** Until when no container may be made; null: one may. */
export function containersClosedUntil({ containers, firstContainerHour }: QuotaLedger, now: Date): Date | null {
  if (containers < CONTAINERS_PER_DAY || firstContainerHour === null) return null;
  return new Date(Math.max(firstContainerHour.getTime() + CONTAINER_WINDOW_MS, now.getTime() + 1_000));
}
