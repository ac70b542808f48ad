import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Advice } from '../output.mjs';
import { look } from './processes.mjs';

/** The folder belongs to another running script of ours. */
export class InUse extends Advice {}

const read = (file) => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
};

/**
 * Makes a folder ours for as long as this process lives. A dead owner's claim is void; pid and start time tell an owner
 * from a stranger who got its pid later.
 * @throws InUse when its owner is alive
 * @returns the release
 */
export function claim(folder) {
  const file = join(folder, 'owner.json');
  const mine = JSON.stringify({
    pid: process.pid,
    started: look(process.pid)?.started,
    script: process.argv[1] ?? 'node',
  });
  for (;;) {
    if (place(file, mine)) return () => read(file) === mine && rmSync(file, { force: true });
    const theirs = read(file);
    const owner = parse(theirs);
    // Twice in one process is one owner too many as well.
    if (owner?.started && look(owner.pid)?.started === owner.started)
      throw new InUse(
        `${folder} is in use by process ${owner.pid} (${owner.script}).\nEnd that one first (Ctrl-C there, or: kill ${owner.pid}).`,
      );
    bury(file, theirs);
  }
}

/** Puts the file there with all that is in it, unless there is one: a link is both at once. */
function place(file, text) {
  const draft = `${file}.${process.pid}.new`;
  writeFileSync(draft, text);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Removes a void claim, and only that one: a third process may have put its own in its place meanwhile. */
function bury(file, theirs) {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    if (read(aside) !== theirs) renameSync(aside, file);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  rmSync(aside, { force: true });
}
