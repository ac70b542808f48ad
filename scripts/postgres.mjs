import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { claim } from './embedded/owner-lock.mjs';
import { freePort } from './embedded/ports.mjs';
import { give, makeFolder } from './embedded/folders.mjs';
import { nativeFolder, servant } from './embedded/postgres-binaries.mjs';
import { endChild, hasExited, spawnTied } from './embedded/processes.mjs';
import { endOrphans } from './embedded/postgres-orphans.mjs';
import { Advice } from './output.mjs';

const USER = 'instagram';
const PATIENCE_MS = 30_000;
// Fast: sessions are cut, what was committed is flushed. Immediate: recovery at the next start.
const FAST = ['SIGINT', 15_000];
const IMMEDIATE = ['SIGQUIT', 5_000];
export const STOP_SIGNALS = [FAST, IMMEDIATE, ['SIGKILL', 2_000]];
const NOT_DURABLE = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

/**
 * A real PostgreSQL of our own, on a free port of 127.0.0.1, with its data, password and log under `dataDir`.
 * @param durable false: faster, and the data may be thrown away (tests)
 * @throws InUse when another running script of ours has it
 * @returns {Promise<{url: string, pid: number, stop: () => Promise<void>, exited: Promise<void>}>}
 */
export async function startPostgres({ dataDir, log = () => {}, durable = true }) {
  const folder = resolve(dataDir);
  makeFolder(folder);
  const release = claim(folder);
  try {
    return await start(folder, log, durable, release);
  } catch (error) {
    if (durable || error instanceof Advice) throw (release(), error);
  }
  // Not durable is not safe from a crash either: what doesn't start is made anew.
  try {
    log('the test data did not survive the last run: made anew');
    rmSync(join(folder, 'data'), { recursive: true, force: true });
    return await start(folder, log, durable, release);
  } catch (error) {
    throw (release(), error);
  }
}

async function start(folder, log, durable, release) {
  const native = nativeFolder();
  const data = join(folder, 'data');
  await endOrphans(data, log);
  const who = servant(native, data);
  if (!existsSync(data)) initialise(native, folder, who, durable);
  else checkData(data, durable);
  const password = readFileSync(join(folder, 'password'), 'utf8').trim();

  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const child = launch(native, folder, who, durable, port);
    const url = `postgres://${USER}:${password}@127.0.0.1:${port}/${USER}`;
    const problem = await ready(child, url.replace(/\/\w+$/, '/postgres'), folder);
    if (problem === null) {
      const exited = new Promise((done) => child.once('exit', done));
      const stop = async () => {
        await endChild(child, STOP_SIGNALS);
        release();
      };
      return { url, pid: child.pid, stop, exited };
    }
    await endChild(child, STOP_SIGNALS);
    if (!/could not bind|could not create any TCP/.test(problem) || attempt === 5)
      throw new Error(
        `PostgreSQL did not start. Its log, ${join(folder, 'server.log')}, ends:
${problem}
` + `To start anew, move its data away: mv ${folder} ${folder}.broken`,
      );
  }
}

/** Built aside and moved into place, so that an interrupted one is never taken for a database. */
function initialise(native, folder, who, durable) {
  const draft = join(folder, 'data.new');
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  const passwordFile = join(folder, 'password');
  rmSync(passwordFile, { force: true });
  writeFileSync(passwordFile, randomBytes(24).toString('hex'), { mode: 0o600 });
  for (const path of [draft, passwordFile]) give(path, who.owner);
  const [file, ...args] = [
    ...who.wrap,
    join(native, 'bin', 'initdb'),
    ...['-D', draft, '-U', USER, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
    ...['--locale=C', '-E', 'UTF8', '--no-instructions', ...(durable ? [] : ['--no-sync'])],
  ];
  const { status, stderr, error } = spawnSync(file, args, { ...who.ids, cwd: '/', env: ownEnv(), encoding: 'utf8' });
  if (status !== 0) {
    if (/No space left/.test(stderr))
      throw new Advice(`The disk is full: free some space (${folder} needs about 60 MB).`);
    throw new Error(`initdb failed: ${error?.message ?? stderr}`);
  }
  renameSync(draft, join(folder, 'data'));
}

function checkData(data, durable) {
  const { uid } = statSync(data);
  const me = process.getuid?.() ?? uid;
  if (me !== 0 && uid !== me)
    throw new Advice(
      `${data} belongs to another user (uid ${uid}), who ran this before.\nRemove it and start anew: sudo rm -r ${data}`,
    );
  const version = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
  if (version === '18') return;
  const problem = `${data} was written by PostgreSQL ${version}; this one is 18.`;
  throw durable
    ? new Advice(`${problem}\nMove it away and start anew: mv ${data} ${data}.${version}`)
    : new Error(problem);
}

function launch(native, folder, who, durable, port) {
  const settings = [
    'listen_addresses=127.0.0.1',
    // No socket files: their paths may be 107 bytes long at most, and /tmp is everybody's.
    'unix_socket_directories=',
    'max_connections=200',
    'timezone=UTC',
    'log_timezone=UTC',
    'log_line_prefix=%m [%p] %d ',
    ...(durable ? [] : NOT_DURABLE),
  ];
  const args = ['-D', join(folder, 'data'), '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  const logFile = join(folder, 'server.log');
  rmSync(logFile, { force: true });
  const log = openSync(logFile, 'w', 0o600);
  give(logFile, who.owner);
  try {
    const options = { ...who.ids, wrap: who.wrap, deathSignal: 'SIGINT', cwd: '/', env: ownEnv() };
    return spawnTied(join(native, 'bin', 'postgres'), args, { ...options, stdio: ['ignore', log, log] });
  } finally {
    closeSync(log);
  }
}

/** Nothing inherited: PGDATA, PGOPTIONS or a locale of the caller's would be taken to heart. */
const ownEnv = () => ({ PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC', SystemRoot: process.env.SystemRoot });

/** Null when the server answers and our database is there; else the end of its log. */
async function ready(child, url, folder) {
  const { default: pg } = await import('pg');
  let spawnError;
  child.on('error', (error) => (spawnError = error));
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await sleep(30)) {
    if (spawnError) return String(spawnError);
    if (hasExited(child)) break;
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    client.on('error', () => {});
    try {
      await client.connect();
      const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [USER]);
      if (rowCount === 0) await client.query(`CREATE DATABASE ${USER}`);
      return null;
    } catch (error) {
      // 57P03: still starting up. 28P01 would be another server on our port, or a lost password file.
      if (error.code === '28P01') return `${error.message}: does ${join(folder, 'password')} belong to this data?`;
    } finally {
      await client.end().catch(() => {});
    }
  }
  return readFileSync(join(folder, 'server.log'), 'utf8').split('\n').slice(-12).join('\n');
}
