import { Injectable } from '@nestjs/common';
import { Claims } from './claims';
import { decide } from './decide';
import { FetchFindings } from './fetch-findings';
import { GraphSteps } from './graph-steps';
import { nextStep } from './next-step';
import type { ClaimedPost } from './publishing-rows';
import { after, type Call } from './publishing-state';
import { Surroundings } from './surroundings';
import { intentToSend } from './uploading';
import { intentToPublish, takeBack } from './verifying';

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
/** The intent is committed so long before its second, so that nothing but the call is left to do in it… */
const INTENT_LEAD_MS = 150;
/** …and so much sooner for each post that waits for the same: their intents follow one another, and don't keep all waiting. */
const APART_MS = 6;
const LONGEST_LEAD_MS = 600;
/** Verification counts from the time that the intent names: a call that would leave later than this doesn't leave. */
const LONGEST_DELAY_MS = 2_000;

/** Too late to send a publish call under its intent: not a byte was sent. */
class TooLateToSend extends Error {}

/**
 * Moves a post on: claim, at most one Graph call, write; again for as long as the next step is due now. Safe to call for
 * any post, at any time, by any number of workers (reliability.md §3).
 */
@Injectable()
export class Publisher {
  /** Posts of this process that wait for their second. */
  private early = 0;

  constructor(
    private readonly claims: Claims,
    private readonly steps: GraphSteps,
    private readonly surroundings: Surroundings,
    private readonly findings: FetchFindings,
  ) {}

  async advance(postId: number): Promise<Advanced> {
    const taken = await this.claims.take(postId);
    if (taken === null) return { post: null, lookAgainInMs: null };
    if ('heldUntil' in taken) return leave(taken.post, taken.heldUntil);
    let post: ClaimedPost = taken;
    for (;;) {
      const next: ClaimedPost | null = await this.step(post);
      if (!next) return { post, lookAgainInMs: null };
      // Its time may have come while it was written down; the claim is gone all the same, and no call is made without one.
      if (!next.isHeld || next.lookAgainAt === null || next.lookAgainAt > next.readAt)
        return leave(next, next.lookAgainAt);
      post = { ...next, isProbe: false };
    }
  }

  /** One step. Null: the claim was lost, and with it the right to write. */
  private async step(post: ClaimedPost): Promise<ClaimedPost | null> {
    const now = this.surroundings.since(post.readAt);
    const decision = decide(post, now(), this.surroundings.rules);
    if (decision.do === 'write') return this.claims.write(post, decision.change, now());
    if (decision.do === 'hold' && !post.isProbe) {
      const held = await this.claims.hold(post, decision.call, now());
      if (held) return held.written;
    }
    if (decision.call === 'publish') return this.publish(post, now);
    return decision.call === 'send_bytes' ? this.send(post, now) : this.hear(post, decision.call, now);
  }

  /** At the due second, not before: a post is claimed a moment early, and its intent written, so that only the call is left. */
  private async publish(post: ClaimedPost, now: () => Date): Promise<ClaimedPost | null> {
    await this.untilIntent(post.dueAt, now);
    const at = post.dueAt > now() ? post.dueAt : now();
    const intent = intentToPublish(post, at, this.surroundings.rules);
    const intended = await this.claims.intend(post, intent, now());
    if (!intended || intended.step !== 'verify') return intended;
    return this.hear({ ...intended, isProbe: post.isProbe }, 'publish', this.surroundings.since(intended.readAt));
  }

  private async untilIntent(dueAt: Date, now: () => Date): Promise<void> {
    const leadMs = Math.min(INTENT_LEAD_MS + this.early * APART_MS, LONGEST_LEAD_MS);
    this.early += 1;
    try {
      await this.surroundings.until(after(dueAt, -leadMs), now);
    } finally {
      this.early -= 1;
    }
  }

  /** The row says first that bytes may be on their way: whoever comes after us asks Instagram how many it has. */
  private async send(post: ClaimedPost, now: () => Date): Promise<ClaimedPost | null> {
    const intended = await this.claims.write(post, intentToSend(post, now(), this.surroundings.rules), now());
    if (!intended?.isHeld) return intended;
    return this.hear({ ...intended, isProbe: post.isProbe }, 'send_bytes', this.surroundings.since(intended.readAt));
  }

  private async hear(post: ClaimedPost, call: Call, now: () => Date): Promise<ClaimedPost | null> {
    const { leaseMs, rules } = this.surroundings;
    const timeoutMs = Math.min(LONGEST_PUBLISH_MS, leaseMs * PUBLISH_SHARE);
    const leaseAllows = after(post.readAt, leaseMs - timeoutMs - leaseMs * 0.1);
    const intentAt = post.intentAt ?? post.readAt;
    const ready = () => this.surroundings.until(intentAt, now);
    const beforeSend = () => {
      if (now() > leaseAllows || now() > after(intentAt, LONGEST_DELAY_MS)) throw new TooLateToSend();
    };
    try {
      const said = await this.steps.make(call, post, { timeoutMs, ready, beforeSend });
      const answered = await this.findings.told(post, call, said);
      return await this.claims.write(post, nextStep(post, answered.heard, now(), rules), now(), answered);
    } catch (error) {
      if (!(error instanceof TooLateToSend)) throw error;
      return this.claims.write(post, takeBack(post, now()), now());
    }
  }
}

function leave(post: ClaimedPost, lookAgainAt: Date | null): Advanced {
  return { post, lookAgainInMs: lookAgainAt && lookAgainAt.getTime() - post.readAt.getTime() };
}
