import { Injectable } from '@nestjs/common';
import { AccountsService } from '../accounts/accounts.service';
import { AppError, notFound, validationError, type ErrorType } from '../common/app-error';
import type { PostView } from './dto/post-views.dto';
import type { ResolvePostBody } from './dto/resolve-post.dto';
import type { PostEntity } from './post.entity';
import {
  whyNotCancelable,
  whyNotPublishable,
  whyNotResolvable,
  whyNotRetryable,
  type MovablePost,
  type Refusal,
} from './post-moves';
import { PostMovesRepository } from './post-moves.repository';
import { PostMoving, type Move } from './post-moving.service';
import { viewOf } from './post-view';
import { PostsRepository } from './posts.repository';

/** What a user may do to a post but edit it: docs/states.md, "Who may move what". */
@Injectable()
export class PostLifecycle {
  constructor(
    private readonly posts: PostsRepository,
    private readonly moving: PostMoving,
    private readonly rows: PostMovesRepository,
    private readonly accounts: AccountsService,
  ) {}

  /** A draft is gone afterwards, anything else canceled: nothing of it is published any more. */
  async remove(userId: number, id: number): Promise<void> {
    const refuse = refusing('post_not_cancelable', whyNotCancelable);
    await this.moving.make(userId, id, {
      summary: 'canceled',
      refuse,
      write: (tx, { status }) => (status === 'draft' ? this.rows.deleteDraft(tx, id) : this.rows.cancel(tx, id)),
      event: { type: 'post.canceled' },
    });
  }

  async publish(userId: number, id: number): Promise<PostView> {
    return this.begin(userId, id, {
      summary: 'to be published now',
      refuse: refusing('post_not_editable', whyNotPublishable),
      write: (tx, post) => this.rows.publishNow(tx, post),
    });
  }

  async retry(userId: number, id: number): Promise<PostView> {
    return this.begin(userId, id, {
      summary: 'retried',
      refuse: refusing('post_not_retryable', whyNotRetryable),
      write: (tx, post) => this.rows.retry(tx, post),
    });
  }

  /** A person's verdict. The timeline keeps who gave it. */
  async resolve(userId: number, id: number, verdict: ResolvePostBody): Promise<PostView> {
    const { outcome, instagram_post_id: mediaId = null } = verdict;
    if (outcome === 'not_live' && mediaId !== null)
      throw validationError([{ pointer: '/instagram_post_id', message: 'is only for the outcome live' }]);
    const move = {
      detail: { verdict: outcome, instagram_post_id: mediaId },
      refuse: refusing('post_not_editable', whyNotResolvable),
    };
    if (outcome === 'not_live')
      return this.move(userId, id, {
        ...move,
        summary: 'a person says that it is not on Instagram',
        write: (tx) => this.rows.resolveNotLive(tx, id, NOT_THERE),
        event: { type: 'post.failed', data: ({ errorType }) => ({ error_type: errorType, error_message: NOT_THERE }) },
      });
    return this.move(userId, id, {
      ...move,
      summary: 'a person says that it is on Instagram',
      write: async (tx, post) => {
        const isOurs = await this.rows.resolveLive(tx, post, mediaId);
        if (!isOurs)
          throw validationError([
            { pointer: '/instagram_post_id', message: 'belongs to another post of this account' },
          ]);
      },
      event: { type: 'post.published', data: ({ instagramPostId }) => ({ instagram_post_id: instagramPostId }) },
    });
  }

  /** Publishing begins, so the account has to be there; that it is not is told now, and not when the post fails. */
  private async begin(userId: number, id: number, move: Move): Promise<PostView> {
    const post = await this.posts.find(userId, id);
    if (!post) throw notFound('post');
    const refusal = move.refuse(post);
    if (refusal) throw refusal;
    await this.accounts.forPosting(userId, post.accountId);
    return this.move(userId, id, {
      ...move,
      write: async (tx, locked) => {
        await this.accounts.trustAgain(tx, locked.accountRowId);
        await move.write(tx, locked);
      },
      event: { type: 'post.publishing' },
    });
  }

  private async move(userId: number, id: number, move: Move): Promise<PostView> {
    const post = await this.moving.make(userId, id, move);
    if (!post) throw notFound('post');
    return viewOf(post);
  }
}

const NOT_THERE = 'A person found that this post is not on Instagram.';

function refusing(type: ErrorType, why: (post: MovablePost) => Refusal): (post: PostEntity) => AppError | null {
  return (post) => {
    const refusal = why(post);
    return refusal === null ? null : new AppError(type, refusal);
  };
}
