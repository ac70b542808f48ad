import { dim, explain, red, say } from './output.mjs';

// Everything that was started is ended in reverse order, however the script comes to its end.
const closers = [];
let closing;
let signalled = null;

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/** Registers what to end. */
export function atEnd(close) {
  closers.push(close);
}

export function endAll() {
  closing ??= (async () => {
    while (closers.length > 0) {
      try {
        await closers.pop()();
      } catch (error) {
        console.error(red(explain(error)));
      }
    }
  })();
  return closing;
}

/** True once Ctrl-C (or TERM, HUP) came: what fails from now on fails because we are leaving. */
export const isEnding = () => signalled !== null || closing !== undefined;

/**
 * Runs a whole script: its return value is the exit code, and nothing it registered survives it. A second Ctrl-C doesn't
 * end us sooner: a server that is killed in its shutdown has to recover at its next start.
 */
export function run(main) {
  for (const [signal, code] of Object.entries(SIGNALS)) {
    process.on(signal, () => {
      if (signalled) return;
      signalled = signal;
      if (closers.length > 0) say(dim('\nEnding what was started …'));
      void endAll().then(() => process.exit(code));
    });
  }
  // The terminal went away: there is nobody left to read, but servers to end.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

  const fail = (error) => {
    if (signalled) return;
    console.error(red(explain(error)));
    void endAll().then(() => process.exit(1));
  };
  process.on('uncaughtException', fail);
  main().then((code) => {
    if (signalled) return;
    void endAll().then(() => process.exit(code ?? 0));
  }, fail);
}
