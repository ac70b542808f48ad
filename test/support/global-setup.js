const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

// Runs once, before all tests. `npm test` has started the servers already; after a plain `npx jest` they start here.
module.exports = async ({ testPathPatterns }) => {
  // The unit tests touch no server: don't make a developer wait for one.
  const paths = testPathPatterns?.patterns ?? [];
  if (paths.length > 0 && paths.every((path) => /(^|\/)test\/unit(\/|$)/.test(path))) return;

  const { makeTemplate, dropDatabase } = require('../../scripts/test-template.mjs');
  let stop = async () => {};
  if (!process.env.TEST_DATABASE_URL) {
    const { startTestServers } = require('../../scripts/test-servers.mjs');
    const log = (line) => console.log(line);
    const servers = await startTestServers({ log, progress: (label, work) => (log(`${label} …`), work(() => {})) });
    stop = servers.stop;
    process.env.TEST_DATABASE_URL = servers.databaseUrl;
    if (servers.redisUrl) process.env.TEST_REDIS_URL = servers.redisUrl;
  }
  const url = process.env.TEST_DATABASE_URL;
  try {
    const template = (process.env.TEST_TEMPLATE = await makeTemplate(url));
    const files = (process.env.TEST_FILES = mkdtempSync(join(tmpdir(), 'igp-files-')));
    globalThis.endTests = async () => {
      rmSync(files, { recursive: true, force: true });
      await dropDatabase(url, template);
      await stop();
    };
  } catch (error) {
    await stop();
    throw error;
  }
};
