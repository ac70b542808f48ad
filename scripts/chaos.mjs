import { parseArgs } from 'node:util';
import { House, QUICK } from './chaos/house.mjs';
import { Load } from './chaos/load.mjs';
import { Meddler } from './chaos/meddler.mjs';
import { Storm } from './chaos/storm.mjs';
import { timeFlies } from './chaos/time.mjs';
import { judge, reasons, settled } from './chaos/verdict.mjs';
import { printFigures } from './figures.mjs';
import { checkNode, ensureBuilt, installIfMissing } from './install.mjs';
import { seeded } from './numbers.mjs';
import { bold, dim, say, withProgress } from './output.mjs';
import { atEnd, run } from './shutdown.mjs';
import { startTestServers } from './test-servers.mjs';

// `npm run chaos`: posts are accepted, edited and published while workers, API, queue and database are killed, wiped and
// cut, one worker's clock is wrong, and Instagram (the emulator) answers with every kind of doubt. Its ledger then says what
// really went live.
//   npm run chaos -- --full                    the figure of docs/figures.md: 2,000 posts, a kill each 3 s
//   npm run chaos -- --posts 500 --accounts 50 --workers 4 --kill-every 5 --queue redis --seed 7 --rate 10 --skew-seconds 0

const full = process.argv.includes('--full');
const { values: given } = parseArgs({
  options: {
    full: { type: 'boolean' },
    posts: { type: 'string', default: full ? '2000' : '300' },
    accounts: { type: 'string', default: full ? '100' : '20' },
    workers: { type: 'string', default: '2' },
    'kill-every': { type: 'string', default: '3' },
    /** Posts that arrive in a second. */
    rate: { type: 'string', default: full ? '8' : '15' },
    /** How far the last worker's clock is ahead. */
    'skew-seconds': { type: 'string', default: '600' },
    /** Kinds of trouble to leave out, of kill, wipe, cut, pause, api, silence, crash. */
    without: { type: 'string', default: '' },
    queue: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
  },
});
const [posts, accounts, workers, killEvery, rate, skewSeconds, seed] = [
  ...['posts', 'accounts', 'workers', 'kill-every', 'rate', 'skew-seconds', 'seed'],
].map((name) => Number(given[name]));

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

async function storm(queue, { databaseUrl, redisUrl, redisPid }) {
  say(bold(`\nThe queue on ${queue === 'redis' ? 'Redis' : 'PostgreSQL'}; ${workers} workers; seed ${seed}`));
  const random = seeded(seed);
  const house = await House.open({
    databaseUrl,
    ...(queue === 'redis' ? { redisUrl, redisPid } : { redisUrl: null }),
    workers,
    env: QUICK,
    skew: skewSeconds ? { worker: `worker ${workers}`, ms: skewSeconds * 1_000 } : null,
  });
  const load = new Load(house, random);
  await withProgress(`Connecting ${accounts} accounts`, () => load.prepare(accounts));
  // Numbers of their own: what one draws must not depend on how fast another is.
  const meddler = new Meddler(house, load, seeded(seed + 1));
  const trouble = new Storm(house, seeded(seed + 2), killEvery * 1_000, given.without.split(','));
  const stopTime = timeFlies(house);
  await withProgress(`Publishing ${posts} posts in the storm`, async (note) => {
    trouble.begin();
    meddler.begin();
    await load.post(posts, Math.max(10_000, (posts * 1_000) / rate), note);
    await meddler.end();
    await settled(house, 20_000 + posts * 30, note);
    await trouble.end();
  });
  await withProgress('Waiting for what is left, in peace', (note) => settled(house, 120_000, note));
  await stopTime();
  const found = await judge(house, load, meddler);
  const why = await reasons(house);
  await house.close();
  const troubles = Object.entries(trouble.done).map(([what, count]) => `${what} ${count}×`);
  say(dim(`  ${troubles.join(', ')}${skewSeconds ? `; the clock of worker ${workers} ${skewSeconds} s ahead` : ''}`));
  const good = printFigures(`Chaos, the queue on ${queue === 'redis' ? 'Redis' : 'PostgreSQL'}, seed ${seed}`, found);
  for (const line of why) say(dim(`  ${line}`));
  return good;
}
