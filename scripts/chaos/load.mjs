import { join } from 'node:path';
import { ROOT } from '../install.mjs';

/**
 * What goes wrong with which share of the publish calls: the mark in the caption makes the emulator do it. `once`: only the
 * first call of the post; the others are about calls that had their effect, of which there must never be a second.
 */
const FAULTS = [
  { mark: '[effect, then silence]', share: 0.1, do: 'drop_after_effect' },
  { mark: '[effect, then an error]', share: 0.03, do: { kind: 'error_after_effect', code: 4, subcode: 2207051 } },
  { mark: '[effect, then junk]', share: 0.03, do: { kind: 'malformed', body: 'junk' } },
  { mark: '[effect, then 500]', share: 0.02, do: { kind: 'server_error', body: 'html', after_effect: true } },
  { mark: '[late effect]', share: 0.02, do: { kind: 'delayed_effect', ms: 1_500 } },
  { mark: '[no effect, silence]', share: 0.03, do: 'drop_before_effect', once: true },
  {
    mark: '[no effect, throttled]',
    share: 0.02,
    do: { kind: 'error_before_effect', code: 9007, subcode: 2207027 },
    once: true,
  },
];
const AT_ONCE = 8;

/** Accounts of one user, an image in the library, and posts that are accepted while things go wrong. */
export class Load {
  /** What the API accepted: post id → caption. */
  accepted = new Map();
  refused = 0;

  constructor(house, random) {
    this.house = house;
    this.random = random;
  }

  async prepare(accounts) {
    const { house } = this;
    const settings = {
      processing_ms: 300,
      image_processing_ms: 200,
      containers_per_day: null,
      quota_total: 1_000_000,
      fetch_media: false,
    };
    await house.control('settings', settings);
    for (const { mark, do: action, once } of FAULTS)
      if (!once)
        await house.control('faults', {
          match: { endpoint: 'media_publish', caption_includes: mark },
          times: null,
          do: action,
        });
    const login = { email: 'chaos@example.com', password: 'four words from a book' };
    await house.client.post('/api/auth/register', login);
    house.client.token = (await house.client.post('/api/auth/login', login)).access_token;
    this.accounts = [];
    for (let i = 1; i <= accounts; i++) {
      const { id } = await house.control('accounts', {
        username: `chaos.${i}`,
        page_name: `Chaos ${i}`,
        person_id: '122000000000000001',
      });
      const { access_token } = await house.control('tokens', { account_id: id });
      await house.client.post('/api/instagram/manual-connect', { account_id: id, access_token });
      this.accounts.push(id);
    }
    const photo = await house.client.upload(
      '/api/instagram/assets/upload',
      join(ROOT, 'demo', 'photo.jpg'),
      'image/jpeg',
    );
    this.asset = photo.id;
  }

  /** Half of the posts at once, half at a second of their own within the next `spreadMs`. */
  async post(count, spreadMs) {
    const todo = Array.from({ length: count }, (_, i) => i);
    const hand = async () => {
      for (let i = todo.shift(); i !== undefined; i = todo.shift()) await this.one(i, spreadMs);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, hand));
  }

  async one(i, spreadMs) {
    const fault = this.pick();
    const caption = `Chaos post ${i}. ${fault?.mark ?? ''}`.trim();
    if (fault?.once)
      await this.house.control('faults', {
        match: { endpoint: 'media_publish', caption_includes: caption },
        times: 1,
        do: fault.do,
      });
    const body = { asset_id: this.asset, caption, account_id: this.accounts[i % this.accounts.length] };
    const scheduled_time = new Date(Date.now() + this.random() * spreadMs).toISOString();
    try {
      const { post_id } = await (i % 2 === 0
        ? this.house.client.post('/api/instagram/post', body)
        : this.house.client.post('/api/instagram/schedule', { ...body, scheduled_time }));
      this.accepted.set(post_id, caption);
    } catch {
      // Refused, or the answer was lost: not accepted as far as the client knows. It must not be live twice all the same.
      this.refused += 1;
    }
  }

  pick() {
    let left = this.random();
    for (const fault of FAULTS) {
      left -= fault.share;
      if (left < 0) return fault;
    }
    return null;
  }
}
