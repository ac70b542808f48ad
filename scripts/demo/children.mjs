import { createWriteStream, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeFolder } from '../embedded/folders.mjs';
import { endChild, endProcess, look, spawnTied } from '../embedded/processes.mjs';
import { ROOT } from '../install.mjs';
import { Advice, dim, red, say, yellow } from '../output.mjs';
import { atEnd, isEnding } from '../shutdown.mjs';
import { DATA } from './config.mjs';

const LOGS = join(DATA, 'logs');
const LIST = join(DATA, 'demo', 'children.json');
const STOP = [
  ['SIGTERM', 10_000],
  ['SIGKILL', 2_000],
];
const SHORT_LIFE_MS = 10_000;
const SHORT_LIVES = 4;

const children = new Map();

/**
 * Starts dist/src/<script>.js and keeps it running: one that dies is started again after a second, so that a
 * `kill -9` can be tried. Its log goes to .data/logs/<name>.log, what matters also to the screen.
 */
export function startChild(name, script, env) {
  makeFolder(LOGS);
  const log = createWriteStream(join(LOGS, `${name}.log`), { flags: 'w' });
  const seen = { name, pid: 0, deaths: 0, failed: null, awaited: false };
  children.set(name, seen);
  let child;

  const start = () => {
    const born = Date.now();
    child = spawnTied(process.execPath, ['--enable-source-maps', join(ROOT, 'dist', 'src', `${script}.js`)], {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    seen.pid = child.pid;
    rememberChildren();
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        log.write(`${line}\n`);
        show(name, line);
      });
    child.once('exit', (code, signal) => void ended(born, signal ?? `exit code ${code}`));
  };

  const ended = async (born, how) => {
    seen.deaths = Date.now() - born < SHORT_LIFE_MS ? seen.deaths + 1 : 1;
    if (isEnding() || seen.awaited) return;
    if (seen.deaths >= SHORT_LIVES) {
      seen.failed = new Advice(
        `The ${name} process ended again and again (${how}); its log is .data/logs/${name}.log.`,
      );
      return;
    }
    say(`${clock()} ${yellow(`${name} ended (${how}); starting it again`)}`);
    await sleep(1_000);
    if (isEnding()) return;
    start();
    say(`${clock()} ${name} runs again, as process ${child.pid}`);
  };

  start();
  atEnd(async () => {
    await endChild(child, STOP);
    log.end();
  });
  return seen;
}

/** @throws Advice when a child can't be kept alive */
export function checkChildren() {
  for (const { failed } of children.values()) if (failed) throw failed;
}

/** Waits until a child that was just started answers 200 there. */
export async function waitFor(url, child) {
  child.awaited = true;
  for (const until = Date.now() + 60_000; Date.now() < until && child.deaths === 0; await sleep(100)) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => null);
    child.awaited = !answer?.ok;
    if (!child.awaited) return;
  }
  const how = child.deaths === 0 ? `does not answer at ${url}` : 'ended while it started';
  throw new Advice(`The ${child.name} process ${how}; its log is .data/logs/${child.name}.log.`);
}

export const clock = (at = new Date()) => dim(at.toTimeString().slice(0, 8));

const told = new Set();

/** The story of this post is on the screen already. */
export const hush = (postId) => told.add(postId);

const NEWS = /^post\.(published|failed|needs_review|taken_over|missed)$/;

/** The few lines of a log that a person wants to see at once. */
function show(name, line) {
  const entry = parse(line);
  if (!entry || isEnding()) return;
  const { level, event, post_id, error_message, error, detail } = entry;
  const bad = level === 'error' || level === 'fatal';
  if (!bad && level !== 'warn' && (!NEWS.test(event ?? '') || told.has(post_id))) return;
  const facts = [post_id && `post ${post_id}`, error_message ?? error?.message ?? detail].filter(Boolean).join(': ');
  const tint = bad ? red : level === 'warn' ? yellow : (text) => text;
  say(`${clock()} ${tint(`${name} ${event}`)} ${facts}`);
}

function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

export function logTail(name, lines = 20) {
  const file = join(LOGS, `${name}.log`);
  if (!existsSync(file)) return '(it wrote nothing)';
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n') || '(it wrote nothing)';
}

function rememberChildren() {
  const list = [...children.values()].map(({ pid }) => look(pid)).filter(Boolean);
  writeFileSync(LIST, JSON.stringify(list.map(({ pid, started }) => ({ pid, started }))));
}

/** Ends what a killed demo left behind: exactly the processes it wrote down. */
export async function endLeftovers() {
  if (!existsSync(LIST)) return;
  for (const { pid, started } of parse(readFileSync(LIST, 'utf8')) ?? [])
    if (started && look(pid)?.started === started) await endProcess(pid, STOP);
  rmSync(LIST, { force: true });
}
