import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE_MS = 150;
const WISHES = ['edit', 'edit', 'cancel', 'publish'];

/** A client that changes its mind: edits, cancels and hurries random posts until it is stopped. Keeps what it was promised. */
export class Meddler {
  /** Post id → the caption of its last edit that was answered by 200. */
  edited = new Map();
  /** Post ids whose cancel was answered by 204. */
  canceled = new Set();
  /** Post ids of which an answer was lost: nothing was promised. */
  unsure = new Set();
  hurried = 0;
  #over = false;

  constructor(house, load, random) {
    this.house = house;
    this.load = load;
    this.random = random;
  }

  begin() {
    this.#work = this.#meddle();
  }

  #work = Promise.resolve();

  async end() {
    this.#over = true;
    await this.#work;
  }

  async #meddle() {
    for (let round = 1; !this.#over; round++, await sleep(PAUSE_MS)) {
      // Scheduled ones, and young: the others are out of reach.
      const wanted = [...this.load.accepted].slice(-80).filter(([id, { at }]) => at !== null && !this.canceled.has(id));
      const [id, { caption } = {}] = wanted[Math.floor(this.random() * wanted.length)] ?? [];
      const wish = WISHES[Math.floor(this.random() * WISHES.length)];
      if (id === undefined || this.unsure.has(id)) continue;
      await this[wish](id, `${caption} Edit ${round}.`).catch((error) => {
        // An answer with a 4xx is a clear no; anything else may have been done.
        if (!(error.status >= 400 && error.status < 500)) this.unsure.add(id);
      });
    }
  }

  async edit(id, caption) {
    await this.house.client.send('PATCH', `/api/instagram/posts/${id}`, JSON.stringify({ caption }), {
      'content-type': 'application/json',
    });
    this.edited.set(id, caption);
  }

  async cancel(id) {
    await this.house.client.send('DELETE', `/api/instagram/posts/${id}`);
    this.canceled.add(id);
  }

  async publish(id) {
    await this.house.client.post(`/api/instagram/posts/${id}/publish`);
    this.hurried += 1;
    this.load.accepted.get(id).at = null;
  }

  /** @param live post id → captions that went live. Promises that were broken. */
  broken(live) {
    const canceled = [...this.canceled].filter((id) => !this.unsure.has(id));
    const edited = [...this.edited].filter(([id]) => !this.unsure.has(id));
    return {
      canceled: canceled.filter((id) => live(id).length > 0).length,
      edited: edited.filter(([id, caption]) => live(id).some((seen) => seen !== caption)).length,
    };
  }
}
