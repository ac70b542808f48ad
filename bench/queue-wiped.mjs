import { wipeQueue } from '../scripts/chaos/harm.mjs';
import { onStage, untilTime } from './stage.mjs';

const SCHEDULED = 160;
const AT_ONCE = 40;
const PROCESSING_MS = 8_000;
/** What a post may be late without anything being wrong: the p99 of `lateness`; for one at once, Instagram's work and the looks at it. */
const SLACK_MS = { scheduled: 1_000, atOnce: PROCESSING_MS * 2 + 1_000 };

/** 200 posts, falling due over a minute or on their way, and the queue is wiped among them. */
export async function queueWiped(servers, note) {
  return onStage(
    servers,
    {
      accounts: 40,
      emulator: { image_processing_ms: PROCESSING_MS },
      note,
    },
    async (stage) => {
      const start = Date.now() + 15_000;
      const scheduled = Array.from({ length: SCHEDULED }, (_, i) => ({
        caption: `scheduled ${i}`,
        account: i,
        at: Math.round(start + (i * 60_000) / SCHEDULED),
      }));
      await stage.create(scheduled);
      await untilTime(start + 3_000, note);
      await stage.create(Array.from({ length: AT_ONCE }, (_, i) => ({ caption: `at once ${i}`, account: i })));
      const made = Date.now();
      await untilTime(made + PROCESSING_MS / 2, note);
      await wipeQueue(stage.house);
      const wiped = Date.now();
      await untilTime(start + 60_000, note);
      await stage.ended(120_000, note);
      const live = await stage.live();
      // Work is full again when the last post that was overdue went live.
      const overdue = [...stage.posts.values()]
        .map(({ caption, at }) => ({
          due: at === undefined ? made + SLACK_MS.atOnce : at + SLACK_MS.scheduled,
          at: live.get(caption)?.[0] ?? Infinity,
        }))
        .filter(({ due, at }) => at > Math.max(due, wiped));
      return [
        {
          what: 'until full work',
          goal: 60,
          measured: Math.max(0, ...overdue.map(({ at }) => (at - wiped) / 1_000)),
          unit: 's',
        },
        { what: 'overdue meanwhile', measured: overdue.length },
        ...(await stage.onceEach()),
      ];
    },
  );
}
