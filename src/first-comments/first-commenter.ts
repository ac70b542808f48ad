import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';
import { PASS_PAUSE_GATE_SQL } from '../pauses/pauses.sql';
import { CommentCalls, type Answered } from './comment-calls';
import { CommentRecord } from './comment-record';
import { CommentRows, type ClaimedComment } from './comment-rows';
import { after, type Change } from './comment-state';
import { holdFor } from './holds';
import { afterHearing, intentToWrite, nextMove } from './next-move';
import { CommentSurroundings } from './surroundings';

/** Meta answers within seconds, or the answer is lost to us. */
const LONGEST_CALL_MS = 40_000;
/** Of the lease, what a call may take; the rest is for writing down what it said. */
const CALL_SHARE = 0.6;

/** Too late to send: not a byte left. */
class TooLateToSend extends Error {}

/**
 * Writes first comments: claim, at most one Graph call, write; again for as long as the next step is due now. Safe to
 * call for any post, at any time, by any number of workers. Never touches the post itself.
 */
@Injectable()
export class FirstCommenter {
  constructor(
    private readonly rows: CommentRows,
    private readonly calls: CommentCalls,
    private readonly record: CommentRecord,
    private readonly transactions: Transactions,
    private readonly surroundings: CommentSurroundings,
  ) {}

  /** Never throws: what fails here is taken up again when its lease ends. */
  async advance(postId: number): Promise<void> {
    try {
      let held = await this.transactions.run((tx) => this.rows.claim(tx, postId));
      while (held) held = await this.step(held);
    } catch (error) {
      this.record.stepFailed(postId, error);
    }
  }

  /** One step. Null: nothing more is to be done now, or the claim was lost and with it the right to write. */
  private async step(comment: ClaimedComment): Promise<ClaimedComment | null> {
    const now = this.surroundings.since(comment.readAt);
    const move = nextMove(comment, now());
    if (move.do === 'note') return this.write(comment, move.change, now());
    if (move.call === 'look') return this.hear(comment, 'look', now);
    const intended = await this.intend(comment, now());
    return intended && this.hear(intended, 'write', this.surroundings.since(intended.readAt));
  }

  /** Commits the intent, unless something speaks against it by now. Null: then the comment was let go. */
  private async intend(comment: ClaimedComment, now: Date): Promise<ClaimedComment | null> {
    return this.transactions.run(async (tx) => {
      // From here on a pause is either seen, or not answered before the intent stands.
      await tx.query(PASS_PAUSE_GATE_SQL);
      const hold = holdFor({ ...comment, standing: await this.rows.standing(tx, comment) }, now);
      const change = hold ?? intentToWrite(comment, now, this.surroundings.rules);
      const written = await this.rows.write(tx, comment, change, { keep: hold === null });
      if (written) await this.record.changed(tx, comment, change);
      else this.record.claimLost(comment);
      return hold ? null : written;
    });
  }

  private async hear(comment: ClaimedComment, call: 'look' | 'write', now: () => Date): Promise<ClaimedComment | null> {
    const { leaseMs, rules } = this.surroundings;
    const timeoutMs = Math.min(LONGEST_CALL_MS, leaseMs * CALL_SHARE);
    const leaseAllows = after(comment.readAt, leaseMs - timeoutMs - leaseMs * 0.1);
    const beforeSend = () => {
      if (now() > leaseAllows) throw new TooLateToSend();
    };
    try {
      const answered = await this.calls.make(call, comment, { timeoutMs, beforeSend });
      return await this.write(comment, afterHearing(comment, answered.heard, now(), rules), now(), answered);
    } catch (error) {
      if (!(error instanceof TooLateToSend)) throw error;
      const change = afterHearing(comment, { what: 'not_sent', refusal: null }, now(), rules);
      return this.write(comment, change, now());
    }
  }

  private async write(
    comment: ClaimedComment,
    change: Change,
    now: Date,
    answered?: Answered,
  ): Promise<ClaimedComment | null> {
    const keep = change.lookAgainAt !== null && change.lookAgainAt <= now;
    return this.transactions.run(async (tx) => {
      if (answered) await this.record.heard(tx, comment, answered);
      const written = await this.rows.write(tx, comment, change, { keep, hasAnswer: answered !== undefined });
      if (!written) {
        this.record.claimLost(comment);
        return null;
      }
      await this.record.changed(tx, comment, change, answered);
      return keep ? written : null;
    });
  }
}
