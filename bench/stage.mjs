import { setTimeout as sleep } from 'node:timers/promises';
import { House } from '../scripts/chaos/house.mjs';
import { connectAccounts, forAll, signIn, upload } from '../scripts/chaos/people.mjs';

/** No limit of the emulator's gets into the way of what is measured, and no media is fetched. */
const NO_LIMITS = { containers_per_day: null, quota_total: 1_000_000, fetch_media: false };

/** A warm house with accounts and media, on which a figure is measured. */
class Stage {
  /** Post id → `{caption, account, at}`. */
  posts = new Map();

  /**
   * @param servers `{databaseUrl, redisUrl}`; with a Redis, it carries the queue
   * @param env settings of the service, over production's defaults
   * @param emulator settings of the emulator
   */
  async open(servers, { workers = 2, accounts, media = 'photo', env = {}, emulator = {}, note }) {
    note('starting');
    this.house = await House.open({ ...servers, workers, env });
    await this.house.control('settings', { ...NO_LIMITS, processing_ms: 0, image_processing_ms: 0 });
    note(`connecting ${accounts} accounts`);
    await signIn(this.house);
    this.accounts = await connectAccounts(this.house, accounts);
    this.asset = await upload(this.house, media);
    note('warming up');
    await this.warmUp(workers);
    await this.house.control('settings', emulator);
  }

  /** Every process has published before anything is measured: modules are loaded, connections are open. */
  async warmUp(workers) {
    const warm = Array.from({ length: workers * 6 }, (_, i) => ({ caption: `warm-up ${i}`, account: i }));
    await this.create(warm);
    await this.ended(30_000);
    await sleep(2_000);
    this.posts.clear();
  }

  /** Makes posts through the API: `{caption, account?, at?}` each, `at` in milliseconds or at once. */
  async create(wanted, { atOnce, onEach = () => {} } = {}) {
    const one = async ({ caption, account = 0, at }, i) => {
      const account_id = this.accounts[account % this.accounts.length];
      const time = at === undefined ? {} : { scheduled_time: new Date(at).toISOString() };
      const body = { asset_id: this.asset, caption, account_id, ...time };
      const { id } = await this.house.client.post('/api/instagram/posts', body);
      this.posts.set(Number(id), { caption, account: account_id, at });
      onEach(i);
    };
    await forAll(wanted, one, atOnce);
  }

  ledger = (accountId) => this.house.control(`ledger${accountId ? `?account_id=${accountId}` : ''}`);

  /** Caption → when it went live, milliseconds, for every time that it did. */
  async live() {
    const { effects } = await this.ledger();
    const times = new Map();
    for (const { kind, caption, at } of effects)
      if (kind === 'media_published') times.set(caption, [...(times.get(caption) ?? []), Date.parse(at)]);
    return times;
  }

  /** Waits until all posts have ended, or the patience is over. Answers status → how many. */
  async ended(patienceMs, note = () => {}) {
    for (const until = Date.now() + patienceMs; ; await sleep(500)) {
      const counts = await this.statuses();
      const ends = ['completed', 'failed', 'needs_review', 'canceled', 'missed'];
      const open = Object.keys(counts).reduce((sum, name) => sum + (ends.includes(name) ? 0 : counts[name]), 0);
      if (open === 0 || Date.now() > until) return counts;
      note(`${open} open`);
    }
  }

  async statuses() {
    const rows = await this.house.query(
      'SELECT status, count(*)::int AS count FROM posts WHERE id = ANY($1) GROUP BY 1',
      [[...this.posts.keys()]],
    );
    return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
  }

  /** What every figure ends with: what was accepted is live once. */
  async onceEach() {
    const live = await this.live();
    const counts = [...this.posts.values()].map(({ caption }) => live.get(caption)?.length ?? 0);
    return [
      { what: 'lost', goal: 0, measured: counts.filter((count) => count === 0).length },
      { what: 'duplicates', goal: 0, measured: counts.filter((count) => count > 1).length },
    ];
  }
}

/** Opens a stage for `work` and closes it whatever happens. */
export async function onStage(servers, wanted, work) {
  const stage = new Stage();
  try {
    await stage.open(servers, wanted);
    return await work(stage);
  } finally {
    await stage.house?.close();
  }
}

export async function untilTime(at, note) {
  for (; Date.now() < at; await sleep(Math.min(500, Math.max(1, at - Date.now()))))
    note?.(`${Math.ceil((at - Date.now()) / 1_000)} s to go`);
}
