import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { endChild, spawnTied } from './embedded/processes.mjs';
import { Advice, withProgress } from './output.mjs';
import { atEnd } from './shutdown.mjs';

export const ROOT = resolve(import.meta.dirname, '..');

/** Nest ships ES modules only; this Node must be able to require() them. */
export function checkNode() {
  if (process.features.require_module) return;
  throw new Advice(
    `This needs Node.js 20.19, 22.13 or newer; here is ${process.version}.\n` +
      'Get one from https://nodejs.org/en/download, or with nvm: nvm install 24',
  );
}

const json = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** What the lock file asks for and node_modules lacks: compared by content, since a clone or a copy sets times at will. */
function missing() {
  const installed = join(ROOT, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return true;
  const there = json(installed).packages;
  return Object.entries(json(join(ROOT, 'package-lock.json')).packages).some(
    ([path, wanted]) => path !== '' && !wanted.optional && there[path]?.version !== wanted.version,
  );
}

/** `npm ci`, if need be. */
export async function installIfMissing() {
  if (!missing()) return;
  await withProgress('Installing packages (once)', async (note) => {
    let { code, output } = await npm('ci');
    if (code !== 0 && /\bEUSAGE\b/.test(output)) {
      // A lock file written where the registry lacked some platform's package; `install` keeps to what it does name.
      note('package-lock.json is incomplete, so not by npm ci but by npm install');
      ({ code, output } = await npm('install', '--no-save'));
    }
    if (code === 0) return;
    const advice = /ENOTFOUND|ETIMEDOUT|ECONNREFUSED|EAI_AGAIN/.test(output)
      ? 'The npm registry is out of reach: check the network or the proxy (npm config get registry), then run this again.'
      : 'Run "npm ci" by hand to see more.';
    throw new Advice(`npm could not install:\n${lastLines(output)}\n${advice}`);
  });
}

function npm(...args) {
  const all = [...args, '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  // Inside `npm run` this very npm is named; else the one on PATH, a .cmd file on Windows.
  const self = process.env.npm_execpath;
  if (self?.endsWith('.js')) return quietly(process.execPath, [self, ...all]);
  return quietly('npm', all, { shell: process.platform === 'win32' });
}

const SOURCES = ['src', 'migrations', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json', 'package-lock.json'];

/** `nest build`, if anything that goes into it changed since the last one that succeeded. */
export async function ensureBuilt() {
  const stamp = join(ROOT, 'dist', '.built');
  const now = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === now) return;
  await withProgress('Building', async () => {
    const nest = join(ROOT, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
    const { code, output } = await quietly(process.execPath, [nest, 'build']);
    if (code !== 0) throw new Advice(`The build failed:\n${lastLines(output, 30)}`);
  });
  mkdirSync(join(ROOT, 'dist'), { recursive: true });
  writeFileSync(stamp, now);
}

/** Names, sizes and times of all sources: a removed file counts too. */
function fingerprint() {
  const hash = createHash('sha256');
  const walk = (path) => {
    const stat = statSync(join(ROOT, path));
    if (stat.isDirectory()) for (const name of readdirSync(join(ROOT, path)).sort()) walk(join(path, name));
    else hash.update(`${path} ${stat.size} ${stat.mtimeMs}\n`);
  };
  SOURCES.forEach(walk);
  return hash.digest('hex');
}

const lastLines = (text, count = 15) => text.trim().split('\n').slice(-count).join('\n');

/** Runs a command whose output is of interest only when it fails. */
async function quietly(command, args, options = {}) {
  const child = spawnTied(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], ...options });
  atEnd(() => endChild(child, [['SIGTERM', 3_000]], { group: true }));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const code = await new Promise((done) => {
    child.on('error', (error) => done((output += error.message) && 127));
    child.on('close', done);
  });
  return { code, output };
}
