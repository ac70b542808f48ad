import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Transactions } from '../database/transactions';
import { mayBecome } from '../posts/post-state';
import { isTooLate, missed, poisoned } from './ending';
import { GraphSteps } from './graph-steps';
import { callFor, nextStep } from './next-step';
import { containerIsTooOld, rebuild } from './preparing';
import { PublishingRecord } from './publishing-record';
import { PublishingRows, type ClaimedPost } from './publishing-rows';
import { after, type Call, type Change } from './publishing-state';
import { Surroundings } from './surroundings';
import { askOldContainer, intentToPublish } from './verifying';

/** When to look at the post again. Null: never, or somebody else does. */
export type LookAgain = { epoch: number; inMs: number; early: boolean } | null;

/** Meta answers within seconds, or the answer is lost to us. */
const LONGEST_PUBLISH_MS = 40_000;
/** Of the lease, what a publish call may take; the rest is for writing down what it said. */
const PUBLISH_SHARE = 0.6;
const MOST_TAKEOVERS = 3;

/** The lease ran out between the intent and the call: not a byte was sent, and the sweep will read the container. */
class LeaseLost extends Error {}

/**
 * Moves a post on: claim, at most one Graph call, write; again for as long as the next step is due now. Safe to call for
 * any post, at any time, by any number of workers (reliability.md §3).
 */
@Injectable()
export class Publisher {
  constructor(
    private readonly rows: PublishingRows,
    private readonly steps: GraphSteps,
    private readonly record: PublishingRecord,
    private readonly transactions: Transactions,
    private readonly surroundings: Surroundings,
  ) {}

  async advance(postId: number): Promise<LookAgain> {
    let post = await this.transactions.run(async (tx) => {
      const claimed = await this.rows.claim(tx, postId);
      if (claimed) await this.record.claimed(tx, claimed);
      return claimed;
    });
    if (!post) {
      const inMs = await this.rows.dueIn(postId);
      return inMs === null ? null : { epoch: -1, inMs, early: true };
    }
    for (;;) {
      const next: ClaimedPost | null = await this.step(post);
      if (!next) return null;
      if (next.lookAgainAt === null) return null;
      const inMs = next.lookAgainAt.getTime() - next.readAt.getTime();
      if (inMs > 0) return { epoch: next.epoch, inMs, early: false };
      post = next;
    }
  }

  /** One step. Null: the claim was lost, and with it the right to write. */
  private async step(post: ClaimedPost): Promise<ClaimedPost | null> {
    const now = this.surroundings.since(post.readAt);
    if (post.takeovers >= MOST_TAKEOVERS) return this.write(post, poisoned(post, post.takeovers), now());
    if (post.status !== 'completed' && isTooLate(post, now())) return this.write(post, missed(post, now()), now());
    const call = callFor(post);
    if (call === null) return this.write(post, { set: {}, lookAgainAt: null, why: 'Nothing is left to do.' }, now());
    if (call === 'publish') return this.publish(post, now);
    return this.hear(post, call, now);
  }

  private async publish(post: ClaimedPost, now: () => Date): Promise<ClaimedPost | null> {
    if (containerIsTooOld(post, now())) {
      const unused = () => rebuild(post, now(), 'The container is older than a day: a new one is made.');
      return this.write(post, post.publishCalls === 0 ? unused() : askOldContainer(now()), now());
    }
    const { rules } = this.surroundings;
    const intended = await this.write(post, intentToPublish(post, now(), rules), now(), { keep: true });
    return intended && this.hear(intended, 'publish', this.surroundings.since(intended.readAt));
  }

  private async hear(post: ClaimedPost, call: Call, now: () => Date): Promise<ClaimedPost | null> {
    const { leaseMs } = this.surroundings;
    const timeoutMs = Math.min(LONGEST_PUBLISH_MS, leaseMs * PUBLISH_SHARE);
    const latestStart = after(post.readAt, leaseMs - timeoutMs - leaseMs * 0.1);
    const beforeSend = () => {
      if (now() > latestStart) throw new LeaseLost();
    };
    try {
      const { heard, observed } = await this.steps.make(call, post, { timeoutMs, beforeSend });
      const change = nextStep(post, heard, now(), this.surroundings.rules);
      return await this.write(post, change, now(), { observed });
    } catch (error) {
      if (error instanceof LeaseLost) return null;
      throw error;
    }
  }

  private async write(
    post: ClaimedPost,
    change: Change,
    now: Date,
    { keep = change.lookAgainAt !== null && change.lookAgainAt <= now, observed = [] as Observed } = {},
  ): Promise<ClaimedPost | null> {
    if (change.set.status && !mayBecome(post.status, change.set.status))
      throw new Error(`A ${post.status} post cannot become ${change.set.status}`);
    return this.transactions.run(async (tx: EntityManager) => {
      const written = await this.rows.write(tx, post, change, keep);
      if (!written) {
        this.surroundings.log.warn('post.claim_lost', { post_id: post.id, epoch: post.epoch });
        return null;
      }
      await this.record.changed(tx, written, change, observed);
      return written;
    });
  }
}

type Observed = Awaited<ReturnType<GraphSteps['make']>>['observed'];
