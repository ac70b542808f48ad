import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { claim } from './embedded/owner-lock.mjs';
import { freePort } from './embedded/ports.mjs';
import { makeFolder } from './embedded/folders.mjs';
import { endChild, endProcess, hasExited, look, spawnTied } from './embedded/processes.mjs';
import { askRedis } from './embedded/redis-ask.mjs';
import { unpackedRedis, unpackRedis } from './embedded/redis-debian.mjs';

const NAMES = ['redis-server', 'valkey-server'];
const STOP_SIGNALS = [
  ['SIGTERM', 5_000],
  ['SIGKILL', 2_000],
];

/** A server that is there already: on PATH, or unpacked by an earlier run. Null when it would have to be fetched. */
export function redisAtHand(cacheDir) {
  for (const folder of (process.env.PATH ?? '').split(delimiter))
    for (const name of NAMES) {
      const command = join(folder, name);
      if (folder && existsSync(command) && runs({ command, env: process.env })) return { command, env: process.env };
    }
  const unpacked = unpackedRedis(resolve(cacheDir));
  return unpacked && runs(unpacked) ? unpacked : null;
}

const runs = ({ command, env }) => spawnSync(command, ['--version'], { env, timeout: 10_000 }).status === 0;

/**
 * A Redis for the tests: REDIS_URL, a server on PATH, else Debian's package unpacked into `cacheDir`. It keeps nothing.
 * @param dataDir its working folder
 * @param progress `(label, work) => work(note)`: shows what takes longer
 * @returns {Promise<{url: string, pid: number | null, stop: () => Promise<void>} | null>} null where none can be had; no
 *   `pid` for a server that is not ours to hurt
 */
export async function findRedis({ dataDir, cacheDir, log = () => {}, progress = (label, work) => work(() => {}) }) {
  if (process.env.REDIS_URL) return { url: process.env.REDIS_URL, pid: null, stop: async () => {} };
  let server = redisAtHand(cacheDir);
  if (!server) {
    makeFolder(resolve(cacheDir));
    try {
      server = await progress('Fetching a Redis server (once)', (note) => unpackRedis(resolve(cacheDir), note));
    } catch (error) {
      log(`no Redis: ${error.message}`);
      return null;
    }
    if (!runs(server)) {
      log('no Redis: the unpacked server does not run here');
      return null;
    }
  }
  return start(server, resolve(dataDir), log);
}

async function start({ command, env }, folder, log) {
  makeFolder(folder);
  const release = claim(folder);
  try {
    await endOrphan(folder, log);
    for (let attempt = 1; ; attempt++) {
      const started = await launch(command, env, folder);
      if (started) {
        const { child, url } = started;
        return { url, pid: child.pid, stop: () => endChild(child, STOP_SIGNALS).then(release) };
      }
      if (attempt === 5) throw new Error(`${command} did not start; see ${join(folder, 'redis.log')}`);
    }
  } catch (error) {
    release();
    throw error;
  }
}

async function launch(command, env, folder) {
  const port = await freePort();
  const password = randomBytes(24).toString('hex');
  const logFile = join(folder, 'redis.log');
  rmSync(logFile, { force: true });
  const log = openSync(logFile, 'w', 0o600);
  // Settings go in by stdin: the password would show in the list of processes.
  const child = spawnTied(command, ['-'], { env, cwd: folder, stdio: ['pipe', log, log] });
  closeSync(log);
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  child.stdin.end(
    [
      `port ${port}`,
      'bind 127.0.0.1',
      `requirepass ${password}`,
      'save ""',
      'appendonly no',
      'maxmemory-policy noeviction',
      'databases 64',
      `dir "${folder}"`,
      'daemonize no',
      '',
    ].join('\n'),
  );
  const url = `redis://:${password}@127.0.0.1:${port}`;
  for (const until = Date.now() + 10_000; Date.now() < until && !hasExited(child) && child.pid; await sleep(25)) {
    if ((await askRedis(url, [['PING']]).catch(() => null))?.[0] !== 'PONG') continue;
    writeFileSync(join(folder, 'server.json'), JSON.stringify(look(child.pid)));
    return { child, url };
  }
  await endChild(child, STOP_SIGNALS);
  return null;
}

/** The server of an earlier run that was killed: the very process that we wrote down, not one that got its pid later. */
async function endOrphan(folder, log) {
  const file = join(folder, 'server.json');
  if (!existsSync(file)) return;
  const { pid, started } = JSON.parse(readFileSync(file, 'utf8'));
  if (started && look(pid)?.started === started) {
    log(`ending the Redis that an earlier run left behind (process ${pid})`);
    await endProcess(pid, STOP_SIGNALS);
  }
  rmSync(file, { force: true });
}
