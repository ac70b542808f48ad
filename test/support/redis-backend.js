// The first thing in every test file of the `redis` project: an empty Redis database of this jest worker's own.
const Redis = require('ioredis');

const MARK = 'instagram-publisher:tests';

module.exports = async () => {
  const { TEST_REDIS_URL, JEST_WORKER_ID } = process.env;
  const url = new URL(TEST_REDIS_URL);
  url.pathname = `/${JEST_WORKER_ID ?? 1}`;
  const redis = new Redis(url.href, { maxRetriesPerRequest: 1 });
  redis.on('error', () => {});
  try {
    // TEST_REDIS_URL may be anybody's Redis: what isn't ours is never wiped.
    if ((await redis.dbsize()) > 0 && !(await redis.exists(MARK)))
      throw new Error(
        `Database ${url.pathname} of TEST_REDIS_URL holds something that no test wrote: it is left alone.`,
      );
    await redis.flushdb();
    await redis.set(MARK, 1);
  } finally {
    redis.disconnect();
  }
  process.env.QUEUE_BACKEND = 'redis';
  process.env.TEST_REDIS_URL = url.href;
};
