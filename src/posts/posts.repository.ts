import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, type Repository } from 'typeorm';
import { PostEntity, type PostItem, type PostOptions } from './post.entity';
import type { MediaType } from './post-rules';
import type { PostStatus } from './post-state';

export interface NewPost {
  userId: number;
  accountRowId: number;
  accountId: string;
  mediaType: MediaType;
  videoId: number | null;
  items: PostItem[];
  caption: string | null;
  options: PostOptions;
  /** Null: now. */
  scheduledTime: Date | null;
  /** How long before its time the containers are made. */
  prepareAheadMs: number;
}

/** Left out: not filtered by. */
export interface PostFilter {
  status?: PostStatus;
  accountId?: string;
  from?: Date;
  to?: Date;
}

/** Posts as their users see them; publishing has statements of its own. */
@Injectable()
export class PostsRepository {
  constructor(@InjectRepository(PostEntity) private readonly posts: Repository<PostEntity>) {}

  /** @returns the new row's id, and in how many milliseconds it wants looking at (by the database's clock) */
  async insert(tx: EntityManager, post: NewPost): Promise<{ id: number; inMs: number }> {
    const [row]: { id: number; inMs: number }[] = await tx.query(
      `INSERT INTO posts (user_id, account_row_id, account_id, media_type, video_id, items, caption, options,
         scheduled_time, due_at, status, next_action_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::timestamptz, coalesce($9::timestamptz, now()), $10,
         greatest(now(), coalesce($9::timestamptz - $11 * interval '1 ms', now())))
       RETURNING id, extract(epoch FROM next_action_at - now())::float8 * 1000 AS "inMs"`,
      [
        post.userId,
        post.accountRowId,
        post.accountId,
        post.mediaType,
        post.videoId,
        JSON.stringify(post.items),
        post.caption,
        JSON.stringify(post.options),
        post.scheduledTime,
        post.scheduledTime === null ? 'posting' : 'scheduled',
        post.prepareAheadMs,
      ],
    );
    if (!row) throw new Error('INSERT … RETURNING gave no row');
    return row;
  }

  find(userId: number, id: number): Promise<PostEntity | null> {
    return this.posts.findOneBy({ id, userId });
  }

  /** Newest first; `before` is the id of the last row of the page before. */
  async page(
    userId: number,
    filter: PostFilter,
    { before, limit }: { before: number | null; limit: number },
  ): Promise<{ rows: PostEntity[]; total: number }> {
    const query = this.posts.createQueryBuilder('p').where('p.userId = :userId', { userId });
    if (filter.status) query.andWhere('p.status = :status', filter);
    if (filter.accountId) query.andWhere('p.accountId = :accountId', filter);
    if (filter.from) query.andWhere('p.dueAt >= :from', filter);
    if (filter.to) query.andWhere('p.dueAt < :to', filter);
    const total = await query.getCount();
    if (before !== null) query.andWhere('p.id < :before', { before });
    return { rows: await query.orderBy('p.id', 'DESC').take(limit).getMany(), total };
  }
}
