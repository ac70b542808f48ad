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
  type UploadNews,
} from './publishing-state';
import { afterSuccess, type Failure } from './retry-policy';
import {
  gaveUp,
  isUnsent,
  laneChange,
  newUpload,
  progressHeard,
  waitingSince,
  type UploadStep,
} from './upload-progress';

/** A child of a carousel, and which one: counted from 0, as the post's items are. */
export interface ChildInHand extends Child {
  index: number;
}

type Family = Pick<PublishingState, 'children' | 'childrenNeeded'>;

const UNBORN: Child = { containerId: null, createdAt: null, ready: false };

/**
 * The child that the next call is about: the first that has no container, since Instagram works on all of them at once;
 * then the first whose video is not sent yet, and the first that is not ready. Null: all are, or the post is no carousel, and its own container can be made.
 */
export function childInHand(post: Family): ChildInHand | null {
  const all = Array.from({ length: post.childrenNeeded }, (_, index) => ({
    ...UNBORN,
    ...post.children[index],
    index,
  }));
  return (
    all.find(({ containerId }) => containerId === null) ??
    all.find(({ upload }) => isUnsent(upload)) ??
    all.find(({ ready }) => !ready) ??
    null
  );
}

export function childCreated(
  post: PublishingState,
  { containerId, uploadBytes }: { containerId: string; uploadBytes?: number },
  now: Date,
  rules: Rules,
): Change {
  const child = inHand(post);
  const upload = newUpload(uploadBytes) ?? undefined;
  const children = withChild(post, child.index, { containerId, createdAt: now.toISOString(), ready: false, upload });
  const areAllMade = children.every((one) => one.containerId !== null);
  const firstLook = children.some((one) => isUnsent(one.upload)) ? laneChange(now) : after(now, firstLookMs(rules));
  return {
    set: { status: shown(post, now, 'posting'), children, failures: afterSuccess(post.failures) },
    lookAgainAt: areAllMade ? firstLook : now,
    why: upload
      ? `${nameOf(post, child)}: Instagram made container ${containerId} for the video, which is sent.`
      : `${nameOf(post, child)}: Instagram took the media as container ${containerId}.`,
  };
}

/** What a child's status means. A child is never published; its parent is. */
export function childRead(
  post: PublishingState,
  { code, failure, upload }: { code: ContainerCode; failure: Failure | null; upload?: UploadNews },
  now: Date,
  rules: Rules,
): Change {
  const child = inHand(post);
  if (code === 'IN_PROGRESS' && isUnsent(child.upload)) {
    const step = progressHeard(post, child.upload, upload, now);
    return step ? withChildUpload(post, step, rules) : retryChild(post, child, gaveUp, now, { newContainer: true });
  }
  const read = { ...post, failures: afterSuccess(post.failures) };
  switch (code) {
    case 'FINISHED':
    // It can't be, for nothing of this post was; Instagram will judge when the parent is made of it.
    case 'PUBLISHED':
      return {
        set: {
          status: shown(post, now, 'posting'),
          children: withChild(post, child.index, { ...child, ready: true, upload: undefined }),
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

/** Where the next child's video waits to be sent, that goes on at once. */
export function withChildUpload(post: PublishingState, step: UploadStep, rules: Rules): Change {
  const child = inHand(post);
  const { upload, failures, why } = step;
  const children = withChild(post, child.index, { ...child, upload });
  const next = childInHand({ ...post, children });
  const isNextUnsent = !isUnsent(upload) && isUnsent(next?.upload);
  const lookAgainAt = isUnsent(upload) || isNextUnsent ? step.lookAgainAt : after(step.lookAgainAt, firstLookMs(rules));
  return { set: { children, failures }, lookAgainAt, why: `${nameOf(post, child)}: ${why}` };
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
  const { containerId, createdAt, ready, upload } = child;
  const made: Child = { containerId, createdAt, ready, ...(upload && { upload }) };
  return Array.from({ length: childrenNeeded }, (_, at) => (at === index ? made : (children[at] ?? UNBORN)));
}

function nameOf({ childrenNeeded }: Family, { index }: ChildInHand): string {
  return itemName(index, childrenNeeded);
}

function waitedMs({ createdAt, upload }: Child, now: Date): number {
  const since = waitingSince(upload, createdAt === null ? null : new Date(createdAt));
  return since === null ? 0 : now.getTime() - since.getTime();
}
