import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

/** A real worker in a process of its own, as `npm run start:worker` starts it, but without a build. */
export interface WorkerProcess {
  readonly pid: number;
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** `SIGKILL` is a power cut, `SIGSTOP` a pause, `SIGTERM` a deploy. */
  kill(signal: NodeJS.Signals): void;
  /** Another one like it; this one may be dead, paused or alive. */
  restart(): Promise<WorkerProcess>;
  /** Its log so far. */
  output(): string;
}

const ROOT = resolve(__dirname, '../..');
const WORKER = 'src/worker.ts';
const STARTED = '"event":"worker.started"';

const living = new Set<WorkerProcess>();

/** @param env `house.env`: the same database, queue and keys */
export async function startWorkerProcess(env: NodeJS.ProcessEnv): Promise<WorkerProcess> {
  const worker = spawnWorkerProcess(env);
  await worker.started;
  return worker;
}

/** Not waited for: it may be one that ends before it has started. `entry`: what runs in it, from the root of the project. */
export function spawnWorkerProcess(
  env: NodeJS.ProcessEnv,
  entry = WORKER,
  logLevel: 'debug' | 'info' = 'info',
): WorkerProcess & { readonly started: Promise<void> } {
  const args = ['-r', './test/support/die-with-parent.js', '-r', './scripts/ts-require.cjs', entry];
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...env, LOG_LEVEL: logLevel },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  const running = new Promise<void>((done) => {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (output.includes(STARTED)) done();
      });
  });
  const exited = once(child, 'exit').then(([code, signal]: unknown[]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }));
  const tooEarly = exited.then(({ code, signal }) => {
    throw new Error(`The worker ended at its start (${code ?? signal}):\n${output}`);
  });
  const started = Promise.race([running, tooEarly]);
  for (const waited of [tooEarly, started]) waited.catch(() => undefined);
  const worker = {
    pid: child.pid ?? 0,
    started,
    exited,
    kill: (signal: NodeJS.Signals) => void child.kill(signal),
    restart: () => startWorkerProcess(env),
    output: () => output,
  };
  living.add(worker);
  void exited.then(() => living.delete(worker));
  return worker;
}

/** Ends what is still alive, paused ones too. */
export async function endWorkerProcesses(): Promise<void> {
  await Promise.all(
    [...living].map((worker) => {
      worker.kill('SIGKILL');
      return worker.exited;
    }),
  );
}
