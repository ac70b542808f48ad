import { Injectable } from '@nestjs/common';
import { AccountsService, type PostingAccount } from '../accounts/accounts.service';
import type { UrlProbe } from '../assets/media-probe';
import { Clock } from '../common/clock';
import { Settings } from '../config/settings';
import { readDestination } from '../net/url-policy';
import type { CreatePostBody } from './dto/create-post.dto';
import { Findings } from './findings';
import { LIMITS } from './kind-rules';
import { contentOf, itemOf } from './planned-content';
import type { PostContent } from './post-content';
import type { PostItem } from './post.entity';
import { PostMedia, type LocatedMedium, type Source } from './post-media';
import {
  inferMediaType,
  sourcePointer,
  type MediaKind,
  type MediaType,
  type RuleProblem,
  type Sent,
} from './post-rules';
import { mediaProblemsOf, offsetProblems, requestProblems } from './request-rules';

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
  /** Left out: each URL is looked at anew. */
  probe?: UrlProbe;
}

/** What was found out about a wish, as far as it could be. */
export interface Look {
  account: PostingAccount | undefined;
  /** Of each medium, in order. */
  media: (LocatedMedium | undefined)[];
  mediaType: MediaType;
  /** What may keep Instagram from fetching the media. */
  warnings: RuleProblem[];
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
  async plan(userId: number, wish: CreatePostBody, circumstances: Circumstances): Promise<PostContent> {
    const { account, media, mediaType, warnings } = await this.look(userId, wish, circumstances, new Findings(false));
    const found = media.flatMap((medium) => medium ?? []);
    if (!account || found.length < media.length) throw new Error('A check neither passed nor threw');
    const items = found.map((medium, index) => itemOf(medium, wish.items?.[index]));
    const content = contentOf(wish, { account, mediaType, items, scheduledTime: circumstances.scheduledTime });
    return { ...content, warnings: warnings.map(({ message }) => message) };
  }

  /**
   * Every check, one after the other; what is wrong goes to `findings`.
   * @param sent the body as it was sent, where that is not sound enough to be all of the wish
   */
  async look(
    userId: number,
    wish: CreatePostBody,
    { scheduledTime, timeIsNew, checked, probe }: Circumstances,
    findings: Findings,
    sent: Sent = { ...wish },
  ): Promise<Look> {
    const late = timeIsNew ? this.tooLate(scheduledTime) : [];
    // What the request alone can tell comes first and together; the network is asked only about a sound one.
    if (mediaProblemsOf(sent).length > 0) findings.tell([...requestProblems(sent), ...late]);
    const pointers = { items: wish.items !== undefined, single: sourcePointer({ ...wish }) };
    // Many more items than a carousel takes are told as too many, and not looked for.
    const sources: Source[] = (wish.items ?? [wish]).slice(0, LIMITS.maxItems);
    const media: (LocatedMedium | undefined)[] =
      checked?.map(mediumOf) ??
      (await findings.each(sources, pointers, (source) =>
        hasOneSource(source) ? this.media.locate(userId, source) : undefined,
      ));
    const kinds = media.map((medium): MediaKind | null => medium?.kind ?? null);
    findings.tell([...requestProblems(sent, kinds), ...late]);
    const mediaType: MediaType = wish.items ? 'CAROUSEL' : inferMediaType(kinds[0] ?? 'image', wish.media_type);

    const { cover_url } = wish;
    // Nobody but Instagram fetches it; that it could not is told now, and not when the post fails.
    if (cover_url !== undefined)
      await findings.attempt('/cover_url', () => readDestination(cover_url, this.settings.net.allowedPrivateHosts));
    const account = await findings.attempt('/account_id', () => this.accounts.forPosting(userId, wish.account_id));
    if (account)
      await findings.each(media, pointers, (medium) =>
        medium ? this.media.checkDelivery(userId, medium, account.login) : undefined,
      );
    if (checked) return { account, media, mediaType, warnings: [] };
    const found = await findings.each(
      media,
      pointers,
      (medium) => medium && this.media.check(medium, mediaType, probe),
    );
    findings.tell(offsetProblems(sent, found[0]?.durationSeconds ?? null));
    const warnings = found.flatMap((medium, index) =>
      (medium?.warnings ?? []).map((message) => ({
        pointer: pointers.items ? `/items/${index}` : pointers.single,
        message,
      })),
    );
    return { account, media, mediaType, warnings };
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

function hasOneSource({ video_id, asset_id, video_url, image_url }: Source): boolean {
  return [video_id, asset_id, video_url, image_url].filter((source) => source !== undefined).length === 1;
}
