import { existsSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Advice } from '../output.mjs';
import { belongsTo, endProcess, livingIn, look } from './processes.mjs';

const FAST_FIRST = [
  ['SIGINT', 10_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 5_000],
];

/**
 * After a kill -9 of our script its server may live on. Ends exactly that one: the pid in its lock file, if that process
 * works in this very data folder. Then removes the lock file, if nobody is left there.
 */
export async function endOrphans(data, log) {
  const lock = join(data, 'postmaster.pid');
  if (!existsSync(lock)) return;
  const folder = realpathSync(data);
  const pid = Number.parseInt(readFileSync(lock, 'utf8'), 10);
  const postmaster = look(pid);
  if (postmaster && belongsTo(postmaster, folder)) {
    log(`ending the PostgreSQL that an earlier run left behind (process ${pid})`);
    if (!(await endProcess(pid, FAST_FIRST))) throw stuck(pid, data);
  }
  // Its servants notice within a moment that their master is gone; one that works on would write beside ours.
  for (const { pid: servant } of livingIn(folder, 'postgres'))
    if (
      !(await endProcess(servant, [
        ['SIGQUIT', 3_000],
        ['SIGKILL', 2_000],
      ]))
    )
      throw stuck(servant, data);
  // A dead postmaster that nobody buried (state Z) still has its pid, and PostgreSQL would believe the lock file.
  rmSync(lock, { force: true });
}

const stuck = (pid, data) =>
  new Advice(`Process ${pid} works in ${data} and can't be ended: end it as its owner (sudo kill ${pid}).`);
