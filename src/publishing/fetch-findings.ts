import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { Settings } from '../config/settings';
import { findingOf } from '../relay/media-fetch';
import { MediaFetchesRepository } from '../relay/media-fetches.repository';
import { Storage } from '../storage/storage';
import type { Answered } from './claims';
import { childInHand } from './children';
import type { ClaimedPost } from './publishing-rows';
import { after, type Call } from './publishing-state';

/** Undocumented codes of a container's status that are about getting the medium, too; reference §4.1. */
const ABOUT_FETCHING: readonly (number | undefined)[] = [2207003, 2207052, 2207076, 2207077];
/** The API notes a fetch when its answer has ended, which may be a moment after Meta has told us of it. */
const PATIENCE_MS = 500;
/** A container is dated when Meta has answered for it; it may have fetched right before. */
const BEFORE_CREATED_MS = 90_000;

/** Where Meta could not get a medium that we serve ourselves, our own side of it is told with Meta's word. */
@Injectable()
export class FetchFindings {
  constructor(
    private readonly fetches: MediaFetchesRepository,
    private readonly storage: Storage,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  async told(post: ClaimedPost, call: Call, answered: Answered): Promise<Answered> {
    const { heard } = answered;
    const failure = 'failure' in heard ? heard.failure : null;
    if (failure === null || !this.storage.isServedHere) return answered;
    if (failure.kind !== 'media_unreachable' && !ABOUT_FETCHING.includes(failure.subcode)) return answered;
    const finding = await this.finding(post, call);
    if (finding === null) return answered;
    const advice = `${failure.advice} ${finding}`;
    return { ...answered, heard: { ...heard, failure: { ...failure, advice } } as Answered['heard'] };
  }

  /** Null: the medium is not ours to serve. */
  private async finding(post: ClaimedPost, call: Call): Promise<string | null> {
    const child = call === 'create_child' || call === 'read_child' ? childInHand(post) : null;
    const item = child?.index ?? 0;
    const assetId = post.items[item]?.asset_id ?? null;
    if (assetId === null || (child === null && post.childrenNeeded > 0)) return null;
    const createdAt = child?.createdAt ? new Date(child.createdAt) : post.containerCreatedAt;
    const isRead = call === 'read_child' || call === 'read_container';
    const since = isRead && createdAt ? after(createdAt, -BEFORE_CREATED_MS) : post.readAt;
    const about = { postId: post.id, item, assetId };
    let seen = await this.fetches.ofItem(about, since);
    if (seen.length === 0) {
      await this.clock.delay(PATIENCE_MS);
      seen = await this.fetches.ofItem(about, since);
    }
    return findingOf(seen, this.settings.http.publicBaseUrl);
  }
}
