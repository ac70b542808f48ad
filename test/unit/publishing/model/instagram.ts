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
  dies: boolean;
  calledAt: number | null;
  /** When it is live; may be to come. Null: it never will be, as things stand. */
  liveAt: number | null;
}

/** All containers that were ever made for one post. */
export class ModelInstagram {
  readonly containers: Container[] = [];

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
      case 'read_quota':
      case 'create_child':
      case 'read_child':
        throw new Error(`The model has no quota and no carousels: ${call}`);
      case 'read_permalink':
        if (weather.read === 'failed') return { what: 'call_failed', failure };
        return { what: 'permalink_read', permalink: weather.read === 'ok' ? 'https://…' : null };
    }
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
    this.containers.push({ id, createdAt: now, readyAt: now + processingMs, dies, calledAt: null, liveAt: null });
    if (create === 'lost') return { what: 'call_failed', failure: { ...failure, kind: 'timeout_error' } };
    return { what: 'container_created', containerId: id };
  }

  private read(container: Container, now: number, weather: Weather, failure: Failure): Heard {
    if (weather.status === 'unreadable') return { what: 'call_failed', failure };
    const code = truth(container, now);
    const mayLie = container.calledAt !== null && now - container.calledAt <= LONGEST_LIE_MS;
    const isDead = code === 'ERROR' || code === 'EXPIRED';
    if (weather.status !== 'true' && mayLie && !isDead)
      return { what: 'container_status', code: weather.status, failure: null };
    return { what: 'container_status', code, failure: code === 'ERROR' ? failure : null };
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
