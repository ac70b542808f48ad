import type { FirstCommentView, PostStatusView, PostView, StatsView } from './dto/post-views.dto';
import type { FirstComment } from './first-comments';
import type { PostEntity, PostOptions } from './post.entity';
import { safeToRetry, type PostStatus } from './post-state';

/** A row as the API shows it. `comment`: left out where its first comment can't have been begun. */
export function viewOf(post: PostEntity, comment?: FirstComment): PostView {
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
    ...optionsOf(post.options),
    first_comment: firstCommentOf(post, comment),
    error_message: post.errorMessage,
    error_type: post.errorType,
    instagram_error_code: post.instagramErrorCode,
    instagram_error_subcode: post.instagramErrorSubcode,
    fbtrace_id: post.fbtraceId,
    created_at: post.createdAt.toISOString(),
    updated_at: post.updatedAt.toISOString(),
  };
}

function firstCommentOf({ options, status }: PostEntity, comment?: FirstComment): FirstCommentView | null {
  const { first_comment: text } = options;
  if (text === undefined) return null;
  return {
    text,
    status: comment?.status ?? (status === 'canceled' ? 'canceled' : 'pending'),
    comment_id: comment?.commentId ?? null,
    error_type: comment?.errorType ?? null,
    error_message: comment?.errorMessage ?? null,
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

/** What was left out reads null, lists empty. */
function optionsOf(options: PostOptions): Pick<PostView, Exclude<keyof PostOptions, 'first_comment'>> {
  return {
    hashtags: options.hashtags ?? [],
    share_to_feed: options.share_to_feed ?? null,
    location_id: options.location_id ?? null,
    cover_url: options.cover_url ?? null,
    thumb_offset: options.thumb_offset ?? null,
    audio_name: options.audio_name ?? null,
    alt_text: options.alt_text ?? null,
    user_tags: options.user_tags ?? [],
    collaborators: options.collaborators ?? [],
    trial_params: options.trial_params ?? null,
    is_ai_generated: options.is_ai_generated ?? null,
  };
}

function iso(instant: Date | null): string | null {
  return instant?.toISOString() ?? null;
}
