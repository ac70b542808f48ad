import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { type Clock } from '../common/clock';
import { type Secret } from '../common/secret';
import { type GraphSettings } from '../config/settings';
import * as accounts from './account-calls';
import * as authorize from './authorize-url';
import { classifyContainer, subcodeInStatus, type Verdict } from './classify-error';
import * as commenting from './comment-calls';
import { type ContainerSpec } from './container-spec';
import { type Credential } from './credential';
import { type GraphCall } from './graph-call';
import { unanswered } from './graph-error';
import { GraphHttp } from './graph-http';
import * as logins from './login-calls';
import { type OnGraphCall } from './observation';
import { type Comment, type ContainerState, type Media, type PublishingLimit, type WirePage } from './wire';
import {
  type FacebookPage,
  type GrantedToken,
  type InstagramAccount,
  type InstagramShortToken,
  type InstagramUser,
  type Permission,
  type TokenInspection,
} from './wire-login';

/** Where a container stands and, when Meta gave up on it, what that means. Meta: IG Container; reference §2.4. */
export interface ContainerStatus extends ContainerState {
  /** The number in Meta's sentence, such as 2207026; null when there is none. */
  subcode: number | null;
  /** Set for `ERROR` and `EXPIRED`, which are final: never a remedy of repeating the call. */
  failure: Verdict | null;
}

/** A stop for cursors that never end. */
const MOST_PAGES = 100;

/**
 * Everything we ask of Meta, in our words. Each method is one call (lists: one per page), and each call is sent once.
 * Methods reject with `GraphError` and nothing else, but for what a `beforeSend` throws.
 */
@Injectable()
export class InstagramGraph implements OnModuleDestroy {
  private readonly http: GraphHttp;

  constructor(
    private readonly settings: GraphSettings,
    private readonly clock: Clock,
    private readonly onCall?: OnGraphCall,
    sharedHttp?: GraphHttp,
  ) {
    this.http = sharedHttp ?? new GraphHttp(settings, clock);
  }

  /** The same client and connections, telling each call to `onCall` too: for the timeline of one post. */
  observedBy(onCall: OnGraphCall): InstagramGraph {
    const both: OnGraphCall = (call) => {
      try {
        this.onCall?.(call);
      } finally {
        onCall(call);
      }
    };
    return new InstagramGraph(this.settings, this.clock, both, this.http);
  }

  onModuleDestroy(): void {
    this.http.close();
  }

  /** Meta: Facebook Login for Business dialog; reference §1a. */
  facebookAuthorizeUrl(request: authorize.AuthorizeRequest): string {
    return authorize.facebookAuthorizeUrl(this.settings, request);
  }

  /** A short-lived user token. Meta: oauth/access_token; reference §1a. */
  async exchangeFacebookCode(code: logins.LoginCode): Promise<GrantedToken> {
    return this.call(logins.facebookCode(authorize.appOf(this.settings, 'facebook'), code, this.clock));
  }

  /** A user token for about 60 days; its string differs from the one given. Meta: get-long-lived; reference §1a, §11. */
  async extendFacebookToken(shortToken: Secret): Promise<GrantedToken> {
    return this.call(logins.facebookExtension(authorize.appOf(this.settings, 'facebook'), shortToken, this.clock));
  }

  /** All Pages of the person, with their tokens and Instagram accounts. Meta: me/accounts; reference §1a. */
  async listPages(userToken: Secret): Promise<FacebookPage[]> {
    return this.allPages(logins.facebookPages(userToken), Infinity);
  }

  /** The business portfolios of the person, by id; needs `business_management`. Meta: me/businesses; reference §1a. */
  async listBusinesses(userToken: Secret): Promise<string[]> {
    return this.allPages(logins.facebookBusinesses(userToken), Infinity);
  }

  /** Pages that the person reaches through a portfolio only, so that `listPages` leaves them out; reference §1a. */
  async listBusinessPages(userToken: Secret, businessId: string): Promise<FacebookPage[]> {
    const edges = ['owned_pages', 'client_pages'] as const;
    const lists = edges.map((edge) => this.allPages(logins.businessPages(userToken, businessId, edge), Infinity));
    return (await Promise.all(lists)).flat();
  }

  /** What the person granted, and what they declined. Meta: me/permissions; reference §1a. */
  async listPermissions(userToken: Secret): Promise<Permission[]> {
    return this.call(logins.facebookPermissions(userToken));
  }

  /** What a Facebook Login token is and may do; not for Instagram Login tokens. Meta: debug_token; reference §1a. */
  async inspectToken(token: Secret): Promise<TokenInspection> {
    return this.call(logins.debugToken(authorize.appOf(this.settings, 'facebook'), token));
  }

  /** Meta: Business Login for Instagram; reference §1b. */
  instagramAuthorizeUrl(request: authorize.AuthorizeRequest): string {
    return authorize.instagramAuthorizeUrl(this.settings, request);
  }

  /** A token for one hour. Meta: Business Login, step 2; reference §1b. */
  async exchangeInstagramCode(code: logins.LoginCode): Promise<InstagramShortToken> {
    return this.call(logins.instagramCode(authorize.appOf(this.settings, 'instagram'), code));
  }

  /** A token for 60 days for one of one hour. Meta: Business Login, step 3; reference §1b. */
  async extendInstagramToken(shortToken: Secret): Promise<GrantedToken> {
    return this.call(logins.instagramExtension(authorize.appOf(this.settings, 'instagram'), shortToken, this.clock));
  }

  /** 60 more days for a token at least 24 hours old and not expired. Meta: refresh_access_token; reference §1b. */
  async refreshInstagramToken(token: Secret): Promise<GrantedToken> {
    return this.call(logins.instagramRefresh(token, this.clock));
  }

  /** Whose Instagram Login token this is. Meta: me; reference §1b. */
  async identifyInstagramUser(token: Secret): Promise<InstagramUser> {
    return this.call(logins.instagramMe(token));
  }

  /**
   * The account as this credential sees it, which proves that it reaches it.
   * Rejects with `account_not_business` for a personal account. Meta: IG User; reference §1b, §2.
   */
  async readAccount(credential: Credential, accountId: string): Promise<InstagramAccount> {
    const account = await this.call(accounts.account(credential, accountId));
    if (account.accountType !== 'PERSONAL') return account;
    const advice = 'Personal accounts have no API. Switch the account to Business or Creator in the Instagram app.';
    throw unanswered('account_not_business', 'a personal account', advice, { remedy: 'account', httpStatus: 200 });
  }

  /** Has Instagram fetch and prepare media; nothing is public yet. Meta: IG User media; reference §2.1. */
  async createContainer(
    credential: Credential,
    accountId: string,
    container: ContainerSpec,
    options: accounts.CallOptions = {},
  ): Promise<{ containerId: string }> {
    return { containerId: await this.call(accounts.newContainer(credential, accountId, container, options)) };
  }

  /**
   * Sends the bytes of a video, from `offset` on, into a container that was made for an upload. Streams: the file is never
   * in memory. A call that fails may have brought some of them: `containerStatus` with `withUpload` says how many.
   * Facebook Login only. Meta: Upload Video to Meta Servers; reference §2.3.
   */
  async uploadVideo(
    credential: Credential,
    containerId: string,
    source: accounts.VideoSource,
    options: accounts.UploadOptions = {},
  ): Promise<void> {
    await this.call(accounts.upload(credential, containerId, source, options));
  }

  /** Meta: IG Container; reference §2.4. */
  async containerStatus(
    credential: Credential,
    containerId: string,
    query: accounts.ContainerQuery = {},
  ): Promise<ContainerStatus> {
    const state = await this.call(accounts.container(credential, containerId, query));
    return { ...state, subcode: subcodeInStatus(state.status), failure: classifyContainer(state) };
  }

  /**
   * Makes a finished container public. Sent at most once, on a connection of its own. Any `GraphError` but one with
   * `ambiguous: false` leaves open whether the post is live: read the container.
   * Meta: IG User media_publish; reference §2.2, §2.5.
   */
  async publish(
    credential: Credential,
    accountId: string,
    containerId: string,
    options: accounts.PublishOptions = {},
  ): Promise<{ mediaId: string }> {
    return { mediaId: await this.call(accounts.publication(credential, accountId, containerId, options)) };
  }

  /** Posts and reels, no stories. Meta: IG User media; reference §2.8. */
  async recentMedia(credential: Credential, accountId: string, query: accounts.RecentQuery): Promise<Media[]> {
    const list = accounts.mediaList(credential, accountId, 'media', query);
    return since(query, await this.allPages(list, query.limit));
  }

  /** Stories that are still up. Meta: IG User stories; reference §2.8. */
  async recentStories(credential: Credential, accountId: string, query: accounts.RecentQuery): Promise<Media[]> {
    const list = accounts.mediaList(credential, accountId, 'stories', query);
    return since(query, await this.allPages(list, query.limit));
  }

  /** Meta: IG Media; reference §2.7. */
  async readMedia(credential: Credential, mediaId: string): Promise<Media> {
    return this.call(accounts.oneMedia(credential, mediaId));
  }

  /**
   * Writes a comment on a medium, in the name of the account. Sent at most once, on a connection of its own. Any
   * `GraphError` but one with `ambiguous: false` leaves open whether it stands there: list the comments. Meta has answered
   * 400 to comments that it made. Meta: IG Media comments; reference §7, §0.9.
   */
  async createComment(
    credential: Credential,
    mediaId: string,
    text: string,
    options: accounts.PublishOptions = {},
  ): Promise<{ commentId: string }> {
    return { commentId: await this.call(commenting.newComment(credential, mediaId, text, options)) };
  }

  /** The comments on a medium without the replies to them, newest first, at most `limit`. Meta: IG Media comments; reference §7. */
  async listComments(credential: Credential, mediaId: string, limit: number): Promise<Comment[]> {
    return this.allPages(commenting.comments(credential, mediaId, limit), limit);
  }

  /** Meta: content_publishing_limit; reference §2.6. */
  async publishingLimit(credential: Credential, accountId: string): Promise<PublishingLimit> {
    return this.call(accounts.limit(credential, accountId));
  }

  private async allPages<T>(call: GraphCall<WirePage<T>>, limit: number): Promise<T[]> {
    const items: T[] = [];
    let after: string | null = null;
    for (let pages = 0; pages < MOST_PAGES && items.length < limit; pages += 1) {
      const page: WirePage<T> = await this.call({ ...call, query: { ...call.query, after: after ?? undefined } });
      items.push(...page.items);
      if (page.after === null || page.after === after) break;
      after = page.after;
    }
    return items.slice(0, limit);
  }

  private call<T>(call: GraphCall<T>): Promise<T> {
    return this.http.call(call, this.onCall);
  }
}

/** Meta's times have whole seconds, so the second of `since` itself counts as since. */
function since(query: accounts.RecentQuery, media: Media[]): Media[] {
  const from = Math.floor(query.since.getTime() / 1000) * 1000;
  return media.filter(({ timestamp }) => timestamp === null || timestamp.getTime() >= from);
}
