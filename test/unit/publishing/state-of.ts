import type { Change, PublishingState, Rules } from '../../../src/publishing/publishing-state';
import { GRAPH_ERROR_KINDS, type GraphErrorKind } from '../../../src/graph';
import type { Failure } from '../../../src/publishing/retry-policy';

export const NOW = new Date('2026-11-20T12:00:00Z');

export const rules: Rules = {
  containerPollIntervalMs: 10_000,
  containerPollTimeoutMs: 600_000,
  verifyDelaysMs: [5_000, 15_000, 30_000, 60_000, 120_000],
  claimLeadMs: 2_000,
  backlogAfterMs: 300_000,
  backlogGapMs: 20_000,
};

export const ago = (ms: number) => new Date(NOW.getTime() - ms);
export const inMs = (ms: number) => new Date(NOW.getTime() + ms);
export const allKinds: readonly GraphErrorKind[] = GRAPH_ERROR_KINDS;

export function failure(kind: GraphErrorKind, more: Partial<Failure> = {}): Failure {
  return { kind, advice: `about ${kind}`, ...more };
}

/** An immediate post that was claimed and has no container yet; a test says what is different. */
export function stateOf(given: Partial<PublishingState> = {}): PublishingState {
  return {
    status: 'posting',
    outcome: 'not_live',
    step: 'create',
    dueAt: ago(1_000),
    maxLatenessSeconds: null,
    containerId: null,
    containerCreatedAt: null,
    upload: null,
    childrenNeeded: 0,
    children: [],
    intentAt: null,
    publishCalls: 0,
    doubts: 0,
    refusal: null,
    failures: {},
    instagramPostId: null,
    postedAt: null,
    ...given,
  };
}

export const waiting = (given: Partial<PublishingState> = {}) =>
  stateOf({ status: 'processing', step: 'await', containerId: '17', containerCreatedAt: ago(4_000), ...given });

export const ready = (given: Partial<PublishingState> = {}) => waiting({ step: 'publish', ...given });

/** A publish call was about to be sent `sinceCallMs` ago. */
export const verifying = (sinceCallMs: number, given: Partial<PublishingState> = {}) =>
  ready({
    step: 'verify',
    outcome: 'unknown',
    intentAt: ago(sinceCallMs),
    publishCalls: 1,
    containerCreatedAt: ago(sinceCallMs + 5_000),
    ...given,
  });

/** The state after a change, as the row would hold it. */
export function become(post: PublishingState, { set }: Change): PublishingState {
  return { ...post, ...set };
}
