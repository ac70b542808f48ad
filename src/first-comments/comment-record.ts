import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AccountsService } from '../accounts/accounts.service';
import { Log } from '../common/log';
import { Pace } from '../pace/pace.service';
import { callEntry } from '../posts/call-entry';
import { PostTimeline, type TimelineEntry } from '../posts/post-timeline';
import type { Answered } from './comment-calls';
import type { ClaimedComment } from './comment-rows';
import type { Change } from './comment-state';

/** Writes down what was done and why, and what the answers mean for everybody else, in the transaction of the change. */
@Injectable()
export class CommentRecord {
  constructor(
    private readonly timeline: PostTimeline,
    private readonly pace: Pace,
    private readonly accounts: AccountsService,
    private readonly log: Log,
  ) {}

  /** Whatever becomes of the comment itself. */
  async heard(tx: EntityManager, comment: ClaimedComment, { observed, refusal }: Answered): Promise<void> {
    const { accountId, login, standing, accountRowId, readAt } = comment;
    const known = standing.gates;
    await this.pace.heard(tx, {
      caller: { accountId, login },
      calls: observed,
      failure: refusal,
      known,
      isProbe: false,
    });
    if (refusal && OF_THE_TOKEN.includes(refusal.kind))
      await this.accounts.needsAction(tx, accountRowId, refusal, readAt);
  }

  async changed(tx: EntityManager, comment: ClaimedComment, change: Change, answered?: Answered): Promise<void> {
    const { postId, accountId, waitReason } = comment;
    const { status, commentId, error } = change.set;
    const entries: TimelineEntry[] = (answered?.observed ?? []).map(callEntry);
    // A wait is told once for each reason.
    if (change.waitReason === undefined || change.waitReason !== waitReason) {
      const failure = error && {
        error: error.kind,
        code: error.code,
        subcode: error.subcode,
        fbtrace_id: error.fbtraceId,
      };
      const detail = { next_action_at: change.lookAgainAt?.toISOString() ?? null, comment_id: commentId, ...failure };
      const first_comment = status ?? 'pending';
      entries.push({ kind: 'decision', summary: change.why, detail: { first_comment, ...detail } });
    }
    if (entries.length > 0) await this.timeline.append(tx, postId, entries);
    if (!status) return;
    const about = { post_id: postId, account_id: accountId, comment_id: commentId, error_kind: error?.kind };
    this.log[status === 'posted' ? 'info' : 'warn'](`first_comment.${status}`, about);
  }

  claimLost({ postId, epoch }: ClaimedComment): void {
    this.log.warn('first_comment.claim_lost', { post_id: postId, epoch });
  }

  /** The lease runs out and the sweep finds it. */
  stepFailed(postId: number, error: unknown): void {
    this.log.error('first_comment.step_failed', { post_id: postId, error });
  }
}

const OF_THE_TOKEN = ['invalid_token', 'token_expired', 'account_action_required'];
