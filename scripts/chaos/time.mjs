import { setTimeout as sleep } from 'node:timers/promises';

const EVERY_MS = 5_000;

/**
 * Lets the hours pass that Instagram asks for (a throttle without a term means one): what is due and would be looked at in
 * more than 20 s only is due now, and a gate that is closed for longer opens. Our own clock is the database's, which nobody
 * can move, so the rows are.
 */
async function pass(house) {
  await house.query(
    `DO $$ BEGIN
       IF to_regclass('gates') IS NOT NULL THEN
         UPDATE gates SET closed_until = now() WHERE closed_until > now() + interval '20 seconds';
       END IF;
     END $$`,
  );
  await house.query(
    `UPDATE posts SET next_action_at = now()
     WHERE due_at <= now() AND next_action_at > now() + interval '20 seconds' AND status IN ('scheduled', 'posting', 'processing')
       AND lease_until IS NULL`,
  );
}

/** Time flies until the answered function is called. */
export function timeFlies(house) {
  let over = false;
  const work = (async () => {
    for (; !over; await sleep(EVERY_MS)) await pass(house).catch(() => {});
  })();
  return async () => {
    over = true;
    await work;
  };
}
