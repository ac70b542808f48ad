import { Injectable } from '@nestjs/common';
import type { UrlProbe } from '../assets/media-probe';
import { validationError } from '../common/app-error';
import { Settings } from '../config/settings';
import { NewPostBody, type CreatePostBody, type SchedulePostBody } from './dto/create-post.dto';
import type { PostAccepted, PostScheduled, PostView } from './dto/post-views.dto';
import { parseInstant } from './instant';
import type { PostContent } from './post-content';
import { PostIntake, type Along } from './post-intake';
import { PostPlanning } from './post-planning.service';
import { wishWarnings } from './post-warnings';
import type { NewPost } from './posts.repository';
import { PostsService } from './posts.service';

/** Taking posts in: everything is checked before a row exists, and committed before it is answered. */
@Injectable()
export class PostCreation {
  constructor(
    private readonly planning: PostPlanning,
    private readonly intake: PostIntake,
    private readonly posts: PostsService,
    private readonly settings: Settings,
  ) {}

  /**
   * @param along what else happens in the transaction that makes the post
   * @throws AppError as the route's error answers say, and what `along` throws; then nothing was stored
   */
  async publishNow(userId: number, body: CreatePostBody, along?: Along): Promise<PostAccepted> {
    const { id, notes } = await this.create(userId, body, 'posting', along);
    const message = `Publishing has begun. GET /api/instagram/posts/${id}/status tells how far it is.`;
    return {
      success: true,
      post_id: id,
      task_id: `post-${id}-0`,
      status: 'processing',
      message: [message, ...notes].join(' '),
    };
  }

  /** @throws AppError as the route's error answers say; then nothing was stored */
  async schedule(userId: number, body: SchedulePostBody): Promise<PostScheduled> {
    const { scheduled_time } = body;
    const at = timeOf(scheduled_time);
    const { id, notes } = await this.create(userId, body, at);
    const message = `The post will be published at ${at.toISOString()}.`;
    return { success: true, post_id: id, scheduled_time, message: [message, ...notes].join(' ') };
  }

  /** A draft, at its time, or at once. @throws AppError as the route's error answers say; then nothing was stored */
  async post(userId: number, body: NewPostBody): Promise<PostView> {
    return this.accept(await this.prepare(userId, body));
  }

  /** All but storing it. @throws AppError as the route's error answers say, but for what the database alone can tell */
  async prepare(userId: number, body: NewPostBody, probe?: UrlProbe): Promise<NewPost> {
    const { scheduled_time, status } = body;
    const conflicts = NewPostBody.timeOfADraft(body);
    if (conflicts.length > 0) throw validationError([...NewPostBody.rulesBroken(body)]);
    const at = scheduled_time === undefined ? (status ?? 'posting') : timeOf(scheduled_time);
    return this.plan(userId, body, at, probe);
  }

  /** @throws AppError `duplicate_post`, `external_id_taken` */
  async accept(post: NewPost): Promise<PostView> {
    return this.posts.get(post.userId, await this.intake.store(post));
  }

  /** @returns the post's id, and what its user should know of it: nothing is left out without a word */
  private async create(
    userId: number,
    body: CreatePostBody,
    at: Date | 'posting',
    along?: Along,
  ): Promise<{ id: number; notes: string[] }> {
    const post = await this.plan(userId, body, at);
    return { id: await this.intake.store(post, along), notes: post.notes };
  }

  private async plan(
    userId: number,
    body: CreatePostBody,
    at: Date | 'posting' | 'draft',
    probe?: UrlProbe,
  ): Promise<NewPost> {
    const scheduledTime = at instanceof Date ? at : null;
    const content = await this.planning.plan(userId, body, { scheduledTime, timeIsNew: true, checked: null, probe });
    const status = at instanceof Date ? 'scheduled' : at;
    const { prepareAheadMs } = this.settings.publishing;
    return { ...content, userId, status, prepareAheadMs, notes: [...notesOn(content, body), ...content.warnings] };
  }
}

function notesOn({ mediaType, items }: PostContent, body: CreatePostBody): string[] {
  const warnings = wishWarnings({ ...body }, mediaType, items[0]?.kind ?? null);
  return warnings.map(({ pointer, message }) => `Note: ${pointer.slice(1)} ${message}.`);
}

function timeOf(scheduledTime: string): Date {
  const at = parseInstant(scheduledTime);
  if (at === null) throw validationError([{ pointer: '/scheduled_time', message: 'is not a time' }]);
  return at;
}
