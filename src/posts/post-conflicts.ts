import { AppError } from '../common/app-error';

/** @param postId the other post */
export function duplicatePost(postId: number): AppError {
  return new AppError(
    'duplicate_post',
    `Post ${postId} brings the same media with the same caption to this account at about the same time.`,
    {
      post_id: postId,
      action_required: 'If it is meant to be there twice, send allow_duplicate: true with the post.',
    },
  );
}

/** @param postId the post that has it; null: it was deleted just now */
export function externalIdTaken(postId: number | null): AppError {
  return new AppError(
    'external_id_taken',
    postId === null ? 'Another post has this external_id.' : `Post ${postId} has this external_id.`,
    {
      ...(postId === null ? {} : { post_id: postId }),
      action_required: 'Read that post, or choose another external_id.',
    },
  );
}

/** Whether the database gave up a transaction that waited for another one, which waited for it: nothing was written. */
export function isDeadlock(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === '40P01';
}

/** Whether the database refused a row because its external_id is taken. */
export function isExternalIdConflict(error: unknown): boolean {
  const { code, constraint } = (error ?? {}) as { code?: unknown; constraint?: unknown };
  return code === '23505' && constraint === 'posts_external_ids_are_unique';
}
