import { type Client, eventually } from '../support/app';
import { PaceStage, POSTS, wait } from './pace-stage';

describe('pace', () => {
  let stage: PaceStage;

  beforeAll(async () => {
    stage = await PaceStage.open({ BACKLOG_AFTER_SECONDS: '10', BACKLOG_GAP_SECONDS: '2' });
    await stage.house.startWorker();
  }, 60_000);
  afterAll(() => stage.close());
  beforeEach(() => {
    stage.house.sandbox.state.faults.clear();
    stage.house.sandbox.set({ quota_total: 100, app_usage: {}, account_usage: {} });
  });

  const status = async (user: Client, id: number) =>
    (await user.get(`${POSTS}/${id}/status`)).body as {
      status: string;
      wait_reason: string | null;
      next_action_at: string;
    };
  const held = (user: Client, id: number, reason: string) =>
    eventually(
      () => status(user, id),
      ({ wait_reason }) => wait_reason === reason,
    );
  const inMinutes = ({ next_action_at }: { next_action_at: string }) =>
    (Date.parse(next_action_at) - Date.now()) / 60_000;

  it('a post over the quota waits, says why and until when, and does not fail', async () => {
    const { user, accountId } = await stage.newcomer();
    stage.house.sandbox.set({ quota_total: 2 });
    for (const caption of ['one', 'two']) await stage.house.until(user, await stage.post(user, caption), ['completed']);
    const third = await stage.post(user, 'three');
    const waiting = await held(user, third, 'publishing_quota');
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

  it('many posts at once never use more than the quota', async () => {
    const { user, accountId } = await stage.newcomer();
    stage.house.sandbox.set({ quota_total: 5 });
    const ids = await Promise.all(Array.from({ length: 12 }, (_, i) => stage.post(user, `burst ${i}`)));
    await eventually(
      async () => (await Promise.all(ids.map((id) => status(user, id)))).map((one) => one.wait_reason ?? one.status),
      (all) =>
        all.filter((one) => one === 'completed').length === 5 &&
        all.filter((one) => one === 'publishing_quota').length === 7,
      30_000,
    );
    expect(stage.liveOf(accountId)).toHaveLength(5);
    const refused = stage.callsOf(accountId).filter(({ error_code }) => error_code === 9);
    expect(refused).toEqual([]);
  });

  it('stays silent for as long as Instagram says, for all posts of the account, and for nobody else', async () => {
    const [one, other] = [await stage.newcomer(), await stage.newcomer()];
    stage.house.sandbox.fault({
      match: { endpoint: 'create_container', account_id: one.accountId },
      do: { kind: 'throttle', code: 80002, http: 403, minutes: 7 },
    });
    const first = await stage.post(one.user, 'throttled');
    const waiting = await held(one.user, first, 'throttled');
    expect(inMinutes(waiting)).toBeGreaterThan(6);
    expect(inMinutes(waiting)).toBeLessThan(7.5);
    const since = Date.now();
    const second = await stage.post(one.user, 'the next one');
    expect(inMinutes(await held(one.user, second, 'throttled'))).toBeGreaterThan(6);
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

  it('slows down by the usage headers before Instagram refuses anything', async () => {
    const { user, accountId } = await stage.newcomer();
    stage.house.sandbox.set({ account_usage: { [accountId]: { call_count: 100, minutes: 3 } } });
    const first = await stage.post(user, 'full');
    const waiting = await held(user, first, 'throttled');
    expect(inMinutes(waiting)).toBeGreaterThan(2);
    const since = Date.now();
    await wait(500);
    expect(stage.callsOf(accountId, since)).toEqual([]);
  });

  it('a dead token fails the post that meets it and holds the others until the account is connected again', async () => {
    const { user, accountId } = await stage.newcomer();
    stage.house.sandbox.fault({
      match: { endpoint: 'create_container', account_id: accountId },
      times: null,
      do: { kind: 'token_dead', subcode: 463 },
    });
    const first = await stage.post(user, 'meets it');
    expect(await stage.house.until(user, first, ['failed'])).toMatchObject({ error_type: 'token_expired' });
    const others = [await stage.post(user, 'spared 1'), await stage.post(user, 'spared 2')];
    for (const id of others)
      expect(await held(user, id, 'account_action_required')).toMatchObject({ status: 'posting' });
    const since = Date.now();
    await wait(500);
    expect(stage.callsOf(accountId, since)).toEqual([]);
    const events = await stage.house.query('SELECT data FROM events WHERE user_id = $1 AND type = $2', [
      user.userId,
      'account.action_required',
    ]);
    expect(events).toEqual([{ data: expect.objectContaining({ account_id: accountId, reason: 'token_expired' }) }]);

    stage.house.sandbox.state.faults.clear();
    const access_token = stage.house.sandbox.token(accountId);
    await user.post('/api/instagram/manual-connect', { account_id: accountId, access_token });
    for (const id of others) await stage.house.until(user, id, ['completed']);
    expect(stage.liveOf(accountId)).toHaveLength(2);
  });

  it('works on four posts of an account at once, and publishes them in the order of their times', async () => {
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

  it('sends what an outage made late one by one', async () => {
    const { user, accountId } = await stage.newcomer();
    const late = new Date(Date.now() - 40_000).toISOString();
    const ids = [];
    for (const i of [1, 2, 3]) ids.push(await stage.post(user, `late ${i}`, { scheduled_time: late }));
    for (const id of ids) await stage.house.until(user, id, ['completed'], 30_000);
    const at = stage.liveOf(accountId).map((effect) => Date.parse(effect.at));
    expect(at).toHaveLength(3);
    for (const i of [1, 2]) expect((at[i] ?? 0) - (at[i - 1] ?? 0)).toBeGreaterThanOrEqual(1_900);
  }, 60_000);
});
