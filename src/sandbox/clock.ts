interface Timer {
  due: number;
  run: () => void;
  handle: NodeJS.Timeout;
}

/**
 * The sandbox's own time: real time plus whatever `POST /_sandbox/clock` added. Token life, container expiry and
 * processing run on it, so a test need not wait 24 hours. It never goes back.
 */
export class SandboxClock {
  private offset = 0;
  private readonly timers = new Set<Timer>();

  /** Milliseconds since the epoch. */
  now(): number {
    return Date.now() + this.offset;
  }

  /** Runs `run` once `ms` of sandbox time have passed; at once (synchronously) when `ms` is not positive. */
  after(ms: number, run: () => void): void {
    if (ms <= 0) return run();
    const timer = { due: this.now() + ms, run } as Timer;
    this.arm(timer);
    this.timers.add(timer);
  }

  /** Moves time forward; what falls due on the way runs in order, each seeing the moment it was due. */
  advance(ms: number): void {
    const target = this.now() + ms;
    for (let next = this.nextBefore(target); next; next = this.nextBefore(target)) {
      this.offset = Math.max(this.offset, next.due - Date.now());
      this.fire(next);
    }
    this.offset = Math.max(this.offset, target - Date.now());
    for (const timer of this.timers) this.arm(timer);
  }

  /** Forgets every timer; what was waiting never happens. */
  stop(): void {
    for (const timer of this.timers) clearTimeout(timer.handle);
    this.timers.clear();
  }

  private nextBefore(target: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.timers) if (timer.due <= target && (!next || timer.due < next.due)) next = timer;
    return next;
  }

  private arm(timer: Timer): void {
    clearTimeout(timer.handle);
    timer.handle = setTimeout(() => this.fire(timer), Math.max(0, timer.due - this.now()));
    timer.handle.unref();
  }

  private fire(timer: Timer): void {
    clearTimeout(timer.handle);
    if (this.timers.delete(timer)) timer.run();
  }
}

/** Graph's way of writing a time: ISO 8601 in UTC with an offset that has no colon, whole seconds. */
export function graphTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}+0000`;
}
