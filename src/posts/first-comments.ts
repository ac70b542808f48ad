import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/** How far the first comment of a live post is. */
export interface FirstComment {
  status: 'pending' | 'posted' | 'failed' | 'unknown';
  commentId: string | null;
  errorType: string | null;
  errorMessage: string | null;
}

/** The rows of `first_comments`, as posts make and show them; the room first-comments moves them on. */
@Injectable()
export class FirstComments {
  constructor(private readonly dataSource: DataSource) {}

  /** In the transaction in which the post is found live: from then on its first comment is due, where it asks for one. */
  async begin(tx: EntityManager, postId: number): Promise<void> {
    await tx.query(
      `INSERT INTO first_comments (post_id, next_action_at)
       SELECT id, now() FROM posts WHERE id = $1 AND options->>'first_comment' IS NOT NULL ON CONFLICT DO NOTHING`,
      [postId],
    );
  }

  /** By post; those without a row are not begun. */
  async of(postIds: number[]): Promise<Map<number, FirstComment>> {
    if (postIds.length === 0) return new Map();
    const rows: (FirstComment & { postId: number })[] = await this.dataSource.query(
      `SELECT post_id AS "postId", status, comment_id AS "commentId", error_type AS "errorType",
         error_message AS "errorMessage" FROM first_comments WHERE post_id = ANY($1)`,
      [postIds],
    );
    return new Map(rows.map(({ postId, ...comment }) => [postId, comment]));
  }
}
