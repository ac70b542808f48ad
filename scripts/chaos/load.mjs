import { setTimeout as sleep } from 'node:timers/promises';
import { armFaults, armOnce, pickFault } from './faults.mjs';
import { connectAccounts, forAll, signIn, upload } from './people.mjs';

const CAPTION = /^Chaos post (\d+)\./;

/** The post that a caption is about, whatever was added to it. */
export const numberOf = (caption) => CAPTION.exec(caption)?.[1] ?? null;

/** Accounts of one user, an image in the library, and posts that are accepted while things go wrong. */
export class Load {
  /** What the API accepted: post id → `{caption, at}`; `at` null: published at once. */
  accepted = new Map();
  refused = 0;

  constructor(house, random) {
    this.house = house;
    this.random = random;
  }

  async prepare(accounts) {
    const { house } = this;
    await house.control('settings', {
      processing_ms: 300,
      image_processing_ms: 200,
      containers_per_day: null,
      quota_total: 1_000_000,
      fetch_media: false,
    });
    await armFaults(house);
    await signIn(house);
    this.accounts = await connectAccounts(house, accounts);
    this.asset = await upload(house, 'photo');
  }

  /** Posts arrive evenly over `spreadMs`; every second one is for a moment of its own within the 20 s after that. */
  async post(count, spreadMs, note = () => {}) {
    const began = Date.now();
    const numbers = Array.from({ length: count }, (_, i) => i);
    await forAll(numbers, async (i) => {
      const wait = began + (i * spreadMs) / count - Date.now();
      if (wait > 0) await sleep(wait);
      await this.one(i);
      note(`${i + 1} of ${count} sent`);
    });
  }

  async one(i) {
    const fault = pickFault(this.random);
    const caption = `Chaos post ${i}. ${fault?.mark ?? ''}`.trim();
    await armOnce(this.house, fault, `Chaos post ${i}.`);
    const body = { asset_id: this.asset, caption, account_id: this.accounts[i % this.accounts.length] };
    const at = i % 2 === 0 ? null : Date.now() + this.random() * 20_000;
    const time = at === null ? {} : { scheduled_time: new Date(at).toISOString() };
    const route = `/api/instagram/${at === null ? 'post' : 'schedule'}`;
    try {
      const { post_id } = await whenUp(() => this.house.client.post(route, { ...body, ...time }));
      this.accepted.set(Number(post_id), { caption, at });
    } catch {
      // Refused, or the answer was lost: not accepted as far as the client knows. It must not be live twice all the same.
      this.refused += 1;
    }
  }
}

/** Asks again while nobody listens: then, and only then, it is certain that nothing was done. */
async function whenUp(ask) {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (error.cause?.code !== 'ECONNREFUSED') throw error;
      await sleep(250);
    }
  }
}
