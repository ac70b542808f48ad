import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Transactions } from '../database/transactions';
import type { GraphCallObservation } from '../graph';
import { mayBecome } from '../posts/post-state';
import { isTooLate, missed } from './ending';
import { callToMake, isHeldTooLong, mustCountExactly, slowed, type Hold } from './pacing';
import { Pacing } from './pacing.service';
import { PublishingRecord } from './publishing-record';
import { PublishingRows, type ClaimedPost } from './publishing-rows';
import type { Call, Change, Heard } from './publishing-state';
import { Surroundings } from './surroundings';

/** What a call was answered, and all that was seen of it. */
export interface Answered {
  heard: Heard;
  observed: GraphCallObservation[];
}

/** A post that is held, and until when. */
export interface Held {
  heldUntil: Date;
  post: ClaimedPost;
}

/** Taking a post, and writing to it for as long as it is ours: a transaction each. */
@Injectable()
export class Claims {
  constructor(
    private readonly rows: PublishingRows,
    private readonly record: PublishingRecord,
    private readonly pacing: Pacing,
    private readonly transactions: Transactions,
    private readonly surroundings: Surroundings,
  ) {}

  /** Null: it is not due, somebody else holds it, or its account has no lane free. */
  async take(postId: number): Promise<ClaimedPost | Held | null> {
    return this.transactions.run(async (tx) => {
      const post = await this.rows.claim(tx, postId);
      if (!post) return null;
      const hold = await this.holdAtOnce(tx, post);
      if (!hold) {
        await this.record.claimed(tx, post);
        return post;
      }
      await this.rows.putBack(tx, post, hold);
      await this.tellHeld(tx, post, hold);
      return { heldUntil: hold.until, post };
    });
  }

  /** What speaks against making this call now; then it is written down, and the claim given back. */
  async hold(post: ClaimedPost, call: Call, now: Date): Promise<{ written: ClaimedPost | null } | null> {
    const { rules } = this.surroundings;
    return this.transactions.run(async (tx) => {
      const hold = await this.pacing.hold(tx, post, call, now, rules);
      return hold && { written: await this.writeHold(tx, post, hold, now) };
    });
  }

  /**
   * Commits the intent to publish, unless something speaks against it.
   * @returns the post, with `step` publish when it is held; null when the claim was lost
   */
  async intend(post: ClaimedPost, intent: Change, now: Date): Promise<ClaimedPost | null> {
    const { rules } = this.surroundings;
    return this.transactions.run(async (tx) => {
      if (mustCountExactly(post, now, rules)) await this.pacing.lock(tx, post);
      // From here on a pause is either seen, or not answered before the intent stands.
      await this.pacing.passPauses(tx);
      const fresh = { ...post, standing: await this.rows.standing(tx, post) };
      const hold = await this.pacing.hold(tx, fresh, 'publish', now, rules);
      return hold ? this.writeHold(tx, fresh, hold, now) : this.writeIn(tx, post, intent, { keep: true });
    });
  }

  /** Null: the claim was lost, and with it the right to write. */
  async write(post: ClaimedPost, change: Change, now: Date, answered?: Answered): Promise<ClaimedPost | null> {
    return this.transactions.run(async (tx) => {
      const next = slowed(change, post, now);
      const keep = next.lookAgainAt !== null && next.lookAgainAt <= now;
      // First, so that the row comes back with what was learned; and even where the post is no longer ours.
      if (answered) await this.pacing.heard(tx, post, answered.observed, answered.heard);
      return this.writeIn(tx, post, next, { keep, answered });
    });
  }

  /** Right after the claim, so that a post that has to wait stays what it was. */
  private async holdAtOnce(tx: EntityManager, post: ClaimedPost): Promise<Hold | null> {
    const { rules } = this.surroundings;
    const now = post.readAt;
    if (post.orphanedMs !== null || isTooLate(post, now)) return null;
    const call = callToMake(post, now);
    const hold = call && (await this.pacing.hold(tx, post, call, now, rules));
    return hold && !isHeldTooLong(post, hold, now) ? hold : null;
  }

  private async writeHold(tx: EntityManager, post: ClaimedPost, hold: Hold, now: Date): Promise<ClaimedPost | null> {
    if (isHeldTooLong(post, hold, now)) return this.writeIn(tx, post, missed(post, now, hold.why), { keep: false });
    const change: Change = { set: {}, lookAgainAt: hold.until, why: hold.why, waitReason: hold.reason };
    const written = await this.writeIn(tx, post, change, { keep: false });
    if (hold.isOfTheAccount) await this.rows.holdSiblings(tx, post, hold);
    return written;
  }

  private async tellHeld(tx: EntityManager, post: ClaimedPost, hold: Hold): Promise<void> {
    await this.record.held(tx, post, hold);
    if (hold.isOfTheAccount) await this.rows.holdSiblings(tx, post, hold);
  }

  private async writeIn(
    tx: EntityManager,
    post: ClaimedPost,
    change: Change,
    { keep, answered }: { keep: boolean; answered?: Answered },
  ): Promise<ClaimedPost | null> {
    if (change.set.status && !mayBecome(post.status, change.set.status))
      throw new Error(`A ${post.status} post cannot become ${change.set.status}`);
    const written = await this.rows.write(tx, post, change, { keep, hasAnswer: answered !== undefined });
    if (!written) {
      this.surroundings.log.warn('post.claim_lost', { post_id: post.id, epoch: post.epoch });
      return null;
    }
    await this.record.changed(tx, written, change, answered?.observed ?? []);
    return written;
  }
}
