const { redisAtHand } = require('./scripts/redis.mjs');
const { swcOptions } = require('./scripts/swc-options.cjs');
const { REDIS_CACHE } = require('./scripts/test-servers.mjs');

// Nest 12 and a few others ship ES modules only, and Jest on Node 20 cannot require() those: compile them on the way in.
const esmOnly = [
  '@nestjs',
  'jose',
  'file-type',
  'strtok3',
  'token-types',
  'uint8array-extras',
  '@tokenizer',
  '@borewit',
  'mediainfo.js',
  'content-disposition',
  'cookie',
];

const common = {
  rootDir: __dirname,
  testEnvironment: 'node',
  transform: Object.fromEntries(
    ['ts', 'js'].map((language) => [`^.+\\.${language}$`, ['@swc/jest', swcOptions(language)]]),
  ),
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})(/|$))`],
};

const onPostgres = {
  ...common,
  displayName: { name: 'postgres', color: 'blue' },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
};

// What stands on the queue runs a second time, with Redis carrying it.
const onRedis = {
  ...common,
  displayName: { name: 'redis', color: 'red' },
  testMatch: [
    '<rootDir>/test/{integration,e2e}/**/{queue,publishing}*.test.ts',
    '<rootDir>/test/{integration,e2e}/{queue,publishing}*/**/*.test.ts',
    '<rootDir>/test/e2e/{pace,incident,carousels*,pauses-hold-posts,first-comment}.test.ts',
    '<rootDir>/test/promises/**/*.test.ts',
    '<rootDir>/test/chaos/**/*.test.ts',
  ],
  setupFiles: ['<rootDir>/test/support/redis-backend.js'],
};

const redis = process.env.TEST_REDIS_URL || process.env.REDIS_URL || redisAtHand(REDIS_CACHE);

module.exports = {
  projects: redis ? [onPostgres, onRedis] : [onPostgres],
  globalSetup: '<rootDir>/test/support/global-setup.js',
  globalTeardown: '<rootDir>/test/support/global-teardown.js',
  // Jest takes this from here, not from a project.
  testTimeout: 30_000,
  maxWorkers: 2,
};
