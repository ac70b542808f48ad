import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { AssetDelivery } from '../assets/asset-delivery';
import { Clock } from '../common/clock';
import type { Credential, InstagramGraph, VideoSource } from '../graph';
import { childInHand } from './children';
import { PublishingRows, type ClaimedPost } from './publishing-rows';
import type { Heard } from './publishing-state';
import type { Failure } from './retry-policy';
import { Surroundings } from './surroundings';
import { uploadInHand } from './uploading';

/** Of the posts that a process works on at once, so large a part may be uploads: they last long. */
const UPLOAD_SHARE = 0.25;
/** A claim is made longer each time this part of its lease has passed. */
const BEAT_SHARE = 0.25;
/** Where the database can't be asked, a claim is taken for lost after this part of it. */
const LOST_SHARE = 0.8;

/** Sends videos to Instagram: a call that may outlast many leases, so its post is kept meanwhile. */
@Injectable()
export class Uploads implements OnModuleDestroy {
  private readonly most: number;
  private active = 0;
  private readonly stopping = new AbortController();

  constructor(
    private readonly rows: PublishingRows,
    private readonly delivery: AssetDelivery,
    private readonly surroundings: Surroundings,
    private readonly clock: Clock,
  ) {
    this.most = Math.max(1, Math.floor(surroundings.concurrency * UPLOAD_SHARE));
  }

  /** A worker that stops doesn't wait for uploads: another one goes on where they are cut. */
  onModuleDestroy(): void {
    this.stopping.abort();
  }

  /** The rest of the video that is in hand. @throws GraphError when the call fails */
  async send(graph: InstagramGraph, credential: Credential, post: ClaimedPost): Promise<Heard> {
    if (this.active >= this.most || this.stopping.signal.aborted) return { what: 'bytes_not_sent' };
    this.active += 1;
    const ended = new AbortController();
    const lost = new AbortController();
    const keeping = this.keep(post, lost, ended.signal);
    try {
      const source = await this.open(post);
      if (source === null) return { what: 'call_failed', failure: unreadable };
      const offset = uploadInHand(post)?.sentBytes ?? 0;
      const signal = AbortSignal.any([lost.signal, this.stopping.signal]);
      await graph.uploadVideo(credential, containerOf(post), source, { offset, signal });
      return { what: 'bytes_sent' };
    } catch (error) {
      if (lost.signal.aborted || this.stopping.signal.aborted) return { what: 'bytes_cut' };
      throw error;
    } finally {
      ended.abort();
      await keeping;
      this.active -= 1;
    }
  }

  private async open(post: ClaimedPost): Promise<VideoSource | null> {
    const id = itemOf(post)?.asset_id ?? null;
    const from = uploadInHand(post)?.sentBytes ?? 0;
    return id === null ? null : this.delivery.open(post.userId, id, from).catch(() => null);
  }

  /** Fenced like every write: once the claim is somebody else's, or a client moved the post, sending ends. */
  private async keep(post: ClaimedPost, lost: AbortController, ended: AbortSignal): Promise<void> {
    const { leaseMs } = this.surroundings;
    let keptAt = this.clock.monotonicMs();
    while (!ended.aborted && !lost.signal.aborted) {
      await this.clock.delay(leaseMs * BEAT_SHARE, ended).catch(() => undefined);
      if (ended.aborted) return;
      const isOurs = await this.rows.extend(post).catch(() => null);
      if (isOurs) keptAt = this.clock.monotonicMs();
      if (isOurs === false || this.clock.monotonicMs() - keptAt > leaseMs * LOST_SHARE) lost.abort();
    }
  }
}

function containerOf(post: ClaimedPost): string {
  return (post.step === 'create' ? childInHand(post)?.containerId : post.containerId) ?? '';
}

function itemOf(post: ClaimedPost) {
  return post.items[post.step === 'create' ? (childInHand(post)?.index ?? -1) : 0];
}

const unreadable: Failure = {
  kind: 'media_unreachable',
  advice: 'The video could not be read from our storage. Was its asset deleted? Make a new post with another one.',
};
