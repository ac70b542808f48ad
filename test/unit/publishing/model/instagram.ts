import type { GraphErrorKind } from '../../../../src/graph';
import type { Call, ContainerCode, Heard } from '../../../../src/publishing/publishing-state';
import type { Failure } from '../../../../src/publishing/retry-policy';
import { LATEST_START_MS } from './row';

/*
 * Instagram as far as publishing is concerned, as bad as reliability.md §3 lets it be:
 * A1  publishing one container twice makes one medium;
 * A2  a call that takes effect has done so 45 s later, and what its container says is true again LONGEST_LIE_MS after it:
 *     until then it may be called FINISHED or IN_PROGRESS although it is live. Publishing verifies for 120 s from the intent,
 *     and the call may leave LATEST_START_MS after that: so it has to be true that much earlier;
 * A3  ERROR and EXPIRED are always true: such a container was never published and never will be.
 */
export const LATEST_EFFECT_MS = 45_000;
const LONGEST_LIE_MS = 120_000 - LATEST_START_MS;
const LIFE_MS = 24 * 3_600_000;

/** How Instagram behaves towards the calls of one command. */
export interface Weather {
  /** Of a container that is made now: how long it takes, and whether it comes to nothing. */
  processingMs: number;
  dies: boolean;
  create: 'ok' | 'lost' | 'refused';
  /** Of a video that is sent: whether all of it arrives, how many bytes do before the line breaks, and how long it takes. */
  send: 'ok' | 'lost' | 'cut' | 'refused';
  arrives: number;
  sendMs: number;
  status: 'true' | 'unreadable' | 'FINISHED' | 'IN_PROGRESS';
  /** In how many milliseconds a publish call takes effect; null: never. */
  effectMs: number | null;
  publish: 'ok' | 'unclear' | 'not_sent';
  /** Instead of publishing, the container turns out to need so much longer. */
  notReadyMs: number | null;
  read: 'ok' | 'nothing' | 'failed';
  /** Why, where something is refused, unclear or unreadable. */
  kind: GraphErrorKind;
  retryAfterSeconds: number | undefined;
}

export const HEALTHY: Weather = {
  processingMs: 20_000,
  dies: false,
  create: 'ok',
  send: 'ok',
  arrives: 0,
  sendMs: 0,
  status: 'true',
  effectMs: 0,
  publish: 'ok',
  notReadyMs: null,
  read: 'ok',
  kind: 'unknown',
  retryAfterSeconds: undefined,
};

interface Container {
  id: string;
  createdAt: number;
  readyAt: number;
  /** Bytes of its video that are here; null: Instagram fetches it. */
  received: number | null;
  processingMs: number;
  dies: boolean;
  calledAt: number | null;
  /** When it is live; may be to come. Null: it never will be, as things stand. */
  liveAt: number | null;
}

/** All containers that were ever made for one post. */
export class ModelInstagram {
  readonly containers: Container[] = [];

  /** `videoBytes`: the post's video is sent, and so large; null: it is fetched. */
  constructor(private readonly videoBytes: number | null = null) {}

  hear(call: Call, containerId: string | null, now: number, weather: Weather): Heard {
    const failure: Failure = { kind: weather.kind, advice: '', retryAfterSeconds: weather.retryAfterSeconds };
    switch (call) {
      case 'create_container':
        return this.create(now, weather, failure);
      case 'read_container':
        return this.read(this.of(containerId), now, weather, failure);
      case 'publish':
        return this.publish(this.of(containerId), now, weather, failure);
      case 'find_media':
        if (weather.read === 'failed') return { what: 'call_failed', failure };
        if (weather.read === 'nothing') return { what: 'media_not_found' };
        return { what: 'media_found', mediaId: `medium of ${containerId}`, permalink: null };
      case 'send_bytes':
        throw new Error('Bytes are sent with send().');
      case 'read_quota':
      case 'create_child':
      case 'read_child':
        throw new Error(`The model has no quota and no carousels: ${call}`);
      case 'read_permalink':
        if (weather.read === 'failed') return { what: 'call_failed', failure };
        return { what: 'permalink_read', permalink: weather.read === 'ok' ? 'https://…' : null };
    }
  }

  /** What comes of sending the video from that byte on. Whatever arrived stays. */
  send(containerId: string | null, offset: number, now: number, weather: Weather): Heard {
    const container = this.of(containerId);
    const { received } = container;
    const all = this.videoBytes ?? 0;
    const isWrong = received !== offset || received === all;
    if (isWrong || weather.send === 'refused')
      return { what: 'call_failed', failure: { kind: 'media_processing_error', advice: '' } };
    container.received = weather.send === 'cut' ? Math.min(all - 1, offset + weather.arrives) : all;
    if (container.received === all) container.readyAt = now + container.processingMs;
    return weather.send === 'ok'
      ? { what: 'bytes_sent' }
      : { what: 'call_failed', failure: { kind: 'network_error', advice: '' } };
  }

  /** Media that are live, or will be without any further call. */
  media(): Container[] {
    return this.containers.filter(({ liveAt }) => liveAt !== null);
  }

  isLive(now: number): boolean {
    return this.containers.some(({ liveAt }) => liveAt !== null && liveAt <= now);
  }

  of(containerId: string | null): Container {
    const found = this.containers.find(({ id }) => id === containerId);
    if (!found) throw new Error(`There is no container ${containerId}`);
    return found;
  }

  private create(now: number, { processingMs, dies, create }: Weather, failure: Failure): Heard {
    if (create === 'refused') return { what: 'call_failed', failure };
    const id = String(this.containers.length + 1);
    const isSent = this.videoBytes !== null;
    const ready = { readyAt: isSent ? Infinity : now + processingMs, received: isSent ? 0 : null, processingMs };
    this.containers.push({ id, createdAt: now, ...ready, dies, calledAt: null, liveAt: null });
    if (create === 'lost') return { what: 'call_failed', failure: { ...failure, kind: 'timeout_error' } };
    return { what: 'container_created', containerId: id, uploadBytes: this.videoBytes ?? undefined };
  }

  private read(container: Container, now: number, weather: Weather, failure: Failure): Heard {
    if (weather.status === 'unreadable') return { what: 'call_failed', failure };
    const code = truth(container, now);
    const mayLie = container.calledAt !== null && now - container.calledAt <= LONGEST_LIE_MS;
    const isDead = code === 'ERROR' || code === 'EXPIRED';
    if (weather.status !== 'true' && mayLie && !isDead)
      return { what: 'container_status', code: weather.status, failure: null };
    const bytes = container.received;
    const upload = bytes === null ? undefined : ({ phase: 'under_way', bytes } as const);
    return { what: 'container_status', code, failure: code === 'ERROR' ? failure : null, upload };
  }

  private publish(container: Container, now: number, weather: Weather, failure: Failure): Heard {
    if (weather.publish === 'not_sent') return { what: 'publish_not_sent', failure };
    container.calledAt = now;
    const notReady: Heard = { what: 'publish_unclear', failure: { kind: 'container_not_ready', advice: '' } };
    if (container.liveAt !== null || truth(container, now) !== 'FINISHED')
      return weather.publish === 'ok' ? notReady : { what: 'publish_unclear', failure };
    if (weather.notReadyMs !== null) {
      container.readyAt = now + weather.notReadyMs;
      return weather.publish === 'ok' ? notReady : { what: 'publish_unclear', failure };
    }
    if (weather.publish === 'ok') {
      container.liveAt = now;
      return { what: 'published', mediaId: `medium of ${container.id}` };
    }
    container.liveAt = weather.effectMs === null ? null : now + weather.effectMs;
    return { what: 'publish_unclear', failure };
  }
}

function truth({ createdAt, readyAt, dies, liveAt }: Container, now: number): ContainerCode {
  if (liveAt !== null) return liveAt <= now ? 'PUBLISHED' : 'FINISHED';
  if (dies && now >= readyAt) return 'ERROR';
  if (now >= createdAt + LIFE_MS) return 'EXPIRED';
  return now < readyAt ? 'IN_PROGRESS' : 'FINISHED';
}
