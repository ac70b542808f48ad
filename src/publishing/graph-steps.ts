import { Injectable } from '@nestjs/common';
import { AccountsService } from '../accounts/accounts.service';
import { AssetDelivery } from '../assets/asset-delivery';
import { GraphError, InstagramGraph, type Credential, type GraphCallObservation, type Login } from '../graph';
import { joinedCaption } from '../posts/caption';
import { storedProblems } from '../posts/post-content';
import { childInHand } from './children';
import { matchMedia, type Candidate } from './match-media';
import type { ClaimedPost } from './publishing-rows';
import { PublishingRows } from './publishing-rows';
import type { Call, ContainerCode, Heard, UploadNews } from './publishing-state';
import type { Failure } from './retry-policy';
import { carouselSpec, childSpec, containerSpec } from './specs';
import { isUnsent } from './upload-progress';
import { Uploads } from './uploads';

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
    private readonly delivery: AssetDelivery,
    private readonly rows: PublishingRows,
    private readonly uploads: Uploads,
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
        const index = childInHand(post)?.index ?? -1;
        const item = post.items[index];
        const source = await this.sourceOf(index, post, credential.login);
        if (!item || 'kind' in source) return { what: 'call_failed', failure: 'kind' in source ? source : assetGone };
        const created = await graph.createContainer(credential, post.accountId, childSpec(item, source.url));
        return { what: 'child_created', ...created, uploadBytes: source.uploadBytes };
      }
      case 'read_child': {
        const { containerId: childId, upload } = childInHand(post) ?? {};
        return { what: 'child_status', ...(await statusOf(graph, credential, childId ?? '', isUnsent(upload))) };
      }
      case 'create_container': {
        if (post.mediaType === 'CAROUSEL')
          return {
            what: 'container_created',
            ...(await graph.createContainer(credential, post.accountId, carouselSpec(post))),
          };
        const [item] = post.items;
        const source = await this.sourceOf(0, post, credential.login);
        if (!item || 'kind' in source) return { what: 'call_failed', failure: 'kind' in source ? source : assetGone };
        const created = await graph.createContainer(credential, post.accountId, containerSpec(post, item, source.url));
        return { what: 'container_created', ...created, uploadBytes: source.uploadBytes };
      }
      case 'send_bytes':
        return this.uploads.send(graph, credential, post);
      case 'read_container':
        return { what: 'container_status', ...(await statusOf(graph, credential, containerId, isUnsent(post.upload))) };
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

  /** Where Instagram gets the item, a fresh address for each container; or why it can't: for one, the asset was deleted meanwhile. */
  private async sourceOf(index: number, post: ClaimedPost, login: Login): Promise<Source | Failure> {
    const item = post.items[index];
    if (!item) return assetGone;
    if (item.asset_id === null) return { url: item.url };
    const wasUnreachable = (post.failures.media_unreachable ?? 0) > 0;
    const purpose = { postId: post.id, item: index };
    const way = await this.delivery.of(post.userId, item.asset_id, login, { wasUnreachable, purpose });
    if (way === null) return assetGone;
    if (way.by === 'none') return { kind: 'media_unreachable', permanent: true, advice: `${way.why} ${way.remedy}` };
    return way.by === 'url' ? { url: way.url } : { url: null, uploadBytes: way.sizeBytes };
  }
}

/** An address to fetch from; null: we send so many bytes. */
type Source = { url: string; uploadBytes?: undefined } | { url: null; uploadBytes: number };

async function statusOf(
  graph: InstagramGraph,
  credential: Credential,
  containerId: string,
  withUpload: boolean,
): Promise<{ code: ContainerCode; failure: Failure | null; upload?: UploadNews }> {
  const state = await graph.containerStatus(credential, containerId, { withUpload });
  const { statusCode: code, failure, subcode, upload } = state;
  if (!failure) return { code, failure: null, upload };
  const { kind, permanent, advice } = failure;
  return { code, failure: { kind, permanent, advice, subcode: subcode ?? undefined }, upload };
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
