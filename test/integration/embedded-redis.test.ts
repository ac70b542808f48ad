import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Redis } from 'ioredis';
import { startScript, type Script } from '../support/script';

const CACHE = resolve(__dirname, '../../.data/redis');

let folder: string;
const running: Script[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'igp-embedded-'));
});

afterEach(async () => {
  for (const script of running.splice(0)) await script.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(env: NodeJS.ProcessEnv = {}, cacheDir = CACHE): Promise<Script> {
  const script = await startScript(
    `import { findRedis } from './redis.mjs';
     const dirs = { dataDir: ${JSON.stringify(join(folder, 'run'))}, cacheDir: ${JSON.stringify(cacheDir)} };
     const redis = await findRedis({ ...dirs, log: console.log });
     say({ url: redis?.url ?? null });
     await stopped;
     await redis?.stop();`,
    env,
  );
  running.push(script);
  return script;
}

async function ping(url: unknown): Promise<string> {
  const redis = new Redis(String(url), { maxRetriesPerRequest: 0, retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    return await redis.ping();
  } catch {
    return 'away';
  } finally {
    redis.disconnect();
  }
}

const whereThereIsOne = process.env.TEST_REDIS_URL ? test : test.skip;

whereThereIsOne('a server starts behind a password, never evicts a job, and is gone after a stop', async () => {
  const script = await start();
  const redis = new Redis(String(script.said.url));
  expect(await redis.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
  redis.disconnect();
  const open = new URL(String(script.said.url));
  open.password = '';
  expect(await ping(open)).toBe('away');

  expect(await script.stop()).toBe(0);
  expect(await ping(script.said.url)).toBe('away');
});

whereThereIsOne('a server that its killed script left behind is ended by the next', async () => {
  // Without setpriv on PATH nothing ties the server to its script.
  mkdirSync(join(folder, 'bin'));
  const killed = await start({ PATH: join(folder, 'bin') });
  await killed.stop('SIGKILL');

  const next = await start();
  expect(await ping(next.said.url)).toBe('PONG');
  expect(await ping(killed.said.url)).toBe('away');
});

test('where none can be had the answer is null, not an error', async () => {
  const script = await start({ PATH: folder }, join(folder, 'cache'));
  expect(script.said).toEqual({ url: null });
  expect(script.output()).toContain('no apt-get');
});

test('REDIS_URL is used as it is', async () => {
  const script = await start({ REDIS_URL: 'redis://elsewhere:6379/3' });
  expect(script.said).toEqual({ url: 'redis://elsewhere:6379/3' });
});
