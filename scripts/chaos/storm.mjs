import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { LEASE_SECONDS } from './house.mjs';

const Redis = createRequire(import.meta.url)('ioredis');

/** Trouble of every kind, by the clock, until it is stopped. Counts what it did. */
export class Storm {
  done = {
    'worker killed': 0,
    'worker stopped past its lease': 0,
    'queue wiped': 0,
    'database connections cut': 0,
    'API killed': 0,
  };
  #over = false;
  #jobs = [];

  constructor(house, random, killEveryMs) {
    this.house = house;
    this.random = random;
    this.killEveryMs = killEveryMs;
  }

  begin() {
    this.#every(this.killEveryMs, 'worker killed', () => this.killWorker());
    this.#every(this.killEveryMs * 3, 'queue wiped', () => this.wipeQueue());
    this.#every(this.killEveryMs * 4, 'database connections cut', () => this.cutDatabase());
    this.#every(this.killEveryMs * 5, 'worker stopped past its lease', () => this.pauseWorker());
    this.#every(this.killEveryMs * 7, 'API killed', () => this.killApi());
  }

  /** Ends the trouble and leaves every process running. */
  async end() {
    this.#over = true;
    await Promise.all(this.#jobs);
  }

  #every(ms, name, act) {
    const job = async () => {
      for (await this.#pause(ms); !this.#over; await this.#pause(ms)) {
        await act();
        this.done[name] += 1;
      }
    };
    this.#jobs.push(job());
  }

  async #pause(ms) {
    for (const until = Date.now() + ms; Date.now() < until && !this.#over;) await sleep(50);
  }

  #anyWorker() {
    const workers = this.house.workers();
    return workers[Math.floor(this.random() * workers.length)];
  }

  async killWorker() {
    const [name, child] = this.#anyWorker() ?? [];
    if (!child) return;
    child.kill('SIGKILL');
    await sleep(300);
    await this.house.start(name, 'worker');
  }

  async pauseWorker() {
    const [, child] = this.#anyWorker() ?? [];
    if (!child) return;
    child.kill('SIGSTOP');
    await this.#pause((LEASE_SECONDS + 2) * 1_000);
    child.kill('SIGCONT');
  }

  async killApi() {
    this.house.children.get('api').kill('SIGKILL');
    await sleep(300);
    await this.house.start('api', 'main', `${this.house.api}/health/live`);
  }

  async wipeQueue() {
    if (this.house.redisUrl) {
      const redis = new Redis(this.house.redisUrl);
      await redis.flushall();
      redis.disconnect();
      return;
    }
    const tables = await this.house.query(
      `SELECT format('bullmq.%I', tablename) AS name FROM pg_tables WHERE schemaname = 'bullmq' AND tablename NOT LIKE '%migration%'`,
    );
    await this.house.query(`TRUNCATE ${tables.map(({ name }) => name).join(', ')}`).catch(() => {});
  }

  async cutDatabase() {
    await this.house.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
  }
}
