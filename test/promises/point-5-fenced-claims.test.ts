import type { INestApplicationContext } from '@nestjs/common';
import { SHUT_PAUSE_GATE_SQL } from '../../src/pauses/pauses.sql';
import { Stage, struck, until } from '../chaos/chaos-stage';

const LEASE_S = 8;
/** A publish call that would leave two seconds after its intent does not leave. */
const TOO_LATE_MS = 2_300;
const ANOTHER_WORKER = `epoch = epoch + 1, lease_until = now() + interval '1 minute'`;

/**
 * The rest is proved by test/chaos/kill-signals.test.ts (a worker process that is paused past its lease and wakes up; two
 * workers on thirty posts), kill.test.ts, kill-points.test.ts, and by the model of the whole machine
 * (test/unit/publishing/whole-machine.test.ts).
 */
describe('At most once, point 5: a claim is fenced; a worker that lost its lease can’t write, and doesn’t send', () => {
  let worker: INestApplicationContext;
  let stage: Stage;

  beforeAll(async () => {
    stage = await Stage.open({ LEASE_SECONDS: String(LEASE_S), PUBLISH_VERIFY_DELAYS_MS: '300,600,900' });
    // Nothing may hide a second publish call: in this world it would be a second medium.
    stage.sandbox.set({ republish: 'duplicate' });
    worker = await stage.house.startWorker();
  }, 60_000);
  afterAll(() => stage.close());
  beforeEach(() => stage.sandbox.state.faults.clear());

  const row = async (id: number) => {
    const [found] = await stage.house.query('SELECT * FROM posts WHERE id = $1', [id]);
    return found ?? {};
  };
  const rewrite = (id: number, sets: string) => stage.house.query(`UPDATE posts SET ${sets} WHERE id = $1`, [id]);
  /** As if the other worker were done with it, or had died. */
  const letGo = (id: number) => rewrite(id, `lease_until = now() - interval '1 ms', next_action_at = now()`);
  const callsOf = (endpoint: string) => stage.sandbox.state.ledger.calls.filter((call) => call.endpoint === endpoint);

  test.each(['create_container', 'container_status', 'media_publish'])(
    'an answer to %s that comes after the claim was taken over is not written',
    async (endpoint) => {
      const caption = `Taken over at ${endpoint}`;
      const held = stage.fault(endpoint, caption, { kind: 'slow', ms: 700, after_effect: true });
      const id = await stage.post(caption);
      await struck(held);
      await rewrite(id, ANOTHER_WORKER);
      const before = await row(id);
      await until(
        () => callsOf(endpoint).at(-1)?.answered,
        (answered) => answered !== 'pending',
      );
      await new Promise((resolve) => setTimeout(resolve, 400));
      expect(await row(id)).toEqual(before);

      await letGo(id);
      await stage.completed([id]);
      expect(stage.live(caption)).toHaveLength(1);
    },
  );

  test('nor is anything told of it: no event, no line in the timeline', async () => {
    const caption = 'Taken over, silently';
    const held = stage.fault('media_publish', caption, { kind: 'slow', ms: 600, after_effect: true });
    const id = await stage.post(caption);
    await struck(held);
    await rewrite(id, ANOTHER_WORKER);
    const told = async () => [
      await stage.house.query('SELECT id FROM events WHERE post_id = $1', [id]),
      (await stage.user.get(`/api/instagram/posts/${id}/timeline`)).body.timeline.length,
    ];
    const before = await told();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await told()).toEqual(before);
    await letGo(id);
    await stage.completed([id]);
    const published = await stage.house.query(`SELECT 1 FROM events WHERE post_id = $1 AND type = 'post.published'`, [
      id,
    ]);
    expect(published).toHaveLength(1);
  });

  test('a claim that is taken over before the intent: the intent is refused, and nothing is sent', async () => {
    const caption = 'Taken over before the intent';
    const calls = stage.publishCalls().length;
    const id = await stage.schedule(caption, 3_500);
    // Claimed more than a second before its time; the intent comes half a second before it.
    await until(
      () => row(id),
      ({ step, lease_until }) => step === 'publish' && lease_until !== null,
    );
    await rewrite(id, ANOTHER_WORKER);
    expect(await row(id)).toMatchObject({ intent_at: null, publish_calls: 0 });
    await new Promise((resolve) => setTimeout(resolve, 1_800));
    expect(await row(id)).toMatchObject({ intent_at: null, publish_calls: 0, step: 'publish' });
    expect(stage.publishCalls()).toHaveLength(calls);

    await letGo(id);
    await stage.completed([id]);
    expect(stage.live(caption)).toHaveLength(1);
    expect(stage.publishCalls()).toHaveLength(calls + 1);
  });

  test('a worker that gave its claim back makes no call without it, though the next look fell due meanwhile', async () => {
    const caption = 'Written down late';
    stage.fault('media_publish', caption, 'drop_after_effect');
    // A database that answers late: the first look falls due before the worker thinks it does.
    const answers = await stage.hold(SHUT_PAUSE_GATE_SQL);
    const id = await stage.post(caption);
    await stage.waitingForLocks(1, 'pg_advisory_xact_lock_shared');
    await new Promise((resolve) => setTimeout(resolve, 500));
    await answers();
    await stage.completed([id]);
    const { sequence } = callsOf('media_publish').at(-1) ?? { sequence: Infinity };
    expect(callsOf('container_status').filter((call) => call.sequence > sequence)).toHaveLength(1);
    expect(stage.live(caption)).toHaveLength(1);
  });

  test('the lease is looked at right before the call: what would leave too late does not leave', async () => {
    const caption = 'Too late to be sent';
    const calls = stage.publishCalls().length;
    const { id, letGo: answers } = await stage.heldInThisProcess(worker, caption);
    const [intended] = await stage.house.query('SELECT publish_calls, epoch FROM posts WHERE id = $1', [id]);
    expect(intended).toMatchObject({ publish_calls: 1 });
    // The lease itself still holds.
    await new Promise((resolve) => setTimeout(resolve, TOO_LATE_MS));
    expect(stage.publishCalls()).toHaveLength(calls);
    await answers();
    await stage.completed([id]);
    // One call in all: the one under the second intent.
    expect(stage.publishCalls()).toHaveLength(calls + 1);
    expect(stage.live(caption)).toHaveLength(1);
    const { timeline } = (await stage.user.get(`/api/instagram/posts/${id}/timeline`)).body;
    expect(JSON.stringify(timeline)).toContain('would have left too late after its intent; it was not sent');
  });

  test('and a worker whose lease ran out before the call neither sends nor takes the intent back', async () => {
    const caption = 'Lease over before the call';
    const calls = stage.publishCalls().length;
    const { id, letGo: answers } = await stage.heldInThisProcess(worker, caption);
    await rewrite(id, `lease_until = now() - interval '1 ms', next_action_at = now() + interval '1 hour'`);
    const before = await row(id);
    await new Promise((resolve) => setTimeout(resolve, TOO_LATE_MS));
    await answers();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(stage.publishCalls()).toHaveLength(calls);
    expect(await row(id)).toEqual(before);
    // Whoever takes it over can't know that nothing was sent: it reads, and only then is it published.
    await rewrite(id, 'next_action_at = now()');
    await stage.completed([id]);
    expect(stage.live(caption)).toHaveLength(1);
    expect(stage.publishCalls()).toHaveLength(calls + 1);
  });
});
