import { childCallFailed, childCreated, childInHand, childRead, parentNotMade } from './children';
import { linkLater, live } from './ending';
import { containerCreated, processed, retryOrFail, unreadableWhileWaiting } from './preparing';
import type { Call, Change, Heard, PublishingState, Rules } from './publishing-state';
import type { Failure } from './retry-policy';
import { isUnsent } from './upload-progress';
import { uploadHeard, uploadRead } from './uploading';
import { publishNotSent, publishUnclear, unreadable, verified } from './verifying';

type CallState = Pick<PublishingState, 'step' | 'instagramPostId' | 'children' | 'childrenNeeded' | 'upload'>;

/** The one Graph call that a post's step asks for. Null: none. */
export function callFor(post: CallState): Call | null {
  switch (post.step) {
    case 'create': {
      const child = childInHand(post);
      if (child === null) return 'create_container';
      if (child.containerId === null) return 'create_child';
      return child.upload?.state === 'send' ? 'send_bytes' : 'read_child';
    }
    case 'await':
      return post.upload?.state === 'send' ? 'send_bytes' : 'read_container';
    case 'verify':
      return 'read_container';
    case 'publish':
      return 'publish';
    case 'link':
      return post.instagramPostId === null ? 'find_media' : 'read_permalink';
    case 'done':
      return null;
  }
}

/**
 * What a post becomes after what Meta said, and when to look at it again. Pure: no clock, no database, no network.
 * The contract's section "At most once, never lost, on time" is decided here and in the files it calls.
 */
export function nextStep(post: PublishingState, heard: Heard, now: Date, rules: Rules): Change {
  switch (heard.what) {
    case 'quota_read':
      return { set: {}, lookAgainAt: now, why: 'Instagram said how much of its publishing quota is used.' };
    case 'quota_unread':
      return {
        set: {},
        lookAgainAt: now,
        why: 'Instagram did not say how much of its quota is used; it is asked later.',
      };
    case 'child_created':
      return childCreated(post, heard, now, rules);
    case 'child_status':
      return childRead(post, heard, now, rules);
    case 'container_created':
      return containerCreated(post, heard, now, rules);
    case 'container_status':
      if (post.step === 'verify') return verified(post, heard.code, heard.failure, now, rules);
      if (heard.code === 'IN_PROGRESS' && isUnsent(post.upload))
        return uploadRead(post, post.upload, heard.upload, now, rules);
      return processed(post, heard.code, heard.failure, now, rules);
    case 'bytes_sent':
    case 'bytes_not_sent':
    case 'bytes_cut':
      return uploadHeard(post, heard.what, now, rules);
    case 'published':
      return live(post, now, heard.mediaId, 'Instagram confirmed the publish call.');
    case 'publish_unclear':
      return publishUnclear(post, heard.failure, now, rules);
    case 'publish_not_sent':
      return publishNotSent(post, heard.failure, now);
    case 'media_found':
      return mediaFound(heard.mediaId, heard.permalink, now);
    case 'media_not_found':
      return linkLater(post, now, 'No single medium on the account matches this post yet.');
    case 'permalink_read':
      if (heard.permalink === null) return linkLater(post, now, 'Instagram gave no permalink.');
      return { set: { permalink: heard.permalink, step: 'done' }, lookAgainAt: null, why: 'The permalink was read.' };
    case 'call_failed':
      return callFailed(post, heard.failure, now, rules);
  }
}

function mediaFound(mediaId: string, permalink: string | null, now: Date): Change {
  const why = 'Exactly one medium on the account matches this post: it is this one.';
  if (permalink === null) return { set: { instagramPostId: mediaId }, lookAgainAt: now, why };
  return { set: { instagramPostId: mediaId, permalink, step: 'done' }, lookAgainAt: null, why };
}

/** A call that cannot have published anything failed. */
function callFailed(post: PublishingState, failure: Failure, now: Date, rules: Rules): Change {
  switch (post.step) {
    case 'await':
      return unreadableWhileWaiting(post, failure, now, rules);
    case 'verify':
      return unreadable(post, failure, now, rules);
    case 'link':
      return linkLater(post, now, `Reading from Instagram failed (${failure.kind}); the post is live all the same.`);
    case 'create':
      if (post.childrenNeeded === 0) return retryOrFail(post, failure, now);
      return childInHand(post) ? childCallFailed(post, failure, now, rules) : parentNotMade(post, failure, now);
    case 'publish':
    case 'done':
      return retryOrFail(post, failure, now);
  }
}
