import { Injectable } from '@nestjs/common';
import { holdAssets } from '../assets/hold-assets';
import { AppError, notFound, validationError } from '../common/app-error';
import type { CreatePostBody } from './dto/create-post.dto';
import type { EditPostBody } from './dto/edit-post.dto';
import type { PostView } from './dto/post-views.dto';
import { parseInstant } from './instant';
import { externalIdTaken, isDeadlock, isExternalIdConflict } from './post-conflicts';
import { changesMedia, differences, edited, wishOf, type PostContent } from './post-content';
import type { PostEntity } from './post.entity';
import { whyNotEditable } from './post-moves';
import { PostMovesRepository } from './post-moves.repository';
import { PostMoving } from './post-moving.service';
import { PostPlanning } from './post-planning.service';
import { viewOf } from './post-view';
import { PostsRepository } from './posts.repository';

/** Other requests may change the post while its new media are looked at. */
const TRIES = 3;

/** A post as somebody wants it to be, beside what it is. */
interface Edit {
  fields: (keyof CreatePostBody | 'scheduled_time')[];
  wish: CreatePostBody;
  scheduledTime: Date | null;
}

/** Editing drafts and scheduled posts. The rules are those of a new post, on what the edit makes of the stored one. */
@Injectable()
export class PostEditing {
  constructor(
    private readonly posts: PostsRepository,
    private readonly planning: PostPlanning,
    private readonly moving: PostMoving,
    private readonly rows: PostMovesRepository,
  ) {}

  /** @throws AppError as the route's error answers say; then nothing was changed */
  async edit(userId: number, id: number, body: EditPostBody): Promise<PostView> {
    for (let left = TRIES; left > 0; left -= 1) {
      const post = await this.posts.find(userId, id);
      if (!post) throw notFound('post');
      const refusal = refuse(post);
      if (refusal) throw refusal;
      const edit = editOf(post, body);
      if (edit.fields.length === 0) return viewOf(post);
      const { wish, scheduledTime, fields } = edit;
      const content = await this.planning.plan(userId, wish, {
        scheduledTime,
        timeIsNew: fields.includes('scheduled_time'),
        checked: changesMedia(fields) ? null : post.items,
      });
      const written = await this.write(userId, post, edit, content);
      if (written) return viewOf(written);
    }
    throw new AppError('post_not_editable', 'Other requests kept changing the post.', {
      action_required: 'Read the post, then send what is still to be changed.',
    });
  }

  /** Null: the post is not any more what the edit was made from. */
  private async write(
    userId: number,
    base: PostEntity,
    { fields, scheduledTime }: Edit,
    content: PostContent,
  ): Promise<PostEntity | null> {
    const isNewTime = fields.includes('scheduled_time') && scheduledTime !== null;
    const data = { scheduled_time: scheduledTime?.toISOString() ?? null };
    try {
      return await this.moving.make(userId, base.id, {
        summary: `edited (${fields.join(', ')})`,
        detail: data,
        refuse,
        write: async (tx, post) => {
          if (!isSame(post, base)) throw new Stale();
          await holdAssets(tx, content.items);
          await this.rows.edit(tx, post, content);
        },
        event: isNewTime ? { type: 'post.scheduled', data: () => data } : undefined,
      });
    } catch (error) {
      // Two edits that swap their external_ids wait for each other; the database gives one of them up.
      if (error instanceof Stale || isDeadlock(error)) return null;
      if (isExternalIdConflict(error)) throw externalIdTaken(await this.posts.idOfExternal(userId, content.externalId));
      throw error;
    }
  }
}

/** Takes the transaction back. */
class Stale extends Error {}

function refuse(post: PostEntity): AppError | null {
  const why = whyNotEditable(post);
  return why === null ? null : new AppError('post_not_editable', why);
}

function editOf(post: PostEntity, body: EditPostBody): Edit {
  const stored = wishOf(post);
  const wish = edited(stored, body);
  const scheduledTime = body.scheduled_time === undefined ? post.scheduledTime : timeOf(body.scheduled_time);
  const isMoved = scheduledTime?.getTime() !== post.scheduledTime?.getTime();
  return {
    wish,
    scheduledTime,
    fields: [...differences(stored, wish), ...(isMoved ? ['scheduled_time' as const] : [])],
  };
}

function isSame(one: PostEntity, other: PostEntity): boolean {
  const isSameTime = one.scheduledTime?.getTime() === other.scheduledTime?.getTime();
  return one.status === other.status && isSameTime && differences(wishOf(one), wishOf(other)).length === 0;
}

function timeOf(text: string | null): Date | null {
  const at = text === null ? null : parseInstant(text);
  if (text !== null && at === null) throw validationError([{ pointer: '/scheduled_time', message: 'is not a time' }]);
  return at;
}
