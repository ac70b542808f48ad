import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startScript, type Script } from '../support/script';

let folder: string;
const running: Script[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'igp-embedded-'));
});

afterEach(async () => {
  for (const script of running.splice(0)) await script.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start({
  env = {},
  durable = false,
}: { env?: NodeJS.ProcessEnv; durable?: boolean } = {}): Promise<Script> {
  const script = await startScript(
    `import { startPostgres } from './postgres.mjs';
     try {
       const { url, pid, stop } = await startPostgres({ dataDir: ${JSON.stringify(folder)}, log: console.log, durable: ${durable} });
       say({ url, pid });
       await stopped;
       await stop();
     } catch (error) {
       say({ error: error.constructor.name, message: error.message });
     }`,
    env,
  );
  running.push(script);
  return script;
}

async function ask(script: Script, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: String(script.said.url) });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

function isAlive(pid: unknown): boolean {
  try {
    process.kill(Number(pid), 0);
    return !/^State:\s+Z/m.test(existsSync('/proc') ? readFileSync(`/proc/${Number(pid)}/status`, 'utf8') : '');
  } catch {
    return false;
  }
}

/** A PATH without setpriv: nothing ties the server to its script. */
function withoutTies(): NodeJS.ProcessEnv {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  if (existsSync('/usr/bin/unshare')) symlinkSync('/usr/bin/unshare', join(bin, 'unshare'));
  return { PATH: bin };
}

test('what was committed is there at the next start, in UTF-8, behind a password that only its owner can read', async () => {
  const first = await start();
  await ask(first, `CREATE TABLE kept AS SELECT 'Grüße 🎬' AS caption`);
  expect(await first.stop()).toBe(0);
  expect(isAlive(first.said.pid)).toBe(false);

  const second = await start();
  expect(await ask(second, 'SELECT caption FROM kept')).toEqual([{ caption: 'Grüße 🎬' }]);
  expect(await ask(second, `SELECT current_setting('max_connections')::int AS n`)).toEqual([{ n: 200 }]);
  expect(statSync(join(folder, 'password')).mode & 0o777).toBe(0o600);
  const wrong = new URL(String(second.said.url));
  wrong.password = 'guessed';
  await expect(new Client({ connectionString: wrong.href }).connect()).rejects.toThrow(
    'password authentication failed',
  );
});

test('a server that its killed script left behind is ended, and the next one has its data', async () => {
  const killed = await start({ env: withoutTies() });
  await ask(killed, 'CREATE TABLE kept AS SELECT 1 AS n');
  await killed.stop('SIGKILL');
  expect(isAlive(killed.said.pid)).toBe(true);

  const next = await start();
  expect(next.output()).toContain(`left behind (process ${String(killed.said.pid)})`);
  expect(isAlive(killed.said.pid)).toBe(false);
  expect(await ask(next, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
});

test('a second script is told who has the folder, and the first goes on', async () => {
  const first = await start();
  const second = await start();
  expect(second.said.error).toBe('InUse');
  expect(second.said.message).toContain(`in use by process ${String(first.process.pid)}`);
  expect(await ask(first, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
});

test('a lock file that names a stranger is removed, and the stranger lives', async () => {
  const first = await start();
  await first.stop();
  const data = join(folder, 'data');
  writeFileSync(join(data, 'postmaster.pid'), `${process.pid}\n${data}\n1\n5432\n\n127.0.0.1\n`);

  const second = await start();
  expect(await ask(second, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
});

test('an interrupted first start is made good by the next', async () => {
  mkdirSync(join(folder, 'data.new'));
  writeFileSync(join(folder, 'data.new', 'PG_VERSION'), '18\n');
  expect(await ask(await start(), 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
});

test('data of another PostgreSQL is not touched, and the advice says what to do', async () => {
  await (await start()).stop();
  writeFileSync(join(folder, 'data', 'PG_VERSION'), '17\n');
  const refused = await start({ durable: true });
  expect(refused.said).toMatchObject({ error: 'Advice', message: expect.stringContaining('Move it away') });
  expect(existsSync(join(folder, 'data', 'base'))).toBe(true);
});
