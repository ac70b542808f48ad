import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const linux = process.platform === 'linux';

function attempt(read) {
  try {
    return read();
  } catch {
    return null;
  }
}

/**
 * A living process: when it started (tells it from a later one with the same pid), its command line and, where we may
 * know it, its working directory. Null when it is gone; a zombie is gone, only nobody has buried it yet.
 */
export function look(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return null;
  if (!linux) {
    const ps = spawnSync('ps', ['-p', String(pid), '-o', 'state=,lstart=,command='], { encoding: 'utf8' });
    const [, state, started, argv] = /^(\S+)\s+(.{24})\s+(.*)$/m.exec(ps.stdout ?? '') ?? [];
    return !state || state.startsWith('Z') ? null : { pid, started, argv, cwd: null };
  }
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  // The second field is the name, in brackets, and may hold anything; state is the third, the start time the 22nd.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (!fields || fields[0] === 'Z' || fields[0] === 'X') return null;
  const argv = attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')) ?? '';
  return { pid, started: fields[19], argv, cwd: attempt(() => readlinkSync(`/proc/${pid}/cwd`)) };
}

const within = (path, folder) => path === folder || path?.startsWith(folder + sep) === true;

/** Whether a process works in this folder or was told of it: how we know our own servers again. */
export const belongsTo = (seen, folder) => within(seen.cwd, folder) || `${seen.argv} `.includes(folder);

/** Living processes named `name` with their working directory in `folder`. Empty where there is no /proc to ask. */
export function livingIn(folder, name) {
  if (!linux) return [];
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((entry) => look(Number(entry)))
    .filter((seen) => seen && within(seen.cwd, folder) && new RegExp(`(^|/)${name}`).test(seen.argv));
}

/** Sends the signals in turn, each with its patience in milliseconds, until the process is gone. Answers whether it is. */
export async function endProcess(pid, signals) {
  const started = look(pid)?.started;
  const gone = () => look(pid)?.started !== started || started === undefined;
  for (const [signal, patience] of signals) {
    if (gone()) return true;
    attempt(() => process.kill(pid, signal));
    for (const until = Date.now() + patience; Date.now() < until && !gone();) await sleep(25);
  }
  return gone();
}

const tie = (signal) => ['setpriv', '--pdeathsig', signal.replace('SIG', ''), '--'];

let tiesHold;
/** On Linux the kernel itself ends a child whose parent dies, even by kill -9. */
function tied(signal) {
  const [file, ...args] = [...tie('SIGTERM'), 'true'];
  tiesHold ??= linux && spawnSync(file, args).status === 0;
  return tiesHold ? tie(signal) : [];
}

/**
 * Starts a child that doesn't outlive us where the system can promise that. It leads its own process group, so that a
 * Ctrl-C in the terminal reaches us alone and we end things in order.
 * @param wrap a command to put in front, such as `unshare …`. The tie goes behind it: a change of user unties.
 */
export function spawnTied(command, args, { wrap = [], deathSignal = 'SIGTERM', ...options } = {}) {
  const [file, ...rest] = [...wrap, ...tied(deathSignal), command, ...args];
  return spawn(file, rest, { detached: true, windowsHide: true, ...options });
}

export const hasExited = (child) => child.exitCode !== null || child.signalCode !== null;

/** As endProcess, for our own child; `group` takes those it started along. */
export async function endChild(child, signals, { group = false } = {}) {
  if (child.pid === undefined) return;
  const kill = (signal) => attempt(() => process.kill(group ? -child.pid : child.pid, signal));
  for (const [signal, patience] of signals) {
    if (hasExited(child)) break;
    kill(signal);
    const timer = new AbortController();
    await Promise.race([once(child, 'exit'), sleep(patience, null, { signal: timer.signal })]).catch(() => {});
    timer.abort();
  }
  if (group) kill('SIGKILL');
}
