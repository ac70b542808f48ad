import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, type Repository } from 'typeorm';
import { lineIsFull } from './lanes';
import { DuplicateGuard } from './duplicate-guard';
import { externalIdTaken } from './post-conflicts';
import type { PostContent } from './post-content';
import { PostEntity } from './post.entity';
import type { PostStatus } from './post-state';

export interface NewPost extends PostContent {
  userId: number;
  status: 'draft' | 'scheduled' | 'posting';
  /** How long before its time the containers are made. */
  prepareAheadMs: number;
  /** What its user should know of it, as sentences. */
  notes: string[];
}

interface NewRow {
  id: number;
  inMs: number | null;
}

/** Left out: not filtered by. */
export interface PostFilter {
  statuses?: PostStatus[];
  externalId?: string;
  accountId?: string;
  from?: Date;
  to?: Date;
}

/** Posts as their users see them; publishing has statements of its own. */
@Injectable()
export class PostsRepository {
  constructor(
    @InjectRepository(PostEntity) private readonly posts: Repository<PostEntity>,
    private readonly guard: DuplicateGuard,
  ) {}

  /**
   * @returns the new row's id, and in how many milliseconds it wants looking at (by the database's clock; null: never)
   * @throws AppError `external_id_taken`, `duplicate_post`; the transaction has to be taken back then
   */
  async insert(tx: EntityManager, post: NewPost): Promise<NewRow> {
    const row = await this.insertRow(tx, post);
    if (!row) throw externalIdTaken(await this.idOfExternal(post.userId, post.externalId, tx));
    if (post.status !== 'draft') await this.guard.enter(tx, row.id, post);
    return row;
  }

  /** Which post of the user has this external_id. */
  async idOfExternal(
    userId: number,
    externalId: string | null,
    tx: EntityManager = this.posts.manager,
  ): Promise<number | null> {
    const post = await tx.findOne(PostEntity, {
      select: { id: true },
      where: { userId, externalId: externalId ?? '' },
    });
    return post?.id ?? null;
  }

  /** Null: the external_id is taken. One that is being taken at this moment is waited for. */
  private async insertRow(tx: EntityManager, post: NewPost): Promise<NewRow | null> {
    const [row]: NewRow[] = await tx.query(
      `INSERT INTO posts (user_id, account_row_id, account_id, media_type, video_id, items, caption, options,
         scheduled_time, due_at, status, max_lateness_seconds, external_id, allow_duplicate, next_action_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::timestamptz, coalesce($9::timestamptz, now()), $10::text, $12, $13, $14,
         CASE WHEN $10::text <> 'draft'
           THEN greatest(now(), coalesce($9::timestamptz - $11 * interval '1 ms', now())) END)
       ON CONFLICT (user_id, external_id) WHERE external_id IS NOT NULL DO NOTHING
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
        post.status,
        post.prepareAheadMs,
        post.maxLatenessSeconds,
        post.externalId,
        post.allowDuplicate,
      ],
    );
    return row ?? null;
  }

  /** Whether a committed post that is due in so many milliseconds needs no wake-up of its own. */
  isOfACrowd(accountId: string, inMs: number): Promise<boolean> {
    return lineIsFull(this.posts.manager, accountId, inMs);
  }

  find(userId: number, id: number): Promise<PostEntity | null> {
    return this.posts.findOneBy({ id, userId });
  }

  /** How many posts the user has in each status. */
  async countByStatus(userId: number): Promise<Map<PostStatus, number>> {
    const rows: { status: PostStatus; count: number }[] = await this.posts.query(
      'SELECT status, count(*)::integer AS count FROM posts WHERE user_id = $1 GROUP BY status',
      [userId],
    );
    return new Map(rows.map(({ status, count }) => [status, count]));
  }

  /** Newest first; `before` is the id of the last row of the page before. */
  async page(
    userId: number,
    filter: PostFilter,
    { before, limit }: { before: number | null; limit: number },
  ): Promise<{ rows: PostEntity[]; total: number }> {
    const query = this.posts.createQueryBuilder('p').where('p.userId = :userId', { userId });
    if (filter.statuses) query.andWhere('p.status IN (:...statuses)', filter);
    if (filter.externalId !== undefined) query.andWhere('p.externalId = :externalId', filter);
    if (filter.accountId) query.andWhere('p.accountId = :accountId', filter);
    if (filter.from) query.andWhere('p.dueAt >= :from', filter);
    if (filter.to) query.andWhere('p.dueAt < :to', filter);
    const total = await query.getCount();
    if (before !== null) query.andWhere('p.id < :before', { before });
    return { rows: await query.orderBy('p.id', 'DESC').take(limit).getMany(), total };
  }
}
