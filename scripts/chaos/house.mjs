import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '../demo/client.mjs';
import { endChild, hasExited, spawnTied } from '../embedded/processes.mjs';
import { freePort } from '../embedded/ports.mjs';
import { ROOT } from '../install.mjs';
import { Advice } from '../output.mjs';
import { atEnd } from '../shutdown.mjs';

const require = createRequire(import.meta.url);
const pg = require('pg');
const Redis = require('ioredis');

/** Short waits, so that minutes of trouble fit into seconds; the ratios between them are production's. */
export const LEASE_SECONDS = 5;
export const QUICK = {
  LEASE_SECONDS: String(LEASE_SECONDS),
  SWEEP_INTERVAL_MS: '500',
  CONTAINER_POLL_INTERVAL_MS: '500',
  PUBLISH_VERIFY_DELAYS_MS: '500,1000,2000,3000,6000',
};

/** The whole service as processes of their own, on servers that somebody else started. */
export class House {
  children = new Map();

  /**
   * @param redisPid where that Redis may be hurt
   * @param env settings of the API and the workers, over production's defaults
   * @param skew `{worker: 'worker 2', ms: 600_000}`: that worker's clock is wrong by so much
   */
  static async open({ databaseUrl, redisUrl, redisPid = null, workers, env = {}, skew = null }) {
    const house = new House();
    const name = `igp_t_${Math.floor(Date.now() / 1000)}_${randomBytes(4).toString('hex')}`;
    await query(databaseUrl, `CREATE DATABASE ${name}`);
    house.drop = () => query(databaseUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    atEnd(house.drop);
    // The test servers save themselves this; a crash of PostgreSQL would forget what it had confirmed.
    await query(databaseUrl, `ALTER DATABASE ${name} SET synchronous_commit = on`);
    house.databaseUrl = Object.assign(new URL(databaseUrl), { pathname: `/${name}` }).href;
    house.redisUrl = redisUrl;
    house.redisPid = redisPid;
    house.skew = skew;
    if (redisUrl) await house.redis((redis) => redis.flushdb());
    const [api, sandbox] = [await freePort(0, '127.0.0.1'), await freePort(0, '127.0.0.1')];
    house.api = `http://127.0.0.1:${api}`;
    house.sandbox = `http://127.0.0.1:${sandbox}`;
    house.env = { ...environment(house, api, sandbox), ...env };
    await house.once('migrate');
    await house.start('sandbox', 'sandbox', `${house.sandbox}/_sandbox/pulse`);
    await house.start('api', 'main', `${house.api}/health/live`);
    for (let i = 1; i <= workers; i++) await house.start(`worker ${i}`, 'worker');
    house.client = new Client(house.api);
    return house;
  }

  /** Starts dist/src/<script>.js; with `readyAt`, waits until it answers there. */
  async start(name, script, readyAt) {
    const child = this.#spawn(name, script, process.env.CHAOS_LOGS ? 'inherit' : 'ignore');
    this.children.set(name, child);
    atEnd(() => endChild(child, [['SIGKILL', 2_000]]));
    for (const until = Date.now() + 30_000; readyAt && Date.now() < until; await sleep(50))
      if ((await fetch(readyAt).catch(() => null))?.ok) return;
    if (readyAt) throw new Advice(`${name} does not answer at ${readyAt}; CHAOS_LOGS=1 shows what it says.`);
  }

  async once(script) {
    const child = this.#spawn(script, script, 'ignore');
    const code = await new Promise((resolve) => child.once('exit', resolve));
    if (code !== 0) throw new Advice(`npm run ${script} failed with exit code ${code}.`);
  }

  #spawn(name, script, output) {
    const skewed = this.skew?.worker === name;
    const preload = skewed ? ['-r', join(ROOT, 'scripts', 'chaos', 'skewed-clock.cjs')] : [];
    return spawnTied(process.execPath, [...preload, join(ROOT, 'dist', 'src', `${script}.js`)], {
      cwd: ROOT,
      env: { ...this.env, ...(skewed ? { CLOCK_SKEW_MS: String(this.skew.ms) } : {}) },
      stdio: ['ignore', output, output],
    });
  }

  /** Names and processes of the workers that are alive. */
  workers = () => [...this.children].filter(([name, child]) => name.startsWith('worker') && !hasExited(child));

  query = (sql, values) => query(this.databaseUrl, sql, values);

  async redis(work) {
    const redis = new Redis(this.redisUrl);
    try {
      return await work(redis);
    } finally {
      redis.disconnect();
    }
  }

  /** The emulator's control API. */
  async control(path, body) {
    const answer = await fetch(
      `${this.sandbox}/_sandbox/${path}`,
      body === undefined
        ? {}
        : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } },
    );
    if (!answer.ok) throw new Error(`/_sandbox/${path} answered ${answer.status}: ${await answer.text()}`);
    return answer.status === 204 ? null : answer.json();
  }

  async close() {
    for (const child of this.children.values()) await endChild(child, [['SIGKILL', 2_000]]);
    await this.drop();
  }
}

function environment(house, api, sandbox) {
  const origins = ['FACEBOOK_GRAPH', 'INSTAGRAM_GRAPH', 'FACEBOOK_DIALOG', 'INSTAGRAM_AUTHORIZE', 'INSTAGRAM_OAUTH'];
  return {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    LOG_LEVEL: 'warn',
    DATABASE_URL: house.databaseUrl,
    ...(house.redisUrl ? { REDIS_URL: house.redisUrl } : {}),
    JWT_SECRET: randomBytes(48).toString('base64'),
    ENCRYPTION_KEYS: `chaos:${randomBytes(32).toString('base64')}`,
    PORT: String(api),
    PUBLIC_BASE_URL: house.api,
    STORAGE_DIR: join(tmpdir(), `igp-files-chaos-${process.pid}`),
    ALLOWED_PRIVATE_HOSTS: `127.0.0.1:${api},127.0.0.1:${sandbox}`,
    INSTAGRAM_APP_ID: '1000000000000001',
    INSTAGRAM_APP_SECRET: 'sandbox-app-secret',
    ...Object.fromEntries([...origins, 'RUPLOAD'].map((name) => [`${name}_URL`, house.sandbox])),
    SANDBOX_PORT: String(sandbox),
  };
}

async function query(url, sql, values) {
  const client = new pg.Client({ connectionString: url });
  // A server that crashes under us fails the query; that the connection is gone, too, needs no second word.
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(sql, values)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}
