import { mayBecome, safeToRetry, type Outcome, type PostStatus } from './post-state';

/** What deciding about a client's wish needs to know of a post. */
export interface MovablePost {
  status: PostStatus;
  outcome: Outcome;
  /** When a publish call on the present container was about to be sent; null: none was. */
  intentAt: Date | null;
}

/** Why something can't be done with a post, in a sentence for its user; null: it can. */
export type Refusal = string | null;

const ENDED: Partial<Record<PostStatus, string>> = {
  completed: 'is on Instagram already',
  failed: 'has failed; POST /posts/{id}/retry tries it again',
  canceled: 'is canceled',
  missed: 'was missed; POST /posts/{id}/retry publishes it now',
  needs_review: 'waits for a person to say whether it is on Instagram (POST /posts/{id}/resolve)',
};

/** Only what nobody has begun to publish can be changed: drafts, and scheduled posts before their time. */
export function whyNotEditable(post: MovablePost): Refusal {
  if (post.status === 'draft') return null;
  if (post.status !== 'scheduled') return `The post ${ENDED[post.status] ?? 'is being published'}.`;
  return callMayBeOut(post) ? COMMITTED : null;
}

/** As long as no publish call can have been sent. After one, its container might be live, or become it. */
export function whyNotCancelable(post: MovablePost): Refusal {
  if (post.status === 'draft') return null;
  if (!mayBecome(post.status, 'canceled') || post.status === 'canceled')
    return `The post ${ENDED[post.status] ?? 'is being published'}.`;
  return callMayBeOut(post) ? COMMITTED : null;
}

/** `publish` means "now, instead of later": the rest is on its way already, or has ended. */
export function whyNotPublishable(post: MovablePost): Refusal {
  return whyNotEditable(post);
}

/** Only where new containers can never put a second copy on Instagram. */
export function whyNotRetryable({ status, outcome }: MovablePost): Refusal {
  if (safeToRetry(status, outcome)) return null;
  if (status === 'failed' || status === 'missed') return 'It is not proved that the post is not on Instagram.';
  if (status === 'draft') return 'The post is a draft; POST /posts/{id}/publish publishes it.';
  return `The post ${ENDED[status] ?? 'has not ended yet'}.`;
}

/** A verdict is asked for only where nobody but a person can give one. */
export function whyNotResolvable({ status }: MovablePost): Refusal {
  return status === 'needs_review' ? null : `Nothing is to be resolved: the post is ${status}.`;
}

function callMayBeOut({ intentAt, outcome }: MovablePost): boolean {
  return intentAt !== null || outcome !== 'not_live';
}

const COMMITTED = 'The publish call is committed: it may have reached Instagram already.';
