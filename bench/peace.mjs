import { percentile } from '../scripts/numbers.mjs';
import { onStage, untilTime } from './stage.mjs';

const EACH = 150;

/** 300 posts and nothing goes wrong: half of them at once, half falling due over half a minute. */
export async function peace(servers, note) {
  return onStage(servers, { accounts: 50, emulator: { image_processing_ms: 300 }, note }, async (stage) => {
    const began = Date.now();
    await stage.create(Array.from({ length: EACH }, (_, i) => ({ caption: `at once ${i}`, account: i })));
    await stage.ended(90_000, note);
    const atOnce = [...(await stage.live())].filter(([caption]) => caption.startsWith('at once'));
    const took = (Math.max(...atOnce.map(([, times]) => times[0])) - began) / 1_000;

    const start = Date.now() + 15_000;
    const at = (i) => Math.round(start + (i * 30_000) / EACH);
    await stage.create(Array.from({ length: EACH }, (_, i) => ({ caption: `on time ${i}`, account: i, at: at(i) })));
    await untilTime(at(EACH), note);
    const { failed = 0, needs_review = 0 } = await stage.ended(60_000, note);
    const live = await stage.live();
    const late = Array.from({ length: EACH }, (_, i) => (live.get(`on time ${i}`)?.[0] ?? Infinity) - at(i));
    return [
      { what: 'needs_review', goal: 0, measured: needs_review },
      { what: 'failed', goal: 0, measured: failed },
      ...(await stage.onceEach()),
      { what: 'early', goal: 0, measured: late.filter((ms) => ms < 0).length },
      { what: 'lateness p50', goal: 150, measured: percentile(late, 0.5), unit: 'ms' },
      { what: 'lateness p99', goal: 1_000, measured: percentile(late, 0.99), unit: 'ms' },
      { what: `throughput, ${EACH} at once`, measured: atOnce.length / took, unit: '/s' },
    ];
  });
}
