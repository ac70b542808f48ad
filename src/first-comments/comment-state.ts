import type { ErrorScope, GraphErrorKind } from '../graph';
import type { Gate } from '../pace/gate-policy';
import type { WaitReason } from '../posts/post-state';

/** What a call was answered that was no clean success. */
export interface Refusal {
  kind: GraphErrorKind;
  /** A sentence for a person. */
  advice: string;
  code?: number;
  subcode?: number;
  fbtraceId?: string;
  retryAfterSeconds?: number;
  scope?: ErrorScope;
}

/** What may hold the comment back, read with it. */
export interface Standing {
  paused: boolean;
  /** The token of the account is of no use, and why. */
  actionRequired: string | null;
  gates: Gate[];
}

/** A first comment that is still to be settled, as far as deciding needs it. */
export interface CommentState {
  /** Null: Instagram never said as what the post went live, and is not asked any more. */
  mediaId: string | null;
  /** When the post was found live. */
  begunAt: Date;
  /** When the call was about to be sent whose outcome is open; committed before it. Null: none is. */
  intentAt: Date | null;
  /** Calls that were sent, or may have been. */
  calls: number;
  /** Times in a row that a call could not be sent: not a byte of it left. */
  misses: number;
  /** What the last call was answered, when that was not a clean success. */
  refusal: Refusal | null;
  /** How many workers lost it in a row. */
  takeovers: number;
  /** The comments were read since the last call, and it is not among them. Known to the worker that read them only. */
  seenAbsent: boolean;
  standing: Standing;
}

/** Settings that deciding needs. */
export interface Rules {
  /** When to look after a call, in milliseconds counted from it. */
  verifyDelaysMs: readonly number[];
}

/** The Graph calls that a first comment needs: reading the comments of the medium, and writing. */
export type Call = 'look' | 'write';

/** Whether the comment stands under its post. `perhaps`: a comment of the same words whose author nobody tells. */
export type Sighting = { is: 'ours'; commentId: string } | { is: 'perhaps' } | { is: 'absent' };

/** What Instagram said to the one call that was made. */
export type Heard =
  | { what: 'written'; commentId: string }
  | { what: 'unclear'; refusal: Refusal }
  /** Not a byte left us. `refusal` null: for a reason of our own that passes at once. */
  | { what: 'not_sent'; refusal: Refusal | null }
  | { what: 'looked'; sighting: Sighting }
  | { what: 'unread'; refusal: Refusal };

/** `pending` leads to one of the others, which are ends: docs/states.md, "The first comment". */
export type Settled = 'posted' | 'failed' | 'unknown';

/** What to write: only what changes, when to go on, and why, in a sentence for the timeline. */
export interface Change {
  set: Partial<Pick<CommentState, 'intentAt' | 'calls' | 'misses' | 'refusal' | 'seenAbsent'>> & {
    status?: Settled;
    commentId?: string;
    error?: Refusal;
  };
  /** Null: nothing is left to do. */
  lookAgainAt: Date | null;
  why: string;
  waitReason?: WaitReason;
}

/** What a worker does next with a comment that it holds. */
export type Move = { do: 'note'; change: Change } | { do: 'call'; call: Call };

export function after(from: Date, ms: number): Date {
  return new Date(from.getTime() + ms);
}
