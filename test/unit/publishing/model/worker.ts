import { isTooLate, missed, poisoned } from '../../../../src/publishing/ending';
import { callFor, nextStep } from '../../../../src/publishing/next-step';
import { containerIsTooOld, rebuild } from '../../../../src/publishing/preparing';
import type { Call, Change, Heard } from '../../../../src/publishing/publishing-state';
import { askOldContainer, intentToPublish } from '../../../../src/publishing/verifying';
import { mayBecome } from '../../../../src/posts/post-state';
import { rules } from '../state-of';
import { LATEST_START_MS, type Claimed } from './row';

/** What a worker acts on. Each of these is one thing that happens at once; between two of them it may die or be paused. */
export interface Surface {
  at(): number;
  claim(): Claimed | null;
  write(post: Claimed, change: Change, keep: boolean): Claimed | null;
  call(call: Call, post: Claimed): Heard;
}

/** A worker in the middle of a post: it goes on with `next()`, up to the place whose name is the answer. */
export type Working = Generator<string, undefined, void>;

const MOST_TAKEOVERS = 3;

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
  const now = () => new Date(surface.at());
  if (post.takeovers >= MOST_TAKEOVERS) return yield* write(surface, post, poisoned(post, post.takeovers), now());
  if (post.status !== 'completed' && isTooLate(post, now()))
    return yield* write(surface, post, missed(post, now()), now());
  const call = callFor(post);
  if (call === null) return yield* write(surface, post, { set: {}, lookAgainAt: null, why: '' }, now());
  if (call === 'publish') return yield* publish(surface, post);
  return yield* hear(surface, post, call);
}

function* publish(surface: Surface, post: Claimed): Generator<string, Claimed | null, void> {
  const now = new Date(surface.at());
  if (containerIsTooOld(post, now)) {
    const change = post.publishCalls === 0 ? rebuild(post, now, '') : askOldContainer(now);
    return yield* write(surface, post, change, now);
  }
  const intended = yield* write(surface, post, intentToPublish(post, now, rules), now, true);
  return intended && (yield* hear(surface, intended, 'publish'));
}

function* hear(surface: Surface, post: Claimed, call: Call): Generator<string, Claimed | null, void> {
  yield `before ${call}`;
  if (call === 'publish' && surface.at() > post.readAt + LATEST_START_MS) return null;
  const heard = surface.call(call, post);
  yield `after ${call}`;
  const now = new Date(surface.at());
  return yield* write(surface, post, nextStep(post, heard, now, rules), now);
}

function* write(
  surface: Surface,
  post: Claimed,
  change: Change,
  now: Date,
  keep = change.lookAgainAt !== null && change.lookAgainAt <= now,
): Generator<string, Claimed | null, void> {
  if (change.set.status && !mayBecome(post.status, change.set.status))
    throw new Error(`A ${post.status} post cannot become ${change.set.status}`);
  yield `before writing: ${change.why}`;
  const written = surface.write(post, change, keep);
  yield 'after writing';
  return written;
}
