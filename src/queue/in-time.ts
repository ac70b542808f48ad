import type { Clock } from '../common/clock';

const TIMEOUT_MS = 500;

/** A queue that is away keeps nobody waiting. @throws Error after half a second */
export async function inTime<T>(clock: Clock, work: Promise<T>): Promise<T> {
  const timeout = new AbortController();
  try {
    const late = clock.delay(TIMEOUT_MS, timeout.signal).then(() => Promise.reject(new Error('timed out')));
    return await Promise.race([work, late]);
  } finally {
    timeout.abort();
  }
}
