import { parseArgs } from 'node:util';
import { createWithoutRedis } from '../bench/create-without-redis.mjs';
import { fairness } from '../bench/fairness.mjs';
import { lateness } from '../bench/lateness.mjs';
import { memory } from '../bench/memory.mjs';
import { peace } from '../bench/peace.mjs';
import { queueWiped } from '../bench/queue-wiped.mjs';
import { takeover } from '../bench/takeover.mjs';
import { throttled } from '../bench/throttled.mjs';
import { met, printFigures } from './figures.mjs';
import { checkNode, ensureBuilt, installIfMissing } from './install.mjs';
import { Advice, dim, green, red, say, withProgress } from './output.mjs';
import { atEnd, run } from './shutdown.mjs';
import { startTestServers } from './test-servers.mjs';

// `npm run bench`: each figure beside its goal, on the real thing: PostgreSQL, Redis, API and worker processes, the emulator.
//   npm run bench -- --queue postgres|redis|both --only lateness,fairness
// docs/figures.md says how each is measured. Exit code 1 when one misses its goal.

const FIGURES = {
  lateness,
  fairness,
  create_without_redis: createWithoutRedis,
  queue_wiped: queueWiped,
  takeover,
  throttled,
  peace,
  memory,
};
const REDIS_ONLY = ['create_without_redis'];
/** The queue has nothing to do with it: measured once, on whatever comes first. */
const ONCE = ['memory'];

const { values: given } = parseArgs({
  options: { queue: { type: 'string', default: 'both' }, only: { type: 'string' } },
});

run(async () => {
  const names = given.only?.split(',') ?? Object.keys(FIGURES);
  const unknown = names.filter((name) => !(name in FIGURES));
  if (unknown.length > 0)
    throw new Advice(`No such figure: ${unknown.join()}. There are ${Object.keys(FIGURES).join()}.`);
  if (!['postgres', 'redis', 'both'].includes(given.queue)) throw new Advice('--queue is postgres, redis or both.');
  checkNode();
  await installIfMissing();
  await ensureBuilt();
  const servers = await startTestServers({ log: (line) => say(dim(`  ${line}`)), progress: withProgress });
  atEnd(servers.stop);
  if (!servers.redisUrl && given.queue !== 'postgres')
    throw new Advice('No Redis can be had here; try --queue postgres.');

  const results = [];
  const queues = given.queue === 'both' ? ['postgres', 'redis'] : [given.queue];
  for (const queue of queues)
    for (const name of names)
      if ((queue === 'redis' || !REDIS_ONLY.includes(name)) && (queue === queues[0] || !ONCE.includes(name)))
        results.push(await measure(name, queue, servers));
  say();
  for (const { title, figures } of results) say(`${figures.every(met) ? green('✓') : red('✗')} ${title}`);
  return results.every(({ figures }) => figures.every(met)) ? 0 : 1;
});

async function measure(name, queue, { databaseUrl, redisUrl }) {
  const title = `${name}, the queue on ${queue === 'redis' ? 'Redis' : 'PostgreSQL'}`;
  const on = { databaseUrl, redisUrl: queue === 'redis' ? redisUrl : null };
  const figures = await withProgress(title, (note) => FIGURES[name](on, note)).catch((error) => {
    say(red(`  ${error.message}`));
    return [{ what: 'could be measured', goal: 1, measured: 0, atLeast: true }];
  });
  printFigures(title, figures);
  return { title, figures };
}
