import { accessSync, chownSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Advice } from '../output.mjs';

/** Hands a file over to the user that PostgreSQL runs as, where that is another one than ours. */
export function give(path, owner) {
  if (owner) chownSync(path, owner.uid, owner.gid);
}

/** mkdir -p; what root makes in somebody's checkout is that somebody's. */
export function makeFolder(path) {
  if (existsSync(path)) return checkWritable(path);
  const parent = dirname(path);
  makeFolder(parent);
  try {
    mkdirSync(path, { mode: 0o755 });
  } catch (error) {
    if (error.code === 'EEXIST') return;
    if (error.code === 'EACCES' || error.code === 'EROFS') throw notYours(parent);
    throw error;
  }
  if (process.getuid?.() === 0) {
    const { uid, gid } = statSync(parent);
    chownSync(path, uid, gid);
  }
}

function checkWritable(path) {
  try {
    accessSync(path, constants.W_OK);
  } catch {
    throw notYours(path);
  }
}

const notYours = (path) =>
  new Advice(
    `${path} is not yours to write to.\nWas it made by root? Then: sudo chown -R "$(id -un)" ${path.replace(/(\/\.data)\/.*/, '$1')}`,
  );
