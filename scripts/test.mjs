import { join } from 'node:path';
import { endChild, spawnTied } from './embedded/processes.mjs';
import { checkNode, installIfMissing, ROOT } from './install.mjs';
import { Advice, box, dim, say, withProgress } from './output.mjs';
import { atEnd, run } from './shutdown.mjs';
import { startTestServers } from './test-servers.mjs';

// `npm test [-- jest's arguments] [--require-redis]`: the whole suite against a real PostgreSQL and a real Redis.

const NO_REDIS = [
  'NO REDIS: the Redis half of the tests is NOT run, only the PostgreSQL half.',
  '',
  'To run both: install redis-server or valkey-server (it need not run), or set REDIS_URL.',
  'With CI=true or --require-redis this is an error.',
];

run(async () => {
  checkNode();
  await installIfMissing();
  const args = process.argv.slice(2).filter((arg) => arg !== '--require-redis');
  const redisRequired = args.length < process.argv.length - 2 || /^(true|1)$/.test(process.env.CI ?? '');

  const servers = await withProgress('Starting PostgreSQL and Redis', () =>
    startTestServers({ log: (line) => say(dim(line)), progress: withNote }),
  );
  atEnd(servers.stop);
  if (!servers.redisUrl) {
    if (redisRequired) throw new Advice(NO_REDIS.slice(0, 3).join('\n'));
    box(NO_REDIS);
  }

  const env = { ...process.env, TEST_DATABASE_URL: servers.databaseUrl };
  if (servers.redisUrl) env.TEST_REDIS_URL = servers.redisUrl;
  // No test may reach for the developer's own servers.
  for (const name of ['DATABASE_URL', 'REDIS_URL']) delete env[name];
  // The chaos suites kill and stop processes by the clock, so they get the machine for themselves.
  const passes =
    args.length > 0
      ? [args]
      : [
          ['--testPathIgnorePatterns', 'test/chaos'],
          ['--runInBand', '--testPathPatterns', 'test/chaos'],
        ];
  let code = 0;
  for (const pass of passes) code = (await jest(pass, env)) || code;
  if (!servers.redisUrl) box(NO_REDIS);
  return code;
});

const PATIENCE = [
  ['SIGINT', 5_000],
  ['SIGKILL', 1_000],
];

async function jest(args, env) {
  const command = [join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js'), ...args];
  const child = spawnTied(process.execPath, command, { cwd: ROOT, env, stdio: 'inherit' });
  atEnd(() => endChild(child, PATIENCE, { group: true }));
  return new Promise((done) => {
    child.on('error', () => done(1));
    child.on('exit', (status) => done(status ?? 1));
  });
}

/** Inside the line above, the download is worth a line of its own. */
function withNote(label, work) {
  say(`· ${label} …`);
  return work(() => {});
}
