import { isEnd, mayBecome, POSSIBLE_OUTCOMES } from '../../../../src/posts/post-state';
import { isThrottle } from '../../../../src/publishing/retry-policy';
import type { Heard } from '../../../../src/publishing/publishing-state';
import { stateOf } from '../state-of';
import { HEALTHY, ModelInstagram, type Weather } from './instagram';
import { isHeld, ModelRow, PREPARE_AHEAD_MS, type Claimed, type Row, type Wish } from './row';
import { advance, type Surface, type Working } from './worker';

const HOUR_MS = 3_600_000;
const START = Date.parse('2026-11-20T12:00:00Z');

/**
 * A thing that happens. A worker that works goes on for `stops` stops, or until it comes to `place`, where it is paused;
 * what it asks Instagram meanwhile, `weather` answers.
 */
export type Event =
  | { event: 'work'; worker: 0 | 1; stops: number; place?: string; weather?: Partial<Weather> }
  | { event: 'crash'; worker: 0 | 1 }
  /** One look after the other, each when its time has come, in the same weather. A worker that dies does so at its nth stop. */
  | { event: 'looks'; times: number; weather?: Partial<Weather>; diesAt?: number }
  | { event: 'wait'; ms: number }
  | { event: 'next_look' }
  | { event: 'client'; wish: Wish };

/** Null: published now. */
export interface NewPost {
  dueInMs: number | null;
  maxLatenessSeconds: number | null;
  /** So large is the video that is sent; null: Instagram fetches it. */
  videoBytes: number | null;
}

/** One post, two workers, its clients and Instagram; and what must be true of them at every moment. */
export class World {
  readonly instagram: ModelInstagram;
  readonly row: ModelRow;
  at = START;
  /** A person said what is not so: from then on the post can't be what we say it is. */
  misjudged = false;
  private readonly workers: [Working | null, Working | null] = [null, null];
  private weather = HEALTHY;
  /** Publish calls on a container that nobody has a clear answer to. */
  private readonly doubtful = new Map<string, number>();
  private before: Row;

  constructor({ dueInMs, maxLatenessSeconds, videoBytes }: NewPost) {
    this.instagram = new ModelInstagram(videoBytes);
    const dueAt = START + (dueInMs ?? 0);
    this.row = new ModelRow({
      ...stateOf({ status: dueInMs === null ? 'posting' : 'scheduled', dueAt: new Date(dueAt), maxLatenessSeconds }),
      epoch: 0,
      leaseUntil: null,
      nextActionAt: Math.max(START, dueAt - PREPARE_AHEAD_MS),
      takeovers: 0,
    });
    this.before = this.row.now;
  }

  happen(event: Event): void {
    switch (event.event) {
      case 'work':
        this.weather = { ...HEALTHY, ...event.weather };
        for (let stop = 0; stop < event.stops; stop++) {
          const place = this.work(event.worker);
          if (place === null || place === event.place) break;
        }
        return;
      case 'crash':
        this.workers[event.worker] = null;
        return;
      case 'looks':
        this.weather = { ...HEALTHY, ...event.weather };
        for (let look = 0; look < event.times; look++) this.look(event.diesAt);
        return;
      case 'wait':
        this.at += event.ms;
        return this.check();
      case 'next_look':
        return this.nextLook();
      case 'client':
        return this.client(event.wish);
    }
  }

  /** All workers are gone and Instagram is well: the post has to end. */
  recover(): void {
    this.workers.fill(null);
    if (this.row.now.status === 'draft') return;
    this.weather = HEALTHY;
    const latest = Math.max(this.at, this.row.now.dueAt.getTime()) + 25 * HOUR_MS;
    for (let looks = 0; !isEnd(this.row.now.status); looks++) {
      this.look();
      if (this.at > latest || looks > 1_000) throw new Error('The post does not come to its end.');
    }
    // Whatever Instagram still has in hand.
    this.at += HOUR_MS;
    this.check();
  }

  private look(diesAt = Infinity): void {
    this.workers[0] = null;
    this.nextLook();
    for (let stop = 0; stop < diesAt && this.work(0) !== null; stop++)
      must(stop < 1_000, 'A worker that goes on and on without a pause.');
    this.workers[0] = null;
  }

  /** @returns where it stops; null: it is done with the post for now */
  private work(worker: 0 | 1): string | null {
    const working = (this.workers[worker] ??= advance(this.surface));
    const { value } = working.next();
    if (value === undefined) this.workers[worker] = null;
    this.check();
    return value ?? null;
  }

  private nextLook(): void {
    const { now } = this.row;
    if (now.nextActionAt === null) return;
    const free = isHeld(now, this.at) ? (now.leaseUntil ?? 0) + 1 : 0;
    this.at = Math.max(this.at, now.nextActionAt, free);
    this.check();
  }

  private client(wish: Wish): void {
    const { status } = this.row.now;
    if (!this.row.move(wish, this.at)) return;
    if (wish.wish === 'resolve') this.misjudged ||= wish.live !== this.instagram.media().length > 0;
    must(mayBecome(status, this.row.now.status), 'A client moves a post as the table of states says.');
    this.check();
  }

  private readonly surface: Surface = {
    at: () => this.at,
    claim: () => this.row.claim(this.at),
    write: (post, change, keep, hasAnswer) => this.row.write(post, change, keep, hasAnswer, this.at),
    until: (at) => {
      this.at = Math.max(this.at, at);
    },
    call: (call, post) => {
      if (call === 'create_container')
        must(post.outcome === 'not_live', 'No container is made while the outcome is unknown.');
      const { containerId } = post;
      if (call === 'send_bytes') return this.send(post);
      const heard = this.instagram.hear(call, containerId, this.at, this.weather);
      if (call === 'publish' && heard.what !== 'publish_not_sent') this.published(post, heard);
      return heard;
    },
    extend: (post) => this.row.extend(post, this.at),
    sendMs: () => this.weather.sendMs,
  };

  private send(post: Claimed): Heard {
    const { epoch, upload } = this.row.now;
    if (epoch === post.epoch) must(upload?.state === 'ask', 'No byte is sent before the row says that it may be.');
    must(post.outcome === 'not_live', 'Nothing is sent while the outcome is unknown.');
    return this.instagram.send(post.containerId, post.upload?.sentBytes ?? 0, this.at, this.weather);
  }

  private published(post: Claimed, heard: Heard): void {
    must(this.at >= post.dueAt.getTime(), 'No publish call before its time.');
    must(this.row.now.outcome === 'unknown', 'No publish call without a committed intent.');
    const id = post.containerId ?? '';
    if (heard.what !== 'published') this.doubtful.set(id, (this.doubtful.get(id) ?? 0) + 1);
  }

  private check(): void {
    const { before } = this;
    const { now } = this.row;
    this.before = now;
    const { status, outcome, step, containerId, intentAt } = now;
    must(mayBecome(before.status, status), `${before.status} → ${status} is in the table of states.`);
    must(POSSIBLE_OUTCOMES[status].includes(outcome), `A ${status} post can be ${outcome}.`);
    must(intentAt === null || containerId !== null, 'An intent has a container.');
    must(now.nextActionAt !== null || status === 'draft' || step === 'done', 'Nobody would look again.');
    this.countDoubts(before, now);
    if (this.misjudged) return;

    const media = this.instagram.media();
    must(media.length <= 1, 'Two media for one post.');
    if (status === 'completed') must(this.instagram.isLive(this.at), 'Completed, but not live.');
    const isSaidNotToBe = status === 'failed' || status === 'canceled' || status === 'missed';
    if (isSaidNotToBe) must(media.length === 0, `${status}, but live, or to become it.`);
    if (before.containerId !== null && containerId !== before.containerId)
      must(
        this.instagram.of(before.containerId).liveAt === null,
        'A container is given up that is live or becomes it.',
      );
  }

  /** A call is clear again when Instagram's own answer to it is written down, or it is proved that it had no effect. */
  private countDoubts(before: Row, now: Row): void {
    const id = now.containerId;
    if (id === null) return;
    const refused = now.refusal !== null && before.refusal === null;
    const clear =
      refused && (isThrottle(now.refusal?.kind ?? 'unknown') || now.refusal?.kind === 'container_not_ready');
    const backToWaiting = before.step === 'verify' && now.step === 'await';
    if (clear || backToWaiting) this.doubtful.set(id, (this.doubtful.get(id) ?? 1) - 1);
    must((this.doubtful.get(id) ?? 0) <= 2, 'A third doubtful publish call on one container.');
  }
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}
