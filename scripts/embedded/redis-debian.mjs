import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);
const BUDGET_MS = 60_000;
const PACKAGES = ['redis-server', 'redis-tools'];

/** What an earlier run unpacked, or null. */
export function unpackedRedis(cacheDir) {
  const root = join(cacheDir, 'root');
  const command = join(root, 'usr', 'bin', 'redis-server');
  if (!existsSync(command)) return null;
  const folders = [join(root, 'usr', 'lib'), join(root, 'lib')].filter(existsSync);
  const libraries = folders.flatMap((lib) => [
    lib,
    ...readdirSync(lib, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(lib, entry.name)),
  ]);
  return { command, env: { ...process.env, LD_LIBRARY_PATH: libraries.join(':') } };
}

/**
 * Fetches Debian's (or Ubuntu's) package with its libraries and unpacks it into our own folder: no root, and nothing of
 * the system changes.
 * @throws Error where there is no apt, no network, no such package
 */
export async function unpackRedis(cacheDir, note) {
  const draft = join(cacheDir, `draft-${process.pid}`);
  const until = Date.now() + BUDGET_MS;
  const run = (command, args) =>
    exec(command, args, { cwd: draft, timeout: Math.max(1, until - Date.now()), env: { ...process.env, LC_ALL: 'C' } });
  mkdirSync(draft, { recursive: true });
  try {
    note('downloading');
    await download(run, []).catch(async (error) => {
      if (error.code === 'ENOENT') throw new Error('there is no apt-get on this system');
      // Fresh containers carry no package lists, and only root may fill the system's: ours stand beside.
      note('reading the package lists');
      const own = [`Dir::State::Lists=${join(draft, 'lists')}`, `Dir::Cache=${join(draft, 'cache')}`];
      for (const folder of ['lists/partial', 'cache/archives/partial'])
        mkdirSync(join(draft, folder), { recursive: true });
      await run('apt-get', [...options(own), 'update']);
      note('downloading');
      await download(run, own);
    });
    note('unpacking');
    const packages = readdirSync(draft).filter((file) => file.endsWith('.deb'));
    for (const file of packages) await run('dpkg-deb', ['-x', file, 'root']);
    rmSync(join(cacheDir, 'root'), { recursive: true, force: true });
    renameSync(join(draft, 'root'), join(cacheDir, 'root'));
  } catch (error) {
    if (error.killed) throw new Error(`gave up after ${BUDGET_MS / 1000} s`);
    throw new Error(
      String(error.stderr || error.message)
        .trim()
        .split('\n')
        .slice(-2)
        .join(' '),
    );
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return unpackedRedis(cacheDir);
}

async function download(run, own) {
  const { stdout } = await run('apt-cache', [...options(own), 'depends', ...PACKAGES]);
  const libraries = [...stdout.matchAll(/^\s*\|?Depends: (lib[\w.+-]+)$/gm)].map(([, name]) => name);
  // The C library goes with the system's own loader; another one beside it would not start.
  const wanted = new Set([...PACKAGES, ...libraries.filter((name) => !/^libc6/.test(name))]);
  await run('apt-get', [...options(own), 'download', ...wanted]);
}

// As root, apt would hand the download to its own user, who may not write here.
const options = (own) => ['APT::Sandbox::User=root', ...own].flatMap((option) => ['-o', option]);
