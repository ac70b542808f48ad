import { eventually } from '../support/app';
import { PaceStage, POSTS, wait } from '../e2e/pace-stage';

/** A post by itself takes a fraction of this. */
const SOON_MS = 3_000;

/**
 * The rest is proved by test/e2e/pace.test.ts (a dead token, a backlog), incident.test.ts, test/unit/pace, test/unit/quota
 * and test/unit/publishing/pacing.test.ts. There is no chaos suite for it; `npm run bench` measures it.
 */
describe('At most once, point 8: one account’s burst never delays another’s; a post over the quota waits and says so', () => {
  let stage: PaceStage;

  beforeAll(async () => {
    stage = await PaceStage.open();
    await stage.house.startWorker();
  }, 60_000);
  afterAll(() => stage.close());
  beforeEach(() => {
    stage.house.sandbox.state.faults.clear();
    stage.house.sandbox.set({ quota_total: 100, app_usage: {}, account_usage: {} });
  });

  const inMinutes = ({ next_action_at }: { next_action_at: string }) =>
    (Date.parse(next_action_at) - Date.now()) / 60_000;

  test('a burst of one account that Instagram answers slowly does not delay the post of another', async () => {
    const [busy, other] = [await stage.newcomer(), await stage.newcomer()];
    stage.house.sandbox.fault({
      match: { account_id: busy.accountId },
      times: null,
      do: { kind: 'slow', ms: 300 },
    });
    // More than a worker works on at once: were they not kept to their lanes, nobody else would come in.
    await Promise.all(Array.from({ length: 60 }, (_, i) => stage.post(busy.user, `Burst ${i}`)));
    const startedAt = Date.now();
    const id = await stage.post(other.user, 'In a hurry');
    await stage.house.until(other.user, id, ['completed']);
    expect(Date.parse(stage.liveOf(other.accountId)[0]?.at ?? '') - startedAt).toBeLessThan(SOON_MS);
    // It was a burst, and is not over.
    expect(stage.liveOf(busy.accountId).length).toBeLessThan(50);
    await stage.house.query(`UPDATE posts SET next_action_at = NULL WHERE account_id = $1`, [busy.accountId]);
  });

  test('nor does it delay a scheduled one at its second', async () => {
    const [busy, other] = [await stage.newcomer(), await stage.newcomer()];
    stage.house.sandbox.fault({ match: { account_id: busy.accountId }, times: null, do: { kind: 'slow', ms: 300 } });
    const due = Date.now() + 5_000;
    const scheduled_time = new Date(due).toISOString();
    await Promise.all(Array.from({ length: 30 }, (_, i) => stage.post(busy.user, `Burst ${i}`, { scheduled_time })));
    const id = await stage.post(other.user, 'On time', { scheduled_time });
    await stage.house.until(other.user, id, ['completed']);
    const late = Date.parse(stage.liveOf(other.accountId)[0]?.at ?? '') - due;
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(1_500);
    await stage.house.query(`UPDATE posts SET next_action_at = NULL WHERE account_id = $1`, [busy.accountId]);
  });

  test('a post that waits for the quota is published when there is room again', async () => {
    const { user, accountId } = await stage.newcomer();
    stage.house.sandbox.set({ account_quotas: { [accountId]: { quota_total: 1 } } });
    // Somebody else used it up: another tool, or a person with the Instagram app.
    stage.house.sandbox.postElsewhere({}, accountId);
    const id = await stage.post(user, 'Room comes');
    expect(await stage.held(user, id, 'publishing_quota')).toMatchObject({ outcome: 'not_live' });
    expect(stage.liveOf(accountId)).toEqual([]);
    stage.house.sandbox.set({ account_quotas: {} });
    // As if the hour until it looks again were over.
    await stage.house.query(`UPDATE account_quotas SET seen_at = now() - interval '1 hour' WHERE account_id = $1`, [
      accountId,
    ]);
    await stage.house.query(`UPDATE posts SET next_action_at = now() WHERE id = $1`, [id]);
    await stage.house.until(user, id, ['completed']);
    expect(stage.liveOf(accountId)).toHaveLength(1);
  });

  test('a post over the quota waits, says why and until when, and does not fail', async () => {
    const { user, accountId } = await stage.newcomer();
    stage.house.sandbox.set({ quota_total: 2 });
    for (const caption of ['one', 'two']) await stage.house.until(user, await stage.post(user, caption), ['completed']);
    const third = await stage.post(user, 'three');
    const waiting = await stage.held(user, third, 'publishing_quota');
    expect(inMinutes(waiting)).toBeGreaterThan(23 * 60);
    expect(inMinutes(waiting)).toBeLessThan(24 * 60 + 1);
    expect(stage.liveOf(accountId)).toHaveLength(2);
    expect(await user.get('/api/instagram/publishing-limit')).toMatchObject({
      status: 200,
      body: { quota_total: 2, quota_used: 2, quota_reserved: 1, window_seconds: 86_400 },
    });
    const calls = stage.callsOf(accountId).filter(({ endpoint }) => endpoint === 'media_publish');
    expect(calls).toHaveLength(2);
    const { timeline } = (await user.get(`${POSTS}/${third}/timeline`)).body;
    expect(timeline.map(({ summary }: { summary: string }) => summary)).toContain(
      "Instagram's publishing quota is used up (2 of 2 in 24 hours).",
    );
  });

  test('many posts at once never use more than the quota', async () => {
    const { user, accountId } = await stage.newcomer();
    stage.house.sandbox.set({ quota_total: 5 });
    const ids = await Promise.all(Array.from({ length: 12 }, (_, i) => stage.post(user, `burst ${i}`)));
    await eventually(
      async () =>
        (await Promise.all(ids.map((id) => stage.statusOf(user, id)))).map((one) => one.wait_reason ?? one.status),
      (all) =>
        all.filter((one) => one === 'completed').length === 5 &&
        all.filter((one) => one === 'publishing_quota').length === 7,
      30_000,
    );
    expect(stage.liveOf(accountId)).toHaveLength(5);
    const refused = stage.callsOf(accountId).filter(({ error_code }) => error_code === 9);
    expect(refused).toEqual([]);
  });

  test('stays silent for as long as Instagram says, for all posts of the account, and for nobody else', async () => {
    const [one, other] = [await stage.newcomer(), await stage.newcomer()];
    stage.house.sandbox.fault({
      match: { endpoint: 'create_container', account_id: one.accountId },
      do: { kind: 'throttle', code: 80002, http: 403, minutes: 7 },
    });
    const first = await stage.post(one.user, 'throttled');
    const waiting = await stage.held(one.user, first, 'throttled');
    expect(inMinutes(waiting)).toBeGreaterThan(6);
    expect(inMinutes(waiting)).toBeLessThan(7.5);
    const since = Date.now();
    const second = await stage.post(one.user, 'the next one');
    expect(inMinutes(await stage.held(one.user, second, 'throttled'))).toBeGreaterThan(6);
    await stage.house.until(other.user, await stage.post(other.user, 'not throttled'), ['completed']);
    await wait(500);
    expect(stage.callsOf(one.accountId, since)).toEqual([]);
    expect(await one.user.get('/api/instagram/publishing-limit')).toMatchObject({ status: 200 });

    // As if the seven minutes were over.
    await stage.house.query(`UPDATE gates SET closed_until = now() WHERE subject = $1`, [one.accountId]);
    await stage.house.query(`UPDATE posts SET next_action_at = now() WHERE account_id = $1`, [one.accountId]);
    for (const id of [first, second]) await stage.house.until(one.user, id, ['completed']);
    expect(stage.liveOf(one.accountId)).toHaveLength(2);
  });

  test('slows down by the usage headers before Instagram refuses anything', async () => {
    const { user, accountId } = await stage.newcomer();
    stage.house.sandbox.set({ account_usage: { [accountId]: { call_count: 100, minutes: 3 } } });
    const first = await stage.post(user, 'full');
    const waiting = await stage.held(user, first, 'throttled');
    expect(inMinutes(waiting)).toBeGreaterThan(2);
    const since = Date.now();
    await wait(500);
    expect(stage.callsOf(accountId, since)).toEqual([]);
  });

  test('works on four posts of an account at once, and publishes them in the order of their times', async () => {
    const { user, accountId } = await stage.newcomer();
    stage.house.sandbox.fault({ match: { account_id: accountId }, times: null, do: { kind: 'slow', ms: 30 } });
    const due = Date.now() + 6_000;
    const times = Array.from({ length: 12 }, (_, i) => due + (11 - i));
    const ids = [];
    for (const [i, at] of times.entries())
      ids.push(await stage.post(user, `order ${i}`, { scheduled_time: new Date(at).toISOString() }));
    const most = { held: 0 };
    const watch = setInterval(() => {
      void stage.house
        .query<{ held: number }>(
          'SELECT count(*)::int AS held FROM posts WHERE account_id = $1 AND lease_until > now()',
          [accountId],
        )
        .then(([row]) => (most.held = Math.max(most.held, row?.held ?? 0)));
    }, 15);
    for (const id of ids) await stage.house.until(user, id, ['completed'], 30_000);
    clearInterval(watch);
    expect(most.held).toBeGreaterThan(0);
    expect(most.held).toBeLessThanOrEqual(4);
    const live = stage.liveOf(accountId).map(({ caption }) => caption);
    expect(live).toEqual(times.map((_, i) => `order ${11 - i}`));
  }, 60_000);
});
