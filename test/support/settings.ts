import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadEnv } from '../../src/config/env';
import { Settings } from '../../src/config/settings';

/** The same for every process of a test file: what one seals, the other has to open. */
const SECRETS = {
  JWT_SECRET: randomBytes(48).toString('base64'),
  ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
};

/** The environment of a process under test: every wait is short, nothing is logged. */
export function testEnv(databaseUrl: string, overrides: Partial<NodeJS.ProcessEnv> = {}): NodeJS.ProcessEnv {
  return {
    PORT: '0',
    DATABASE_URL: databaseUrl,
    REDIS_URL: queueBackend() === 'redis' ? process.env.TEST_REDIS_URL : undefined,
    ...SECRETS,
    INSTAGRAM_APP_ID: '1234567890',
    INSTAGRAM_APP_SECRET: 'app-secret-for-tests',
    CONTAINER_POLL_INTERVAL_MS: '100',
    CONTAINER_POLL_TIMEOUT_MS: '10000',
    PUBLISH_VERIFY_DELAYS_MS: '100,200,300,500,800',
    SWEEP_INTERVAL_MS: '200',
    LEASE_SECONDS: '5',
    DISPATCH_CRON: '* * * * * *',
    STORAGE_DIR: join(process.env.TEST_FILES ?? tmpdir(), randomBytes(6).toString('hex')),
    LOG_LEVEL: 'silent',
    ...overrides,
  };
}

export function testSettings(given: { databaseUrl: string; overrides?: Partial<NodeJS.ProcessEnv> }): Settings {
  return new Settings(loadEnv(testEnv(given.databaseUrl, given.overrides)));
}

/** Which project of jest.config.js this file runs in. */
export function queueBackend(): 'postgres' | 'redis' {
  return process.env.QUEUE_BACKEND === 'redis' ? 'redis' : 'postgres';
}
