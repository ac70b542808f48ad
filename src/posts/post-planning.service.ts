import { Injectable } from '@nestjs/common';
import { AccountsService } from '../accounts/accounts.service';
import { validationError } from '../common/app-error';
import { Clock } from '../common/clock';
import { Settings } from '../config/settings';
import { readDestination } from '../net/url-policy';
import { carouselProblems, itemProblems } from './carousel-rules';
import type { CarouselItemBody } from './dto/carousel-item.dto';
import type { CreatePostBody } from './dto/create-post.dto';
import type { PostContent } from './post-content';
import type { PostItem, PostOptions } from './post.entity';
import { PostMedia, type LocatedMedium } from './post-media';
import {
  captionProblems,
  inferMediaType,
  mediaTypeProblems,
  sourceProblems,
  type MediaType,
  type RuleProblem,
} from './post-rules';

/** How late a client's clock or network may make a `scheduled_time`. */
const PAST_ALLOWED_MS = 60_000;

/** What a post is planned with besides the wish itself. */
export interface Circumstances {
  /** Null: a draft, or at once. */
  scheduledTime: Date | null;
  /** A time that was accepted before and only stays may have passed. */
  timeIsNew: boolean;
  /** Media that were checked before and do not change. */
  checked: PostItem[] | null;
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
    const unsound = [...sourceProblems(wish), ...carouselProblems(wish)];
    const problems: RuleProblem[] = [
      ...unsound,
      ...captionProblems(wish.caption ?? ''),
      ...(timeIsNew ? this.tooLate(scheduledTime) : []),
    ];
    if (unsound.length > 0) throw validationError(problems);
    const media = checked?.map(mediumOf) ?? (await this.media.locate(userId, wish));
    const { mediaType, problems: others } = typeOf(wish, media);
    problems.push(...others);
    if (problems.length > 0) throw validationError(problems);
    // Nobody but Instagram fetches it; that it could not is told now, and not when the post fails.
    if (wish.cover_url !== undefined) readDestination(wish.cover_url, this.settings.net.allowedPrivateHosts);

    const account = await this.accounts.forPosting(userId, wish.account_id);
    await this.media.checkDelivery(userId, media, account.login);
    if (!checked) await this.media.check(media, mediaType);
    return {
      accountRowId: account.rowId,
      accountId: account.accountId,
      mediaType,
      videoId: videoIdOf(media),
      items: media.map((medium, index) => itemOf(medium, wish.items?.[index])),
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

/** What the media make the post, and what of the wish doesn't go with them. */
function typeOf(wish: CreatePostBody, media: LocatedMedium[]): { mediaType: MediaType; problems: RuleProblem[] } {
  const { items, media_type } = wish;
  if (items !== undefined) {
    const problems = media.flatMap(({ kind }, index) => itemProblems(items[index] ?? {}, kind, index));
    return { mediaType: 'CAROUSEL', problems };
  }
  const kind = media[0]?.kind ?? 'image';
  const mediaType = inferMediaType(kind, media_type);
  return { mediaType, problems: mediaTypeProblems(mediaType, kind, { ...wish }) };
}

/** Of a post that is one video of the library. */
function videoIdOf([medium, ...others]: LocatedMedium[]): number | null {
  return others.length === 0 && medium?.kind === 'video' ? medium.assetId : null;
}

function itemOf({ kind, assetId, url }: LocatedMedium, item: CarouselItemBody | undefined): PostItem {
  const user_tags = item?.user_tags?.length ? item.user_tags : undefined;
  return { kind, asset_id: assetId, url, alt_text: item?.alt_text, user_tags };
}

function optionsOf(wish: CreatePostBody, isReel: boolean): PostOptions {
  const { location_id, cover_url, thumb_offset, audio_name, alt_text } = wish;
  const options = { location_id, cover_url, thumb_offset, audio_name, alt_text };
  return isReel ? { share_to_feed: wish.share_to_feed, ...options } : options;
}
