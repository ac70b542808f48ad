import { setTimeout as sleep } from 'node:timers/promises';
import { onStage, untilTime } from './stage.mjs';

const BURST = 2_000;
const AHEAD_MS = 120_000;
const PATIENCE_MS = 90_000;

/** One post of account B beside 2,000 of account A, all for the same second; B's was made last. */
export async function fairness(servers, note) {
  return onStage(servers, { accounts: 2, note }, async (stage) => {
    const at = Math.ceil((Date.now() + AHEAD_MS) / 1_000) * 1_000;
    const burst = Array.from({ length: BURST }, (_, i) => ({ caption: `A ${i}`, account: 0, at }));
    const began = Date.now();
    await stage.create(burst, { atOnce: 16, onEach: (i) => note(`${i + 1} of ${BURST} made`) });
    const madeIn = (Date.now() - began) / 1_000;
    await stage.create([{ caption: 'B', account: 1, at }]);
    const spare = (at - Date.now()) / 1_000;
    await untilTime(at, note);
    const arrival = await arrivalOf(stage, note, at);
    return [
      { what: 'made before their time', goal: 0, measured: spare, unit: 's', atLeast: true },
      { what: 'lateness of B', goal: 2_000, measured: arrival === null ? NaN : arrival - at, unit: 'ms' },
      {
        what: `posts of A live by then, of ${BURST}`,
        measured: [...(await stage.live()).keys()].filter((c) => c.startsWith('A ')).length,
      },
      { what: 'creates of A', measured: BURST / madeIn, unit: '/s' },
    ];
  });
}

async function arrivalOf(stage, note, at) {
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await sleep(200)) {
    const { calls } = await stage.ledger(stage.accounts[1]);
    const call = calls.find(
      ({ endpoint, at: when }) => endpoint === 'media_publish' && Date.parse(when) > at - AHEAD_MS,
    );
    if (call) return Date.parse(call.at);
    note(`B is ${Math.round((Date.now() - at) / 1_000)} s late`);
  }
  return null;
}
