import type { GraphErrorKind } from '../graph';
import { itemName } from '../posts/carousel-rules';
import { firstLookMs, lost, pauseMs, retryOrFail, shown, tooSlow } from './preparing';
import {
  after,
  type Change,
  type Child,
  type ContainerCode,
  type PublishingState,
  type Rules,
} from './publishing-state';
import { afterSuccess, type Failure } from './retry-policy';

/** A child of a carousel, and which one: counted from 0, as the post's items are. */
export interface ChildInHand extends Child {
  index: number;
}

type Family = Pick<PublishingState, 'children' | 'childrenNeeded'>;

const UNBORN: Child = { containerId: null, createdAt: null, ready: false };

/**
 * The child that the next call is about: the first that has no container, since Instagram works on all of them at once;
 * then the first that is not ready. Null: all are, or the post is no carousel, and its own container can be made.
 */
export function childInHand(post: Family): ChildInHand | null {
  const all = Array.from({ length: post.childrenNeeded }, (_, index) => ({
    ...UNBORN,
    ...post.children[index],
    index,
  }));
  return all.find(({ containerId }) => containerId === null) ?? all.find(({ ready }) => !ready) ?? null;
}

export function childCreated(post: PublishingState, containerId: string, now: Date, rules: Rules): Change {
  const child = inHand(post);
  const children = withChild(post, child.index, { containerId, createdAt: now.toISOString(), ready: false });
  const areAllMade = children.every((one) => one.containerId !== null);
  return {
    set: { status: shown(post, now, 'posting'), children, failures: afterSuccess(post.failures) },
    lookAgainAt: areAllMade ? after(now, firstLookMs(rules)) : now,
    why: `${nameOf(post, child)}: Instagram took the media as container ${containerId}.`,
  };
}

/** What a child's status means. A child is never published; its parent is. */
export function childRead(
  post: PublishingState,
  code: ContainerCode,
  failure: Failure | null,
  now: Date,
  rules: Rules,
): Change {
  const child = inHand(post);
  const read = { ...post, failures: afterSuccess(post.failures) };
  switch (code) {
    case 'FINISHED':
    // It can't be, for nothing of this post was; Instagram will judge when the parent is made of it.
    case 'PUBLISHED':
      return {
        set: {
          status: shown(post, now, 'posting'),
          children: withChild(post, child.index, { ...child, ready: true }),
          failures: read.failures,
        },
        lookAgainAt: now,
        why: `${nameOf(post, child)} is ready.`,
      };
    case 'IN_PROGRESS':
      return stillProcessing(read, child, now, rules);
    case 'ERROR':
    case 'EXPIRED':
      return retryChild(read, child, failure ?? lost(code), now, { newContainer: true });
  }
}

/** Making or reading a child failed. A container that can't be read now is still worth waiting for, as a parent's is. */
export function childCallFailed(post: PublishingState, failure: Failure, now: Date, rules: Rules): Change {
  const child = inHand(post);
  if (child.containerId === null || failure.kind !== 'object_missing') return retryChild(post, child, failure, now);
  if (waitedMs(child, now) >= rules.containerPollTimeoutMs)
    return retryChild(post, child, { ...failure, kind: 'media_processing_error' }, now);
  const why = `${nameOf(post, child)}: the container cannot be read yet.`;
  return { set: {}, lookAgainAt: after(now, rules.containerPollIntervalMs), why };
}

/** All children were ready, but no parent came of them. Children that Instagram does not know any more are made again. */
export function parentNotMade(post: PublishingState, failure: Failure, now: Date): Change {
  const areGone = failure.kind === 'object_missing';
  return retryOrFail(post, areGone ? { ...failure, kind: 'container_expired' } : failure, now);
}

function stillProcessing(post: PublishingState, child: ChildInHand, now: Date, rules: Rules): Change {
  const waited = waitedMs(child, now);
  if (waited >= rules.containerPollTimeoutMs)
    return retryChild(post, child, tooSlow(waited), now, { newContainer: true });
  return {
    set: { status: shown(post, now, 'posting'), failures: post.failures },
    lookAgainAt: after(now, pauseMs(waited, rules)),
    why: `${nameOf(post, child)}: Instagram is still processing the media.`,
  };
}

/** By the retry policy, on the post's one budget: this child is made again by itself, or the post fails. None is dropped. */
function retryChild(
  post: PublishingState,
  child: ChildInHand,
  failure: Failure,
  now: Date,
  { newContainer = false } = {},
): Change {
  const name = nameOf(post, child);
  const again = { status: shown(post, now, 'posting'), children: withChild(post, child.index, UNBORN) };
  const advice = ABOUT_MEDIA.includes(failure.kind) ? `${name}: ${failure.advice}` : failure.advice;
  const change = retryOrFail(post, { ...failure, advice }, now, { newContainer, again });
  return { ...change, why: `${name}: ${change.why}` };
}

/** Failures of these kinds lie in the item. The others (tokens, limits, the network) would have met any of them. */
const ABOUT_MEDIA: readonly GraphErrorKind[] = [
  'media_invalid_format',
  'media_too_large',
  'media_aspect_ratio_error',
  'media_processing_error',
  'media_unreachable',
  'container_expired',
  'container_not_ready',
  'object_missing',
  'validation_error',
  'unknown',
];

function inHand(post: PublishingState): ChildInHand {
  const child = childInHand(post);
  if (child === null) throw new Error('All children are ready: no call can have been about one.');
  return child;
}

function withChild({ children, childrenNeeded }: Family, index: number, child: Child): Child[] {
  const { containerId, createdAt, ready } = child;
  return Array.from({ length: childrenNeeded }, (_, at) =>
    at === index ? { containerId, createdAt, ready } : (children[at] ?? UNBORN),
  );
}

function nameOf({ childrenNeeded }: Family, { index }: ChildInHand): string {
  return itemName(index, childrenNeeded);
}

function waitedMs({ createdAt }: Child, now: Date): number {
  return createdAt === null ? 0 : now.getTime() - new Date(createdAt).getTime();
}
