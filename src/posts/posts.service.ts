import { Injectable } from '@nestjs/common';
import { notFound } from '../common/app-error';
import { cutPage, decodeCursor } from '../common/cursor';
import { MediaFetchesRepository } from '../relay/media-fetches.repository';
import type { ListPostsQuery } from './dto/list-posts.dto';
import type { PostList, PostStatusView, PostView, StatsView, TimelineView } from './dto/post-views.dto';
import { FirstComments } from './first-comments';
import { parseInstant } from './instant';
import type { PostEntity } from './post.entity';
import { fetchEntry } from './fetch-entry';
import { PostTimeline } from './post-timeline';
import { statsOf, statusOf, viewOf } from './post-view';
import { PostsRepository } from './posts.repository';

const LIST = 'posts';

/** Reading posts. A post of another user is as unknown as one that never was. */
@Injectable()
export class PostsService {
  constructor(
    private readonly posts: PostsRepository,
    private readonly timelines: PostTimeline,
    private readonly comments: FirstComments,
    private readonly fetches: MediaFetchesRepository,
  ) {}

  async get(userId: number, id: number): Promise<PostView> {
    const [view] = await this.views([await this.find(userId, id)]);
    if (!view) throw notFound('post');
    return view;
  }

  async status(userId: number, id: number): Promise<PostStatusView> {
    return statusOf(await this.find(userId, id));
  }

  async timeline(userId: number, id: number): Promise<TimelineView> {
    await this.find(userId, id);
    const told = [...(await this.timelines.of(id)), ...(await this.fetches.ofPost(id)).map(fetchEntry)];
    // Stable: what was written in one transaction stays in its order.
    told.sort((one, other) => one.at.getTime() - other.at.getTime());
    return { post_id: id, timeline: told.map((row) => ({ ...row, at: row.at.toISOString() })) };
  }

  async list(userId: number, query: ListPostsQuery): Promise<PostList> {
    const before = query.cursor === undefined ? null : decodeCursor(LIST, query.cursor);
    const filter = {
      statuses: query.status,
      externalId: query.external_id,
      accountId: query.account_id,
      from: instant(query.from),
      to: instant(query.to),
    };
    const { rows, total } = await this.posts.page(userId, filter, { before, limit: query.limit + 1 });
    const { page, next_cursor } = cutPage(LIST, rows, query.limit);
    return { posts: await this.views(page), total, next_cursor };
  }

  async stats(userId: number): Promise<StatsView> {
    const counts = await this.posts.countByStatus(userId);
    return statsOf((status) => counts.get(status) ?? 0);
  }

  private async views(posts: PostEntity[]): Promise<PostView[]> {
    const asking = posts.filter(({ options }) => options.first_comment !== undefined);
    const comments = await this.comments.of(asking.map(({ id }) => id));
    return posts.map((post) => viewOf(post, comments.get(post.id)));
  }

  private async find(userId: number, id: number): Promise<PostEntity> {
    const post = await this.posts.find(userId, id);
    if (!post) throw notFound('post');
    return post;
  }
}

function instant(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : (parseInstant(text) ?? undefined);
}
