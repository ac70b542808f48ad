import { Injectable } from '@nestjs/common';
import { AccountsService } from '../accounts/accounts.service';
import { AssetsService } from '../assets/assets.service';
import { GraphError, InstagramGraph, type ContainerSpec, type Credential, type GraphCallObservation } from '../graph';
import { joinedCaption } from '../posts/caption';
import { storedProblems } from '../posts/post-content';
import { childInHand } from './children';
import { matchMedia, type Candidate } from './match-media';
import type { ClaimedPost } from './publishing-rows';
import { PublishingRows } from './publishing-rows';
import type { Call, ContainerCode, Heard } from './publishing-state';
import type { Failure } from './retry-policy';
import { carouselSpec, childSpec, containerSpec } from './specs';

/** How far back and how many media are looked through for a post's own. */
const RECENT_MEDIA = 50;

/** What bounds a publish call: how long it may take, and the last check before its bytes leave. */
export interface PublishGuard {
  timeoutMs: number;
  /** Resolves when the moment to send has come. */
  ready: () => Promise<void>;
  beforeSend: () => void;
}

/** Makes the one Graph call that a step asks for and says what was heard, in the words that deciding understands. */
@Injectable()
export class GraphSteps {
  constructor(
    private readonly graph: InstagramGraph,
    private readonly accounts: AccountsService,
    private readonly assets: AssetsService,
    private readonly rows: PublishingRows,
  ) {}

  async make(
    call: Call,
    post: ClaimedPost,
    guard: PublishGuard,
  ): Promise<{ heard: Heard; observed: GraphCallObservation[] }> {
    const observed: GraphCallObservation[] = [];
    const credential = await this.accounts.credential(post.accountRowId);
    if (credential === null) {
      const what = call === 'publish' ? 'publish_not_sent' : 'call_failed';
      return { heard: { what, failure: disconnected(post) }, observed };
    }
    const broken = call === 'create_container' || call === 'create_child' ? brokenRules(post) : null;
    if (broken) return { heard: { what: 'call_failed', failure: broken }, observed };
    const graph = this.graph.observedBy((seen) => observed.push(seen));
    try {
      return { heard: await this.ask(graph, call, post, credential, guard), observed };
    } catch (error) {
      if (!(error instanceof GraphError)) throw error;
      const failure = failureOf(error);
      if (call === 'read_quota') return { heard: { what: 'quota_unread', failure }, observed };
      if (call !== 'publish') return { heard: { what: 'call_failed', failure }, observed };
      return { heard: { what: error.ambiguous ? 'publish_unclear' : 'publish_not_sent', failure }, observed };
    }
  }

  private async ask(
    graph: InstagramGraph,
    call: Call,
    post: ClaimedPost,
    credential: Credential,
    guard: PublishGuard,
  ): Promise<Heard> {
    const containerId = post.containerId ?? '';
    switch (call) {
      case 'read_quota':
        return { what: 'quota_read', limit: await graph.publishingLimit(credential, post.accountId) };
      case 'create_child': {
        const spec = await this.childOf(post);
        if (spec === null) return { what: 'call_failed', failure: assetGone };
        const created = await graph.createContainer(credential, post.accountId, spec);
        return { what: 'child_created', containerId: created.containerId };
      }
      case 'read_child': {
        const read = await statusOf(graph, credential, childInHand(post)?.containerId ?? '');
        return { what: 'child_status', ...read };
      }
      case 'create_container': {
        const spec = await this.containerOf(post);
        if (spec === null) return { what: 'call_failed', failure: assetGone };
        const created = await graph.createContainer(credential, post.accountId, spec);
        return { what: 'container_created', containerId: created.containerId };
      }
      case 'read_container': {
        return { what: 'container_status', ...(await statusOf(graph, credential, containerId)) };
      }
      case 'publish': {
        await guard.ready();
        const { timeoutMs, beforeSend } = guard;
        const { mediaId } = await graph.publish(credential, post.accountId, containerId, { timeoutMs, beforeSend });
        return { what: 'published', mediaId };
      }
      case 'find_media':
        return this.find(graph, post, credential);
      case 'read_permalink': {
        const { permalink } = await graph.readMedia(credential, post.instagramPostId ?? '');
        return { what: 'permalink_read', permalink };
      }
    }
  }

  private async find(graph: InstagramGraph, post: ClaimedPost, credential: Credential): Promise<Heard> {
    const since = post.intentAt ?? post.dueAt;
    const query = { since: new Date(since.getTime() - 60_000), limit: RECENT_MEDIA };
    const list =
      post.mediaType === 'STORIES'
        ? await graph.recentStories(credential, post.accountId, query)
        : await graph.recentMedia(credential, post.accountId, query);
    const candidates = list.map((medium): Candidate => ({
      ...medium,
      mediaId: medium.id,
      mediaProductType: medium.productType,
    }));
    const caption = joinedCaption(post.caption, post.options.hashtags);
    const sought = { mediaType: post.mediaType, caption, since };
    const mediaId = matchMedia(sought, candidates, await this.rows.ownedMedia(post));
    if (mediaId === null) return { what: 'media_not_found' };
    return { what: 'media_found', mediaId, permalink: list.find(({ id }) => id === mediaId)?.permalink ?? null };
  }

  /** Null: the asset was deleted meanwhile. */
  private async containerOf(post: ClaimedPost): Promise<ContainerSpec | null> {
    if (post.mediaType === 'CAROUSEL') return carouselSpec(post);
    const [item] = post.items;
    const url = item && (await this.urlOf(post, 0));
    return item && url ? containerSpec(post, item, url) : null;
  }

  /** @see containerOf */
  private async childOf(post: ClaimedPost): Promise<ContainerSpec | null> {
    const index = childInHand(post)?.index ?? -1;
    const item = post.items[index];
    const url = item && (await this.urlOf(post, index));
    return item && url ? childSpec(item, url) : null;
  }

  /** A fresh one for each container. */
  private async urlOf({ id, userId, items }: ClaimedPost, item: number): Promise<string | null> {
    const { asset_id, url } = items[item] ?? { asset_id: null, url: null };
    return asset_id === null ? url : this.assets.publicUrl(userId, asset_id, { postId: id, item });
  }
}

async function statusOf(
  graph: InstagramGraph,
  credential: Credential,
  containerId: string,
): Promise<{ code: ContainerCode; failure: Failure | null }> {
  const { statusCode, failure, subcode } = await graph.containerStatus(credential, containerId);
  if (!failure) return { code: statusCode, failure: null };
  const { kind, permanent, advice } = failure;
  return { code: statusCode, failure: { kind, permanent, advice, subcode: subcode ?? undefined } };
}

function failureOf(error: GraphError): Failure {
  return {
    kind: error.kind,
    permanent: error.permanent,
    advice: error.advice,
    code: error.code ?? undefined,
    subcode: error.subcode ?? undefined,
    fbtraceId: error.fbtraceId ?? undefined,
    retryAfterSeconds: error.retryAfterSeconds ?? undefined,
    scope: error.scope,
  };
}

/** The rules may have changed since the post was taken; Instagram is not asked about what it would refuse. */
function brokenRules(post: ClaimedPost): Failure | null {
  const problems = storedProblems(post);
  if (problems.length === 0) return null;
  const told = problems.map(({ pointer, message }) => `${pointer.slice(1) || 'the post'} ${message}`).join('; ');
  return { kind: 'validation_error', permanent: true, advice: `Instagram would refuse this post: ${told}.` };
}

function disconnected(post: ClaimedPost): Failure {
  return {
    kind: 'account_not_found',
    advice: `The Instagram account ${post.accountId} was disconnected. Connect it again, then retry the post.`,
  };
}

const assetGone: Failure = {
  kind: 'media_unreachable',
  advice:
    'The asset of this post was deleted, or its file was cleared away, before Instagram could fetch it. Make a new post with another asset.',
};
