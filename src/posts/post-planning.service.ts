import { Injectable } from '@nestjs/common';
import { AccountsService } from '../accounts/accounts.service';
import { validationError } from '../common/app-error';
import { Clock } from '../common/clock';
import { Settings } from '../config/settings';
import { readDestination } from '../net/url-policy';
import type { CreatePostBody } from './dto/create-post.dto';
import type { PostContent } from './post-content';
import type { PostItem, PostOptions } from './post.entity';
import { PostMedia, type LocatedMedium } from './post-media';
import { captionProblems, inferMediaType, mediaTypeProblems, sourceProblems, type RuleProblem } from './post-rules';

/** How late a client's clock or network may make a `scheduled_time`. */
const PAST_ALLOWED_MS = 60_000;

/** What a post is planned with besides the wish itself. */
export interface Circumstances {
  /** Null: a draft, or at once. */
  scheduledTime: Date | null;
  /** A time that was accepted before and only stays may have passed. */
  timeIsNew: boolean;
  /** Media that were checked before and do not change. */
  checked: PostItem | null;
}

/** From what a client wishes to what can be stored: every rule, in the order that the contract promises. */
@Injectable()
export class PostPlanning {
  constructor(
    private readonly accounts: AccountsService,
    private readonly media: PostMedia,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  /** @throws AppError as the error answers of `POST /post` say */
  async plan(
    userId: number,
    wish: CreatePostBody,
    { scheduledTime, timeIsNew, checked }: Circumstances,
  ): Promise<PostContent> {
    // What the request alone can tell comes first and together; the network is asked only about a sound one.
    const noSource = sourceProblems(wish);
    const problems: RuleProblem[] = [
      ...noSource,
      ...captionProblems(wish.caption ?? ''),
      ...(timeIsNew ? this.tooLate(scheduledTime) : []),
    ];
    if (noSource.length > 0) throw validationError(problems);
    const medium = checked ? mediumOf(checked) : await this.media.locate(userId, wish);
    const mediaType = inferMediaType(medium.kind, wish.media_type);
    problems.push(...mediaTypeProblems(mediaType, medium.kind, { ...wish }));
    if (problems.length > 0) throw validationError(problems);
    // Nobody but Instagram fetches it; that it could not is told now, and not when the post fails.
    if (wish.cover_url !== undefined) readDestination(wish.cover_url, this.settings.net.allowedPrivateHosts);

    const account = await this.accounts.forPosting(userId, wish.account_id);
    if (!checked) await this.media.check(medium, mediaType);
    return {
      accountRowId: account.rowId,
      accountId: account.accountId,
      mediaType,
      videoId: medium.kind === 'video' ? medium.assetId : null,
      items: [{ kind: medium.kind, asset_id: medium.assetId, url: medium.url }],
      caption: wish.caption ?? null,
      options: optionsOf(wish, mediaType === 'REELS'),
      maxLatenessSeconds: wish.max_lateness_seconds ?? null,
      scheduledTime,
    };
  }

  private tooLate(scheduledTime: Date | null): RuleProblem[] {
    if (scheduledTime === null) return [];
    const late = this.clock.now().getTime() - scheduledTime.getTime();
    if (late <= PAST_ALLOWED_MS) return [];
    const message = `is ${Math.round(late / 1_000)} s in the past; publish now with POST /post`;
    return [{ pointer: '/scheduled_time', message }];
  }
}

function mediumOf({ kind, asset_id: assetId, url }: PostItem): LocatedMedium {
  return { kind, assetId, url, facts: null };
}

function optionsOf(wish: CreatePostBody, isReel: boolean): PostOptions {
  const { location_id, cover_url, thumb_offset, audio_name, alt_text } = wish;
  const options = { location_id, cover_url, thumb_offset, audio_name, alt_text };
  return isReel ? { share_to_feed: wish.share_to_feed, ...options } : options;
}
