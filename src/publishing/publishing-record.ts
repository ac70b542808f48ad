import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Log } from '../common/log';
import { type EventType } from '../events/event-type';
import { Events } from '../events/events';
import { ERROR_TYPE_OF_KIND, type GraphCallObservation } from '../graph';
import { isEnd } from '../posts/post-state';
import { PostTimeline, type TimelineEntry } from '../posts/post-timeline';
import type { Hold } from './pacing';
import type { ClaimedPost } from './publishing-rows';
import type { Change } from './publishing-state';

/** Writes down what publishing did and why: timeline, events and log, in the transaction of the change itself. */
@Injectable()
export class PublishingRecord {
  constructor(
    private readonly timeline: PostTimeline,
    private readonly events: Events,
    private readonly log: Log,
  ) {}

  async claimed(tx: EntityManager, post: ClaimedPost): Promise<void> {
    if (post.orphanedMs !== null) {
      const detail = { takeovers: post.takeovers, orphaned_ms: Math.round(post.orphanedMs) };
      this.log.warn('post.taken_over', { post_id: post.id, epoch: post.epoch, ...detail });
      const summary = 'Another worker stopped in the middle of this post; this one goes on from what is written down.';
      await this.timeline.append(tx, post.id, [{ kind: 'decision', summary, detail }]);
    }
    if (begins(post)) await this.begun(tx, post);
  }

  /** A post whose turn it is not; told once for each reason. */
  async held(tx: EntityManager, post: ClaimedPost, { reason, until, why }: Hold): Promise<void> {
    if (post.waitReason === reason) return;
    this.log.info('post.held', { post_id: post.id, account_id: post.accountId, wait_reason: reason, until });
    const detail = { wait_reason: reason, next_action_at: until.toISOString() };
    await this.timeline.append(tx, post.id, [{ kind: 'decision', summary: why, detail }]);
    if (post.readAt < post.dueAt && until > post.dueAt)
      await this.append(tx, { ...post, status: post.statusBefore }, 'post.at_risk', {
        wait_reason: reason,
        error_message: why,
      });
  }

  async changed(tx: EntityManager, post: ClaimedPost, change: Change, calls: GraphCallObservation[]): Promise<void> {
    const entries: TimelineEntry[] = calls.map(asEntry);
    entries.push({
      kind: 'decision',
      summary: change.why,
      detail: {
        step: post.step,
        next_action_at: change.lookAgainAt?.toISOString() ?? null,
        ...(change.waitReason ? { wait_reason: change.waitReason } : {}),
      },
    });
    if (post.status !== post.statusBefore)
      entries.push({
        kind: 'state',
        summary: `${post.statusBefore} → ${post.status}`,
        detail: {
          status: post.status,
          outcome: post.outcome,
          ...(change.set.error ? failureFields(change.set.error) : {}),
        },
      });
    await this.timeline.append(tx, post.id, entries);
    if (change.risk) await this.append(tx, post, 'post.at_risk', failureFields(change.risk));
    if (post.statusBefore === 'scheduled' && begins(post)) await this.begun(tx, post);
    if (post.status !== post.statusBefore && isEnd(post.status)) await this.ended(tx, post, change);
  }

  private async begun(tx: EntityManager, post: ClaimedPost): Promise<void> {
    this.log.info('post.publishing', { post_id: post.id, account_id: post.accountId });
    await this.append(tx, post, 'post.publishing', {});
  }

  private async ended(tx: EntityManager, post: ClaimedPost, { set }: Change): Promise<void> {
    const failure = set.error ? failureFields(set.error) : {};
    const fields = { post_id: post.id, account_id: post.accountId, status: post.status, ...failure };
    if (post.status === 'completed') {
      this.log.info('post.published', { ...fields, instagram_post_id: post.instagramPostId });
      await this.append(tx, post, 'post.published', { instagram_post_id: post.instagramPostId });
      return;
    }
    this.log.warn(post.status === 'needs_review' ? 'post.needs_review' : 'post.failed', fields);
    await this.append(tx, post, 'post.failed', failure);
  }

  private append(tx: EntityManager, post: ClaimedPost, type: EventType, data: Record<string, unknown>): Promise<void> {
    const { id, userId, accountId, status, outcome } = post;
    const about = { post_id: id, account_id: accountId, status, outcome };
    return this.events.append(tx, { userId, type, postId: id, accountId, data: { ...about, ...data } });
  }
}

/** The moment at which a post stops waiting: an immediate one with its first claim, a scheduled one at its time. */
function begins({ status, statusBefore, epoch }: ClaimedPost): boolean {
  if (statusBefore === 'scheduled') return status === 'posting' || status === 'processing';
  return status === 'posting' && epoch === 1;
}

function failureFields(failure: NonNullable<Change['set']['error']>): Record<string, unknown> {
  return {
    error_type: ERROR_TYPE_OF_KIND[failure.kind],
    error_message: failure.advice,
    instagram_error_code: failure.code,
    instagram_error_subcode: failure.subcode,
    fbtrace_id: failure.fbtraceId,
  };
}

function asEntry(call: GraphCallObservation): TimelineEntry {
  const { method, route, status, durationMs, kind, code, subcode, fbtraceId, upload } = call;
  const answer = status === null ? 'no answer' : String(status);
  const bytes = upload ? `, ${upload.sent} bytes from ${upload.offset} of ${upload.total}` : '';
  return {
    kind: 'call',
    summary: `${method} ${route}${bytes}: ${answer}${kind ? ` (${kind})` : ''}`,
    detail: {
      method,
      route,
      status,
      duration_ms: Math.round(durationMs),
      error: kind,
      code,
      subcode,
      fbtrace_id: fbtraceId,
      ...(upload ? { offset: upload.offset, sent_bytes: upload.sent, total_bytes: upload.total } : {}),
    },
  };
}
