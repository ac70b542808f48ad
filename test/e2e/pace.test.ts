import { PaceStage, wait } from './pace-stage';

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
      expect(await stage.held(user, id, 'account_action_required')).toMatchObject({ status: 'posting' });
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
