import type { PostStatusView, PostView, StatsView } from './dto/post-views.dto';
import type { PostEntity } from './post.entity';
import { safeToRetry, type PostStatus } from './post-state';

/** A row as the API shows it. */
export function viewOf(post: PostEntity): PostView {
  return {
    id: post.id,
    account_id: post.accountId,
    media_type: post.mediaType,
    video_id: post.videoId,
    items: post.items,
    status: post.status,
    outcome: post.outcome,
    safe_to_retry: safeToRetry(post.status, post.outcome),
    instagram_post_id: post.instagramPostId,
    permalink: post.permalink,
    scheduled_time: iso(post.scheduledTime),
    wait_reason: post.waitReason,
    posted_at: iso(post.postedAt),
    max_lateness_seconds: post.maxLatenessSeconds,
    external_id: post.externalId,
    allow_duplicate: post.allowDuplicate,
    caption: post.caption,
    error_message: post.errorMessage,
    error_type: post.errorType,
    instagram_error_code: post.instagramErrorCode,
    instagram_error_subcode: post.instagramErrorSubcode,
    fbtrace_id: post.fbtraceId,
    created_at: post.createdAt.toISOString(),
    updated_at: post.updatedAt.toISOString(),
  };
}

export function statusOf(post: PostEntity): PostStatusView {
  return {
    post_id: post.id,
    status: post.status,
    outcome: post.outcome,
    safe_to_retry: safeToRetry(post.status, post.outcome),
    instagram_post_id: post.instagramPostId,
    permalink: post.permalink,
    error_message: post.errorMessage,
    error_type: post.errorType,
    next_action_at: iso(post.nextActionAt),
    wait_reason: post.waitReason,
    updated_at: post.updatedAt.toISOString(),
  };
}

/** What `needs_review` will turn out to be is not known: it counts as neither. */
export function statsOf(count: (status: PostStatus) => number): StatsView {
  const successful = count('completed');
  const failed = count('failed') + count('missed');
  const total = successful + failed;
  return {
    total_posts: total,
    successful_posts: successful,
    failed_posts: failed,
    scheduled_posts: count('scheduled'),
    success_rate: total === 0 ? 0 : Math.round((successful / total) * 1_000) / 10,
  };
}

function iso(instant: Date | null): string | null {
  return instant?.toISOString() ?? null;
}
