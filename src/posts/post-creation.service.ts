import { Injectable } from '@nestjs/common';
import { AccountsService } from '../accounts/accounts.service';
import { validationError } from '../common/app-error';
import { Clock } from '../common/clock';
import { Settings } from '../config/settings';
import type { CreatePostBody, SchedulePostBody } from './dto/create-post.dto';
import type { PostAccepted, PostScheduled } from './dto/post-views.dto';
import { parseInstant } from './instant';
import type { PostOptions } from './post.entity';
import { PostIntake } from './post-intake';
import { PostMedia, sourceProblems } from './post-media';
import { captionProblems, inferMediaType, mediaTypeProblems, type RuleProblem } from './post-rules';

/** How late a client's clock or network may make a `scheduled_time`. */
const PAST_ALLOWED_MS = 60_000;

/** Taking posts in: everything is checked before a row exists, and committed before it is answered. */
@Injectable()
export class PostCreation {
  constructor(
    private readonly accounts: AccountsService,
    private readonly media: PostMedia,
    private readonly intake: PostIntake,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  /** @throws AppError as the route's error answers say; then nothing was stored */
  async publishNow(userId: number, body: CreatePostBody): Promise<PostAccepted> {
    const id = await this.create(userId, body, null);
    return {
      success: true,
      post_id: id,
      task_id: `post-${id}-0`,
      status: 'processing',
      message: `Publishing has begun. GET /api/instagram/posts/${id}/status tells how far it is.`,
    };
  }

  /** @throws AppError as the route's error answers say; then nothing was stored */
  async schedule(userId: number, body: SchedulePostBody): Promise<PostScheduled> {
    const at = parseInstant(body.scheduled_time);
    if (at === null) throw validationError([{ pointer: '/scheduled_time', message: 'is not a time' }]);
    const id = await this.create(userId, body, at);
    const message = `The post will be published at ${at.toISOString()}.`;
    return { success: true, post_id: id, scheduled_time: body.scheduled_time, message };
  }

  private async create(userId: number, body: CreatePostBody, scheduledTime: Date | null): Promise<number> {
    // What the request alone can tell comes first and together; the network is asked only about a sound one.
    const noSource = sourceProblems(body);
    const problems: RuleProblem[] = [
      ...noSource,
      ...captionProblems(body.caption ?? ''),
      ...this.tooLate(scheduledTime),
    ];
    if (noSource.length > 0) throw validationError(problems);
    const medium = await this.media.locate(userId, body);
    const mediaType = inferMediaType(medium.kind, body.media_type);
    problems.push(...mediaTypeProblems(mediaType, medium.kind, { ...body }));
    if (problems.length > 0) throw validationError(problems);

    const account = await this.accounts.forPosting(userId, body.account_id);
    await this.media.check(medium, mediaType);
    return this.intake.store({
      userId,
      accountRowId: account.rowId,
      accountId: account.accountId,
      mediaType,
      videoId: medium.kind === 'video' ? medium.assetId : null,
      items: [{ kind: medium.kind, asset_id: medium.assetId, url: medium.url }],
      caption: body.caption ?? null,
      options: optionsOf(body, mediaType === 'REELS'),
      scheduledTime,
      prepareAheadMs: this.settings.publishing.prepareAheadMs,
    });
  }

  private tooLate(scheduledTime: Date | null): RuleProblem[] {
    if (scheduledTime === null) return [];
    const late = this.clock.now().getTime() - scheduledTime.getTime();
    if (late <= PAST_ALLOWED_MS) return [];
    return [
      {
        pointer: '/scheduled_time',
        message: `is ${Math.round(late / 1_000)} s in the past; publish now with POST /post`,
      },
    ];
  }
}

function optionsOf(body: CreatePostBody, isReel: boolean): PostOptions {
  const { location_id, cover_url, thumb_offset, audio_name, alt_text } = body;
  const options = { location_id, cover_url, thumb_offset, audio_name, alt_text };
  return isReel ? { share_to_feed: body.share_to_feed, ...options } : options;
}
