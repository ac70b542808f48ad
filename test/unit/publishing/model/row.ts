import {
  whyNotCancelable,
  whyNotEditable,
  whyNotPublishable,
  whyNotResolvable,
  whyNotRetryable,
} from '../../../../src/posts/post-moves';
import type { Change, PublishingState } from '../../../../src/publishing/publishing-state';

export const LEASE_MS = 60_000;
const CALL_TIMEOUT_MS = Math.min(40_000, LEASE_MS * 0.6);
/** After the time of its intent a publish call leaves by then, or not at all. */
export const LATEST_START_MS = 2_000;
/** After its intent was committed, the same. */
export const LEASE_ALLOWS_MS = LEASE_MS * 0.9 - CALL_TIMEOUT_MS;
export const PREPARE_AHEAD_MS = 900_000;

/** A row of `posts`. Times of its own are milliseconds, as the database's clock has them. */
export interface Row extends PublishingState {
  epoch: number;
  leaseUntil: number | null;
  nextActionAt: number | null;
  takeovers: number;
}

/** What a worker holds of the row: src/publishing/publishing-rows.ts, `ClaimedPost`. */
export interface Claimed extends Row {
  readAt: number;
}

/** What a client may ask for. `inMs` null: a draft. */
export type Wish =
  { wish: 'edit'; inMs: number | null } | { wish: 'cancel' | 'publish' | 'retry' } | { wish: 'resolve'; live: boolean };

/** The statements of src/publishing/publishing-rows.ts and src/posts/post-moves.repository.ts, each one atomic. */
export class ModelRow {
  constructor(public now: Row) {}

  claim(at: number): Claimed | null {
    const { now } = this;
    if (now.nextActionAt === null || now.nextActionAt > at || isHeld(now, at)) return null;
    this.now = {
      ...now,
      epoch: now.epoch + 1,
      takeovers: now.takeovers + (now.leaseUntil === null ? 0 : 1),
      leaseUntil: at + LEASE_MS,
      status: now.status === 'scheduled' && now.dueAt.getTime() <= at ? 'posting' : now.status,
    };
    return { ...this.now, readAt: at };
  }

  write(post: Claimed, { set, lookAgainAt }: Change, keep: boolean, hasAnswer: boolean, at: number): Claimed | null {
    const { now } = this;
    if (now.epoch !== post.epoch || now.leaseUntil === null || now.leaseUntil <= at) return null;
    const { error: _error, permalink: _permalink, ...state } = set;
    this.now = {
      ...now,
      ...state,
      takeovers: hasAnswer ? 0 : now.takeovers,
      nextActionAt: lookAgainAt?.getTime() ?? null,
      leaseUntil: keep ? at + LEASE_MS : null,
    };
    return { ...this.now, readAt: at };
  }

  extend({ epoch }: Claimed, at: number): boolean {
    const { now } = this;
    if (now.epoch !== epoch || now.leaseUntil === null || now.leaseUntil <= at) return false;
    this.now = { ...now, leaseUntil: at + LEASE_MS };
    return true;
  }

  /** @returns whether it was allowed; if not, nothing has changed */
  move(wish: Wish, at: number): boolean {
    const moved = moveOf(this.now, wish, at);
    if (moved) this.now = { ...this.now, ...moved, epoch: this.now.epoch + 1, leaseUntil: null, takeovers: 0 };
    return moved !== null;
  }
}

export function isHeld({ leaseUntil }: Row, at: number): boolean {
  return leaseUntil !== null && leaseUntil >= at;
}

function moveOf(row: Row, wish: Wish, at: number): Partial<Row> | null {
  switch (wish.wish) {
    case 'edit': {
      if (whyNotEditable(row) !== null) return null;
      const due = at + (wish.inMs ?? 0);
      const next = wish.inMs === null ? null : Math.max(at, due - PREPARE_AHEAD_MS);
      const status = wish.inMs === null ? 'draft' : 'scheduled';
      return { ...fromScratch, status, dueAt: new Date(due), nextActionAt: next };
    }
    case 'cancel':
      return whyNotCancelable(row) === null ? { status: 'canceled', step: 'done', nextActionAt: null } : null;
    case 'publish':
      if (whyNotPublishable(row) !== null) return null;
      return { failures: {}, status: 'posting', dueAt: new Date(at), nextActionAt: at };
    case 'retry': {
      if (whyNotRetryable(row) !== null) return null;
      const again = { instagramPostId: null, postedAt: null, dueAt: new Date(at), nextActionAt: at };
      return { ...fromScratch, ...again, status: 'posting' };
    }
    case 'resolve':
      if (whyNotResolvable(row) !== null) return null;
      return wish.live
        ? {
            refusal: null,
            status: 'completed',
            outcome: 'live',
            step: 'link',
            instagramPostId: null,
            postedAt: row.intentAt ?? new Date(at),
            nextActionAt: at,
          }
        : { status: 'failed', outcome: 'not_live', step: 'done', nextActionAt: null };
  }
}

const fromScratch = {
  step: 'create',
  outcome: 'not_live',
  containerId: null,
  containerCreatedAt: null,
  upload: null,
  intentAt: null,
  publishCalls: 0,
  doubts: 0,
  refusal: null,
  failures: {},
} as const;
