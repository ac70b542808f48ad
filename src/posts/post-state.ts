/**
 * The one table of a post's states. What a client sees is the status; `outcome` says whether the post is on Instagram,
 * as far as can be proved; `step` is what publishing does next. docs/states.md draws it.
 */
export const STATUSES = [
  'draft',
  'scheduled',
  'posting',
  'processing',
  'completed',
  'failed',
  'canceled',
  'missed',
  'needs_review',
] as const;
export type PostStatus = (typeof STATUSES)[number];

export const OUTCOMES = ['not_live', 'live', 'unknown'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/**
 * `create` the container, `await` its processing, `publish` it at the due time, `verify` a publish call whose answer was
 * not a clean success, `link` a live post to its media id and permalink, `done`.
 */
export const STEPS = ['create', 'await', 'publish', 'verify', 'link', 'done'] as const;
export type Step = (typeof STEPS)[number];

/** Why a post that is due is not worked on; everything else about it stands. */
export const WAIT_REASONS = [
  'paused',
  'account_action_required',
  'platform_incident',
  'throttled',
  'publishing_quota',
  'container_quota',
  'backlog',
] as const;
export type WaitReason = (typeof WAIT_REASONS)[number];

/** Where a post may go from each status. A status that leads nowhere is an end. */
export const TRANSITIONS: Record<PostStatus, readonly PostStatus[]> = {
  draft: ['scheduled', 'posting', 'canceled'],
  scheduled: ['draft', 'posting', 'processing', 'completed', 'failed', 'canceled', 'missed', 'needs_review'],
  posting: ['processing', 'completed', 'failed', 'canceled', 'missed', 'needs_review'],
  processing: ['posting', 'completed', 'failed', 'canceled', 'missed', 'needs_review'],
  completed: [],
  failed: ['posting'],
  canceled: [],
  missed: ['posting'],
  needs_review: ['completed', 'failed'],
};

/** What each status says about the outcome; the database holds posts to it (constraints of migration `posts`). */
export const POSSIBLE_OUTCOMES: Record<PostStatus, readonly Outcome[]> = {
  draft: ['not_live'],
  scheduled: ['not_live'],
  posting: ['not_live'],
  processing: ['not_live', 'unknown'],
  completed: ['live'],
  failed: ['not_live'],
  canceled: ['not_live'],
  missed: ['not_live'],
  needs_review: ['unknown'],
};

export function mayBecome(from: PostStatus, to: PostStatus): boolean {
  return from === to || TRANSITIONS[from].includes(to);
}

/** Nothing happens to such a post by itself any more. A person may still retry or resolve it. */
export function isEnd(status: PostStatus): boolean {
  return ['completed', 'failed', 'canceled', 'missed', 'needs_review'].includes(status);
}

/** Whether making new containers can never put a second copy on Instagram. */
export function safeToRetry(status: PostStatus, outcome: Outcome): boolean {
  return outcome === 'not_live' && (status === 'failed' || status === 'missed');
}
