import { randomBytes } from 'node:crypto';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ROOT } from './install.mjs';
import { Advice } from './output.mjs';

const NAMES = /^igp_(tpl|t)_(\d+)_/;
const STALE_S = 3_600;
const TS_REQUIRE = fileURLToPath(new URL('./ts-require.cjs', import.meta.url));

/** With the time in it, so that what a killed run left behind can be told from what a run beside us needs. */
export const databaseName = (kind) => `igp_${kind}_${Math.floor(Date.now() / 1000)}_${randomBytes(4).toString('hex')}`;

export const withDatabase = (url, name) => Object.assign(new URL(url), { pathname: `/${name}` }).href;

async function session(url, work) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    throw new Advice(`PostgreSQL at ${new URL(url).host} can't be used: ${error.message}`);
  }
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/**
 * A database with all migrations applied, which every test file clones. Nobody can connect to it, so that any number may
 * be cloned at once.
 * @returns its name
 */
export function makeTemplate(url) {
  return session(url, async (client) => {
    await dropLeftovers(client);
    const name = databaseName('tpl');
    await client.query(`CREATE DATABASE ${name}`).catch((error) => {
      if (error.code === '42501') throw new Advice(`The tests need a user who may create databases: ${error.message}`);
      throw error;
    });
    await migrate(withDatabase(url, name));
    await client.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    return name;
  });
}

export const dropDatabase = (url, name) => session(url, (client) => client.query(drop(name)));

const drop = (name) => `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`;

async function dropLeftovers(client) {
  const { rows } = await client.query('SELECT datname FROM pg_database');
  const oldest = Date.now() / 1000 - STALE_S;
  for (const { datname } of rows) {
    const [, , made] = NAMES.exec(datname) ?? [];
    if (made && Number(made) < oldest) await client.query(drop(datname));
  }
}

/** `npm run migrate`, straight from the sources. */
async function migrate(url) {
  const env = {
    PATH: process.env.PATH,
    DATABASE_URL: url,
    JWT_SECRET: randomBytes(48).toString('base64'),
    ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
    LOG_LEVEL: 'warn',
  };
  try {
    await promisify(execFile)(process.execPath, ['-r', TS_REQUIRE, 'src/migrate.ts'], { cwd: ROOT, env });
  } catch (error) {
    throw new Advice(`The migrations failed:\n${error.stderr || error.message}`);
  }
}
