import { decide } from '../../../../src/publishing/decide';
import { nextStep } from '../../../../src/publishing/next-step';
import type { Standing } from '../../../../src/publishing/pacing';
import type { Call, Change, Heard } from '../../../../src/publishing/publishing-state';
import { intentToSend } from '../../../../src/publishing/uploading';
import { intentToPublish, takeBack } from '../../../../src/publishing/verifying';
import { mayBecome } from '../../../../src/posts/post-state';
import { rules } from '../state-of';
import { LATEST_START_MS, LEASE_ALLOWS_MS, LEASE_MS, type Claimed } from './row';

/** What a worker acts on. Each of these is one thing that happens at once; between two of them it may die or be paused. */
export interface Surface {
  at(): number;
  claim(): Claimed | null;
  write(post: Claimed, change: Change, keep: boolean, hasAnswer: boolean): Claimed | null;
  /** Time passes, unless it has. */
  until(at: number): void;
  call(call: Call, post: Claimed): Heard;
  /** Keeps the claim. @returns whether it still is one */
  extend(post: Claimed): boolean;
  /** How long sending takes. */
  sendMs(): number;
}

/** A worker in the middle of a post: it goes on with `next()`, up to the place whose name is the answer. */
export type Working = Generator<string, undefined, void>;

const INTENT_LEAD_MS = 150;
const BEAT_MS = LEASE_MS / 4;
/** Pace has tests of its own (pacing.test.ts). */
const AT_EASE: Standing = { paused: false, actionRequired: null, gates: [], quota: null };

/**
 * src/publishing/publisher.ts, line by line, with a stop wherever the real one waits for something. Whoever changes that
 * file changes this one. The last look at the lease and the first byte of a publish call are one thing here: a worker that
 * is paused between the two is a risk that is left (reliability.md §3.4, 11).
 */
export function* advance(surface: Surface): Working {
  yield 'before the claim';
  let post = surface.claim();
  if (!post) return undefined;
  yield 'after the claim';
  for (;;) {
    const next: Claimed | null = yield* step(surface, post);
    if (!next || next.nextActionAt === null || next.nextActionAt > next.readAt) return undefined;
    post = next;
  }
}

function* step(surface: Surface, post: Claimed): Generator<string, Claimed | null, void> {
  const now = new Date(surface.at());
  const decision = decide({ ...post, blamed: post.takeovers, id: 1, standing: AT_EASE }, now, rules);
  if (decision.do === 'write') return yield* write(surface, post, decision.change, now);
  if (decision.do === 'hold') throw new Error('Nothing of the model holds a post.');
  if (decision.call === 'publish') return yield* publish(surface, post);
  return decision.call === 'send_bytes' ? yield* send(surface, post) : yield* hear(surface, post, decision.call);
}

function* publish(surface: Surface, post: Claimed): Generator<string, Claimed | null, void> {
  surface.until(post.dueAt.getTime() - INTENT_LEAD_MS);
  yield 'before the intent';
  const now = surface.at();
  const at = new Date(Math.max(post.dueAt.getTime(), now));
  const intended = yield* write(surface, post, intentToPublish(post, at, rules), new Date(now), true);
  return intended && (yield* hear(surface, intended, 'publish'));
}

function* send(surface: Surface, post: Claimed): Generator<string, Claimed | null, void> {
  const now = new Date(surface.at());
  const intended = yield* write(surface, post, intentToSend(post, now, rules), now);
  return intended && (yield* hear(surface, intended, 'send_bytes'));
}

/** src/publishing/uploads.ts: the claim is kept for as long as bytes flow; once it is lost, they don't. */
function* keep(surface: Surface, post: Claimed): Generator<string, boolean, void> {
  for (let left = surface.sendMs(); left > BEAT_MS; left -= BEAT_MS) {
    surface.until(surface.at() + BEAT_MS);
    yield 'while send_bytes';
    if (!surface.extend(post)) return false;
  }
  return true;
}

function* hear(surface: Surface, post: Claimed, call: Call): Generator<string, Claimed | null, void> {
  const intentAt = post.intentAt?.getTime() ?? post.readAt;
  if (call === 'publish') surface.until(intentAt);
  yield `before ${call}`;
  const isTooLate = surface.at() > Math.min(post.readAt + LEASE_ALLOWS_MS, intentAt + LATEST_START_MS);
  if (call === 'publish' && isTooLate) {
    const late = new Date(surface.at());
    return yield* write(surface, post, takeBack(post, late), late);
  }
  const isOurs = call !== 'send_bytes' || (yield* keep(surface, post));
  const heard: Heard = isOurs ? surface.call(call, post) : { what: 'bytes_cut' };
  yield `after ${call}`;
  const now = new Date(surface.at());
  return yield* write(surface, post, nextStep(post, heard, now, rules), now, undefined, true);
}

function* write(
  surface: Surface,
  post: Claimed,
  change: Change,
  now: Date,
  keep = change.lookAgainAt !== null && change.lookAgainAt <= now,
  hasAnswer = false,
): Generator<string, Claimed | null, void> {
  if (change.set.status && !mayBecome(post.status, change.set.status))
    throw new Error(`A ${post.status} post cannot become ${change.set.status}`);
  yield `before writing: ${change.why}`;
  const written = surface.write(post, change, keep, hasAnswer);
  yield 'after writing';
  return written;
}
