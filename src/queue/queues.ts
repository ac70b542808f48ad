/** Every queue, its payload and how long finished jobs are kept: in one place. A job is a nudge to look at a row. */
export const PUBLISH_QUEUE = 'publish';

/** Look at this post. Ids only: tokens, captions and URLs stay in the database. */
export interface PublishJob {
  /** Payload version, so that an old worker can drop what it doesn't understand; the sweep repeats it. */
  v: 1;
  postId: number;
}

/** Videos to mend: a queue of their own, since one takes minutes. */
export const MEND_QUEUE = 'mend';

/** Look at this asset. */
export interface MendJob {
  v: 1;
  assetId: number;
}

export const JOB_OPTIONS = {
  // Trying again is decided by publishing/retry-policy.ts and kept in the row, never by the queue.
  attempts: 1,
  // A finished job that is kept would swallow the next one with the same id without a word.
  removeOnComplete: true,
  removeOnFail: { count: 1_000, age: 7 * 86_400 },
} as const;
