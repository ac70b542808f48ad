import { parseArgs } from 'node:util';
import { House, LEASE_SECONDS } from './chaos/house.mjs';
import { Load } from './chaos/load.mjs';
import { Storm } from './chaos/storm.mjs';
import { judge, settled } from './chaos/verdict.mjs';
import { checkNode, ensureBuilt, installIfMissing } from './install.mjs';
import { bold, dim, green, red, say, withProgress } from './output.mjs';
import { atEnd, run } from './shutdown.mjs';
import { startTestServers } from './test-servers.mjs';

// `npm run chaos`: posts are accepted and published while workers, API, queue and database are killed, wiped and cut, and
// Instagram (the emulator) answers with every kind of doubt. Its ledger then says what really went live.
//   npm run chaos -- --posts 2000 --accounts 50 --workers 4 --kill-every 3 --queue redis --seed 7

const { values: given } = parseArgs({
  options: {
    posts: { type: 'string', default: '300' },
    accounts: { type: 'string', default: '20' },
    workers: { type: 'string', default: '2' },
    'kill-every': { type: 'string', default: '3' },
    queue: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
  },
});

/** Nothing may be other than said here; shares are of the accepted posts. */
const LIMITS = {
  duplicates: () => 0,
  lost: () => 0,
  stuck: () => 0,
  'false failed': () => 0,
  'false completed': () => 0,
  early: () => 0,
  'needs review': ({ accepted }) => Math.ceil(accepted * 0.005),
  'takeover p99 (s)': () => LEASE_SECONDS + 10,
};

run(async () => {
  checkNode();
  await installIfMissing();
  await ensureBuilt();
  const servers = await startTestServers({ log: (line) => say(dim(`  ${line}`)), progress: withProgress });
  atEnd(servers.stop);
  const queues = given.queue ? [given.queue] : servers.redisUrl ? ['postgres', 'redis'] : ['postgres'];
  let good = true;
  for (const queue of queues) good = (await storm(queue, servers)) && good;
  return good ? 0 : 1;
});

async function storm(queue, servers) {
  say(bold(`\nThe queue on ${queue === 'redis' ? 'Redis' : 'PostgreSQL'}; seed ${given.seed}`));
  const [posts, accounts, workers, killEvery] = ['posts', 'accounts', 'workers', 'kill-every'].map((name) =>
    Number(given[name]),
  );
  const random = seeded(Number(given.seed));
  const redisUrl = queue === 'redis' ? servers.redisUrl : null;
  const house = await House.open({ databaseUrl: servers.databaseUrl, redisUrl, workers });
  const load = new Load(house, random);
  await withProgress(`Connecting ${accounts} accounts`, () => load.prepare(accounts));
  const trouble = new Storm(house, random, killEvery * 1_000);
  await withProgress(`Publishing ${posts} posts in the storm`, async (note) => {
    trouble.begin();
    await load.post(posts, Math.max(10_000, posts * 60));
    await settled(house, 15_000 + posts * 60, note);
    await trouble.end();
  });
  await withProgress('Waiting for what is left, in peace', (note) => settled(house, 90_000, note));
  const found = await judge(house, load);
  for (const [name, { exitCode }] of house.children) if (exitCode === null) house.children.get(name).kill('SIGKILL');
  return print(found, trouble.done);
}

function print(found, done) {
  say(
    dim(
      `  ${Object.entries(done)
        .map(([what, count]) => `${what} ${count}×`)
        .join(', ')}`,
    ),
  );
  let good = found.accepted > 0;
  for (const [name, value] of Object.entries(found)) {
    const limit = LIMITS[name]?.(found);
    const ok = limit === undefined || value <= limit;
    good &&= ok;
    say(
      `  ${name.padEnd(20)} ${String(value).padStart(8)}  ${limit === undefined ? '' : ok ? green(`≤ ${limit}`) : red(`must be ≤ ${limit}`)}`,
    );
  }
  return good;
}

/** mulberry32: the same storm again for the same seed, as far as the machine lets it. */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
