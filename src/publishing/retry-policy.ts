import type { ErrorScope, GraphErrorKind } from '../graph';
import { throttleMs } from '../pace/gate-policy';
import type { WaitReason } from '../posts/post-state';

/** What went wrong with a call, as the Graph client classified it. */
export interface Failure {
  kind: GraphErrorKind;
  /** Instagram's word that no repeat can help, whatever the kind usually allows. */
  permanent?: boolean;
  /** A sentence for a person: what happened, who did what, what to do. */
  advice: string;
  code?: number;
  subcode?: number;
  fbtraceId?: string;
  /** Seconds until Instagram lets us call again, where it says so. */
  retryAfterSeconds?: number;
  /** Whom it is about; left out: this call only. */
  scope?: ErrorScope;
}

/** How often each kind has happened to this post; kept in the row. */
export type FailureCounts = Partial<Record<GraphErrorKind, number>>;

export type Verdict = { do: 'retry'; inMs: number; newContainer: boolean; counts: FailureCounts } | { do: 'fail' };

/** `times` in a row at most; the wait before the nth is `firstMs` × `factor`^(n-1). */
interface Rule {
  times: number;
  firstMs: number;
  factor: number;
  newContainer: boolean;
}

/**
 * The contract's retry table (Errors, "Retry policy of a publish"). A kind that is not here is never tried again: token,
 * permission, account and content errors stay what they are. Only calls that cannot publish come here: a publish whose
 * outcome is unknown is verified, never repeated (next-step.ts).
 */
export const RETRY_RULES: Partial<Record<GraphErrorKind, Rule>> = {
  network_error: { times: 3, firstMs: 5_000, factor: 2, newContainer: false },
  instagram_error: { times: 3, firstMs: 5_000, factor: 2, newContainer: false },
  service_unavailable: { times: 3, firstMs: 5_000, factor: 2, newContainer: false },
  unknown: { times: 3, firstMs: 5_000, factor: 2, newContainer: false },
  timeout_error: { times: 3, firstMs: 10_000, factor: 2, newContainer: false },
  media_processing_error: { times: 2, firstMs: 120_000, factor: 1, newContainer: true },
  container_expired: { times: 2, firstMs: 1_000, factor: 1, newContainer: true },
  // Flaky origins and caches mend themselves within a minute or two (reference §4.2: R 2–3×, then F).
  media_unreachable: { times: 2, firstMs: 30_000, factor: 2, newContainer: true },
  container_not_ready: { times: 10, firstMs: 5_000, factor: 1.5, newContainer: false },
};

/** Waiting for these is not a failure: the post waits for as long as Instagram says. */
const THROTTLES: readonly GraphErrorKind[] = ['rate_limit_exceeded', 'quota_exceeded'];

/** Cleared by the first call that works: their budgets count consecutive failures. */
const TRANSPORT: readonly GraphErrorKind[] = [
  'network_error',
  'timeout_error',
  'instagram_error',
  'service_unavailable',
  'unknown',
  'rate_limit_exceeded',
  'quota_exceeded',
  'container_not_ready',
];

/** What to do after a call failed that cannot have published anything. */
export function afterFailure(failure: Failure, counts: FailureCounts): Verdict {
  const count = (counts[failure.kind] ?? 0) + 1;
  const counted = { ...counts, [failure.kind]: count };
  if (isThrottle(failure.kind)) return { do: 'retry', inMs: throttleMs(failure), newContainer: false, counts: counted };
  const rule = RETRY_RULES[failure.kind];
  if (!rule || failure.permanent || count > rule.times) return { do: 'fail' };
  return {
    do: 'retry',
    inMs: Math.round(rule.firstMs * rule.factor ** (count - 1)),
    newContainer: rule.newContainer,
    counts: counted,
  };
}

export function isThrottle(kind: GraphErrorKind): boolean {
  return THROTTLES.includes(kind);
}

/** What a client reads while a post waits because of this; undefined: it is only tried again. */
export function waitReasonOf({ kind }: Failure): WaitReason | undefined {
  if (kind === 'quota_exceeded') return 'publishing_quota';
  return isThrottle(kind) ? 'throttled' : undefined;
}

/** The counts after a call that worked. Budgets for media stay used: a new container must not renew them. */
export function afterSuccess(counts: FailureCounts): FailureCounts {
  return Object.fromEntries(Object.entries(counts).filter(([kind]) => !TRANSPORT.includes(kind as GraphErrorKind)));
}
