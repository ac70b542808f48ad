import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AccountsService } from '../accounts/accounts.service';
import type { GraphCallObservation } from '../graph';
import { throttleMs } from '../pace/gate-policy';
import { Pace } from '../pace/pace.service';
import { PASS_PAUSE_GATE_SQL } from '../pauses/pauses.sql';
import { QuotaRepository } from '../quota/quota.repository';
import { HeldRows } from './held-rows';
import { holdFor, type Hold } from './pacing';
import type { ClaimedPost } from './publishing-rows';
import type { Call, Heard, Rules } from './publishing-state';
import type { Failure } from './retry-policy';

/** Whether a post may go on, and what Instagram's answers mean for all the others. */
@Injectable()
export class Pacing {
  constructor(
    private readonly pace: Pace,
    private readonly quotas: QuotaRepository,
    private readonly accounts: AccountsService,
    private readonly held: HeldRows,
  ) {}

  /** What speaks against making this call now. Null: nothing; the post may have become the probe of an incident. */
  async hold(tx: EntityManager, post: ClaimedPost, call: Call, now: Date, rules: Rules): Promise<Hold | null> {
    const hold = holdFor(post.isProbe ? withoutIncident(post) : post, call, now, rules);
    if (!hold?.isProbe) return hold;
    if (!(await this.pace.mayProbe(tx))) return hold;
    post.isProbe = true;
    return null;
  }

  /** Until the transaction ends, no other post of the account is published. */
  async lock(tx: EntityManager, post: ClaimedPost): Promise<void> {
    await this.quotas.lock(tx, post.accountId);
  }

  /** Any number of intents pass at once; who pauses waits for them. */
  async passPauses(tx: EntityManager): Promise<void> {
    await tx.query(PASS_PAUSE_GATE_SQL);
  }

  /** Learns from what was heard, whatever becomes of the post itself. */
  async heard(tx: EntityManager, post: ClaimedPost, calls: GraphCallObservation[], heard: Heard): Promise<void> {
    const { accountId, login, standing, isProbe } = post;
    const failure = failureOf(heard);
    const about = { caller: { accountId, login }, calls, failure, known: standing.gates, isProbe };
    if (await this.pace.heard(tx, about)) await this.held.drain(tx);
    if (calls.some(({ method, route }) => method === 'POST' && route.endsWith('/media')))
      await this.quotas.containerMade(tx, accountId);
    if (heard.what === 'quota_read') await this.quotas.learn(tx, accountId, heard.limit);
    if (heard.what === 'quota_unread') await this.quotas.askedInVain(tx, accountId);
    if (!failure) return;
    if (failure.kind === 'quota_exceeded' && heard.what === 'publish_unclear')
      await this.quotas.exhausted(tx, accountId, throttleMs(failure));
    // The post that meets it fails and says so; the others of the account are spared it.
    if (heard.what !== 'quota_unread' && isOfTheToken(failure))
      await this.accounts.needsAction(tx, post.accountRowId, failure, post.readAt);
  }
}

/** It is this post's to find out whether the incident is over; everything else holds it as any other. */
function withoutIncident(post: ClaimedPost): ClaimedPost {
  const gates = post.standing.gates.filter(({ scope }) => scope !== 'platform');
  return { ...post, standing: { ...post.standing, gates } };
}

function failureOf(heard: Heard): Failure | null {
  switch (heard.what) {
    case 'call_failed':
    case 'publish_unclear':
    case 'publish_not_sent':
    case 'quota_unread':
      return heard.failure;
    default:
      return null;
  }
}

function isOfTheToken({ kind }: Failure): boolean {
  return kind === 'invalid_token' || kind === 'token_expired' || kind === 'account_action_required';
}
