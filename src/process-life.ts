import type { INestApplicationContext } from '@nestjs/common';
import type { Log } from './common/log';

/** Less than the 30 s that Docker and Kubernetes commonly wait before they kill. */
const GRACE_MS = 25_000;

/**
 * SIGTERM or SIGINT: take nothing new, finish what runs, exit. A stop that hangs (BullMQ's close() never times out) ends
 * after the grace time; leases left behind run out and the sweep of another worker takes over.
 */
export function stopOnSignal(app: INestApplicationContext, log: Log): void {
  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info('process.stopping', { signal });
    // eslint-disable-next-line no-restricted-syntax -- the last deadline of the process; no test can move it
    setTimeout(() => {
      log.warn('process.stop_timed_out', { grace_ms: GRACE_MS });
      process.exit(1);
    }, GRACE_MS).unref();
    app.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error('process.stop_failed', { error });
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.on('unhandledRejection', (error) => log.error('process.unhandled_rejection', { error }));
}

/** A start that failed: one sentence on what to mend, no stack, exit code 1. */
export function failedToStart(error: unknown): never {
  const { message, code } = error as { message?: string; code?: string };
  // Node gives no message when every address of a name refused.
  process.stderr.write(`Not started. ${message || (code ?? String(error))}\n`);
  process.exit(1);
}
