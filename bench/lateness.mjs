import { percentile } from '../scripts/numbers.mjs';
import { onStage, untilTime } from './stage.mjs';

const POSTS = 100;
const AHEAD_MS = 55_000;

/** 100 posts of 100 accounts for the same second, with media that Instagram works on for 20 s. */
export async function lateness(servers, note) {
  return onStage(
    servers,
    {
      accounts: POSTS,
      media: 'reel',
      env: { PREPARE_AHEAD_SECONDS: '40' },
      emulator: { processing_ms: 20_000 },
      note,
    },
    async (stage) => {
      const at = Math.ceil((Date.now() + AHEAD_MS) / 1_000) * 1_000;
      await stage.create(Array.from({ length: POSTS }, (_, i) => ({ caption: `on time ${i}`, account: i, at })));
      await untilTime(at, note);
      await stage.ended(60_000, note);
      const { calls } = await stage.ledger();
      const arrivals = stage.accounts
        .map((id) =>
          calls.find((call) => call.endpoint === 'media_publish' && call.account_id === id && since(call, at)),
        )
        .filter(Boolean)
        .map((call) => Date.parse(call.at) - at);
      const seen = arrivals.length === POSTS ? arrivals : [];
      return [
        { what: `publish calls seen, of ${POSTS}`, goal: POSTS, measured: arrivals.length, atLeast: true },
        { what: 'early', goal: 0, measured: arrivals.filter((ms) => ms < 0).length },
        { what: 'lateness p50', goal: 150, measured: percentile(seen, 0.5), unit: 'ms' },
        { what: 'lateness p99', goal: 1_000, measured: percentile(seen, 0.99), unit: 'ms' },
        { what: 'lateness, the latest', measured: Math.max(...arrivals), unit: 'ms' },
        ...(await stage.onceEach()),
      ];
    },
  );
}

/** Not the warm-up's: an early one would come after the containers were begun. */
const since = (call, at) => Date.parse(call.at) > at - AHEAD_MS;
