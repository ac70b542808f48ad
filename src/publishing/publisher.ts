import { Injectable } from '@nestjs/common';
import { Claims } from './claims';
import { isTooLate, missed, poisoned } from './ending';
import { GraphSteps } from './graph-steps';
import { nextStep } from './next-step';
import { callToMake } from './pacing';
import { containerIsTooOld, rebuild } from './preparing';
import type { ClaimedPost } from './publishing-rows';
import { after, type Call } from './publishing-state';
import { Surroundings } from './surroundings';
import { askOldContainer, intentToPublish } from './verifying';

/** What became of a wake-up. */
export interface Advanced {
  /** The post as it was left; null: it was not ours to work on. */
  post: ClaimedPost | null;
  /** When to look at it again, in milliseconds. Null: never, or somebody else does. */
  lookAgainInMs: number | null;
}

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
    private readonly claims: Claims,
    private readonly steps: GraphSteps,
    private readonly surroundings: Surroundings,
  ) {}

  async advance(postId: number): Promise<Advanced> {
    const taken = await this.claims.take(postId);
    if (taken === null) return { post: null, lookAgainInMs: null };
    if ('heldUntil' in taken) return leave(taken.post, taken.heldUntil);
    let post: ClaimedPost = taken;
    for (;;) {
      const next: ClaimedPost | null = await this.step(post);
      if (!next) return { post, lookAgainInMs: null };
      if (next.lookAgainAt === null || next.lookAgainAt > next.readAt) return leave(next, next.lookAgainAt);
      post = { ...next, isProbe: false };
    }
  }

  /** One step. Null: the claim was lost, and with it the right to write. */
  private async step(post: ClaimedPost): Promise<ClaimedPost | null> {
    const now = this.surroundings.since(post.readAt);
    if (post.takeovers >= MOST_TAKEOVERS) return this.claims.write(post, poisoned(post, post.takeovers), now());
    if (post.status !== 'completed' && isTooLate(post, now()))
      return this.claims.write(post, missed(post, now()), now());
    const call = callToMake(post, now());
    if (call === null)
      return this.claims.write(post, { set: {}, lookAgainAt: null, why: 'Nothing is left to do.' }, now());
    const held = await this.claims.hold(post, call, now());
    if (held) return held.written;
    return call === 'publish' ? this.publish(post, now) : this.hear(post, call, now);
  }

  private async publish(post: ClaimedPost, now: () => Date): Promise<ClaimedPost | null> {
    if (containerIsTooOld(post, now())) {
      const unused = () => rebuild(post, now(), 'The container is older than a day: a new one is made.');
      return this.claims.write(post, post.publishCalls === 0 ? unused() : askOldContainer(now()), now());
    }
    const intent = intentToPublish(post, now(), this.surroundings.rules);
    const intended = await this.claims.intend(post, intent, now());
    if (!intended || intended.step !== 'verify') return intended;
    return this.hear({ ...intended, isProbe: post.isProbe }, 'publish', this.surroundings.since(intended.readAt));
  }

  private async hear(post: ClaimedPost, call: Call, now: () => Date): Promise<ClaimedPost | null> {
    const { leaseMs, rules } = this.surroundings;
    const timeoutMs = Math.min(LONGEST_PUBLISH_MS, leaseMs * PUBLISH_SHARE);
    const latestStart = after(post.readAt, leaseMs - timeoutMs - leaseMs * 0.1);
    const beforeSend = () => {
      if (now() > latestStart) throw new LeaseLost();
    };
    try {
      const answered = await this.steps.make(call, post, { timeoutMs, beforeSend });
      return await this.claims.write(post, nextStep(post, answered.heard, now(), rules), now(), answered);
    } catch (error) {
      if (error instanceof LeaseLost) return null;
      throw error;
    }
  }
}

function leave(post: ClaimedPost, lookAgainAt: Date | null): Advanced {
  return { post, lookAgainInMs: lookAgainAt && lookAgainAt.getTime() - post.readAt.getTime() };
}
