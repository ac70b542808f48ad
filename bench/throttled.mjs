import { setTimeout as sleep } from 'node:timers/promises';
import { onStage, untilTime } from './stage.mjs';

const POSTS = 20;
const WINDOW_MS = 60_000;
/** Calls that were on their way when the first throttled answer left. */
const IN_FLIGHT_MS = 250;
const AHEAD_MS = 15_000;

/** 20 posts fall due just when Instagram has throttled their account, then (in a house of its own) the whole app. */
export async function throttled(servers, note) {
  return [...(await scope('account', servers, note)), ...(await scope('app', servers, note))];
}

async function scope(name, servers, note) {
  return onStage(
    servers,
    {
      accounts: name === 'account' ? 1 : POSTS,
      env: { PUBLISH_VERIFY_DELAYS_MS: '2000,5000,10000,15000' },
      note: (text) => note(`${name}: ${text}`),
    },
    async (stage) => {
      const at = Math.ceil((Date.now() + AHEAD_MS) / 1_000) * 1_000;
      await stage.create(Array.from({ length: POSTS }, (_, i) => ({ caption: `throttled ${i}`, account: i, at })));
      await untilTime(at - 500, note);
      const end = await throttle(stage, name);
      await untilTime(Date.now() + WINDOW_MS, note);
      const { answers, calls } = await end();
      const what = name === 'account' ? 'account throttled (80002)' : 'app throttled (4)';
      const figures = [
        { what: `${what}: throttled answers`, goal: 1, measured: answers, atLeast: true },
        { what: `${what}: calls while throttled`, goal: 0, measured: calls },
      ];
      // Of an app Instagram does not say when it regains access, so those posts may wait for long; none may have ended.
      const counts = await (name === 'account' ? stage.ended(90_000, note) : stage.statuses());
      const wrong = (counts.failed ?? 0) + (counts.needs_review ?? 0);
      figures.push({ what: `${what}: failed or needs_review`, goal: 0, measured: wrong });
      if (name === 'account')
        figures.push({
          what: `${what}: live within 90 s after it, of ${POSTS}`,
          goal: POSTS,
          measured: counts.completed ?? 0,
          atLeast: true,
        });
      return figures;
    },
  );
}

/** Throttles; answers a function that ends it and tells `{answers, calls}`: throttled ones, and calls made in spite of them. */
async function throttle(stage, name) {
  const { house } = stage;
  const code = name === 'account' ? 80002 : 4;
  const [account_id] = stage.accounts;
  const about = name === 'account' ? { account_id } : {};
  // The emulator's own judge, where it has one.
  if ((await fetch(`${house.sandbox}/_sandbox/throttles`)).ok) {
    await house.control('throttles', { scope: name, ...about, ms: WINDOW_MS, code });
    return async () => {
      const [{ calls_answered: answers, late }] = (await house.control('throttles')).throttles;
      // A throttle of the app gives no time: what became of calls that were sent is read all the same (contract, point 3).
      return { answers, calls: late.filter(({ route }) => code !== 4 || !/container/.test(route)).length };
    };
  }
  const fault = await house.control('faults', {
    match: about,
    times: null,
    do: { kind: 'throttle', code, minutes: 1 },
  });
  return async () => {
    await fetch(`${house.sandbox}/_sandbox/faults/${fault.id}`, { method: 'DELETE' });
    await sleep(100);
    const struck = (await stage.ledger()).calls.filter((call) => call.fault === 'throttle');
    const first = struck[0] && Date.parse(struck[0].at) + (struck[0].latency_ms ?? 0);
    const calls = struck.filter((call) => Date.parse(call.at) > first + IN_FLIGHT_MS).length;
    return { answers: struck.length, calls };
  };
}
