import { setTimeout as sleep } from 'node:timers/promises';
import { crashDatabase, cutDatabase, killApi, killWorker, pauseWorker, silenceRedis, wipeQueue } from './harm.mjs';

/** Trouble of every kind, by the clock, until it is stopped. Counts what it did. */
export class Storm {
  done = {};
  #over = false;
  #jobs = [];

  constructor(house, random, killEveryMs) {
    this.house = house;
    this.random = random;
    this.killEveryMs = killEveryMs;
  }

  /** How often, in intervals between two kills. */
  begin() {
    this.#every(1, 'worker killed', () => this.#hurtWorker(killWorker));
    this.#every(3, 'queue wiped', () => wipeQueue(this.house));
    this.#every(4, 'database connections cut', () => cutDatabase(this.house));
    this.#every(5, 'worker stopped past its lease', () => this.#hurtWorker(pauseWorker));
    this.#every(7, 'API killed', () => killApi(this.house));
    this.#every(11, 'PostgreSQL crashed', () => crashDatabase(this.house));
    if (this.house.redisPid) this.#every(8, 'Redis silent for 4 s', () => silenceRedis(this.house));
  }

  /** Ends the trouble and leaves every process running. */
  async end() {
    this.#over = true;
    await Promise.all(this.#jobs);
  }

  #every(intervals, name, act) {
    this.done[name] = 0;
    const job = async () => {
      for (await this.#pause(intervals); !this.#over; await this.#pause(intervals)) {
        // Troubles meet: a database that is just recovering can't be cut. What was not done is not counted.
        const did = await Promise.resolve(act()).then(
          () => true,
          () => false,
        );
        if (did) this.done[name] += 1;
      }
    };
    this.#jobs.push(job());
  }

  async #pause(intervals) {
    for (const until = Date.now() + intervals * this.killEveryMs; Date.now() < until && !this.#over;) await sleep(50);
  }

  async #hurtWorker(hurt) {
    const workers = this.house.workers();
    const worker = workers[Math.floor(this.random() * workers.length)];
    if (!worker) throw new Error('no worker is alive');
    await hurt(this.house, worker);
  }
}
