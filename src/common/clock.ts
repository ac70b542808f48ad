import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';

/**
 * Where time comes from. Injected, so that a test can move it. Due times and leases are judged by the database's clock
 * instead (`SELECT now()`): many processes must agree on those.
 */
export abstract class Clock {
  /** The wall clock of this process, in UTC. */
  abstract now(): Date;
  /** Milliseconds that only ever grow; for durations and deadlines that a clock step must not move. */
  abstract monotonicMs(): number;
  /** Resolves after `ms` milliseconds, or rejects when `signal` aborts. */
  abstract delay(ms: number, signal?: AbortSignal): Promise<void>;
}

@Injectable()
export class SystemClock extends Clock {
  override now(): Date {
    return new Date();
  }

  override monotonicMs(): number {
    return performance.now();
  }

  override async delay(ms: number, signal?: AbortSignal): Promise<void> {
    await sleep(ms, undefined, { signal });
  }
}
