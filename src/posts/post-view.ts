import type { PostStatusView, PostView } from './dto/post-views.dto';
import type { PostEntity } from './post.entity';
import { safeToRetry } from './post-state';

/** A row as the API shows it. */
export function viewOf(post: PostEntity): PostView {
  return {
    id: post.id,
    account_id: post.accountId,
    media_type: post.mediaType,
    video_id: post.videoId,
    status: post.status,
    outcome: post.outcome,
    safe_to_retry: safeToRetry(post.status, post.outcome),
    instagram_post_id: post.instagramPostId,
    permalink: post.permalink,
    scheduled_time: iso(post.scheduledTime),
    posted_at: iso(post.postedAt),
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
    updated_at: post.updatedAt.toISOString(),
  };
}

function iso(instant: Date | null): string | null {
  return instant?.toISOString() ?? null;
}
