import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

/** A script of ours in a process of its own: the code may use `say(value)`, and lives until it is told to stop. */
export interface Script {
  process: ChildProcess;
  /** What the code said first. */
  said: Record<string, unknown>;
  output: () => string;
  /** As Ctrl-C does; answers the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

const PRELUDE = `
  const say = (value) => console.log('SAID ' + JSON.stringify(value));
  const stopped = new Promise((done) => process.on('SIGINT', done));
  const alive = setInterval(() => {}, 1000);
  stopped.then(() => clearInterval(alive));
`;

/** @param code an ES module's body; `import` paths are relative to scripts/ */
export async function startScript(code: string, env: NodeJS.ProcessEnv = {}): Promise<Script> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', PRELUDE + code], {
    cwd: resolve(__dirname, '../../scripts'),
    env: { PATH: process.env.PATH, ...env },
  });
  let text = '';
  const heard = new Promise<Record<string, unknown>>((found) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        const line = /^SAID (.*)$/m.exec(text)?.[1];
        if (line) found(JSON.parse(line) as Record<string, unknown>);
      });
  });
  const ended = once(child, 'close').then(() => Promise.reject(new Error(`The script ended:\n${text}`)));
  ended.catch(() => undefined);
  return {
    process: child,
    said: await Promise.race([heard, ended]),
    output: () => text,
    async stop(signal = 'SIGINT') {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill(signal);
        await once(child, 'exit');
      }
      return child.exitCode;
    },
  };
}
