import { setTimeout as sleep } from 'node:timers/promises';
import { crashDatabase, cutDatabase, killApi, killWorker, pauseWorker, silenceRedis, wipeQueue } from './harm.mjs';

const toAnyWorker = (harm) => async (house, random) => {
  const workers = house.workers();
  const worker = workers[Math.floor(random() * workers.length)];
  if (!worker) throw new Error('no worker is alive');
  await harm(house, worker);
};

/** How often (in intervals between two kills), what it is called, and how it is done. */
const TROUBLES = {
  kill: [1, 'worker killed', toAnyWorker(killWorker)],
  wipe: [3, 'queue wiped', wipeQueue],
  cut: [4, 'database connections cut', cutDatabase],
  pause: [5, 'worker stopped past its lease', toAnyWorker(pauseWorker)],
  api: [7, 'API killed', killApi],
  silence: [8, 'Redis silent for 4 s', silenceRedis],
  crash: [11, 'PostgreSQL crashed', crashDatabase],
};

/** Trouble of every kind, by the clock, until it is stopped. Counts what it did. */
export class Storm {
  done = {};
  #over = false;
  #jobs = [];

  /** @param without kinds of trouble to leave out */
  constructor(house, random, killEveryMs, without = []) {
    this.without = without;
    this.house = house;
    this.random = random;
    this.killEveryMs = killEveryMs;
  }

  begin() {
    for (const [kind, [intervals, what, act]] of Object.entries(TROUBLES))
      if (!this.without.includes(kind) && (kind !== 'silence' || this.house.redisPid))
        this.#jobs.push(this.#every(intervals, what, act));
  }

  /** Ends the trouble and leaves every process running. */
  async end() {
    this.#over = true;
    await Promise.all(this.#jobs);
  }

  async #every(intervals, what, act) {
    this.done[what] = 0;
    for (await this.#pause(intervals); !this.#over; await this.#pause(intervals)) {
      // Troubles meet: a database that is just recovering can't be cut. What was not done is not counted.
      const did = await act(this.house, this.random).then(
        () => true,
        () => false,
      );
      if (did) this.done[what] += 1;
    }
  }

  async #pause(intervals) {
    for (const until = Date.now() + intervals * this.killEveryMs; Date.now() < until && !this.#over;) await sleep(50);
  }
}
