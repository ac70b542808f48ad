import { type Client } from '../support/app';
import { DAY, HOUR, TokensStage } from './tokens-stage';

describe('tokens of Instagram Login', () => {
  let stage: TokensStage;

  beforeAll(async () => {
    stage = await TokensStage.open();
  }, 60_000);
  afterAll(() => stage.house.close());
  afterEach(() => stage.house.sandbox.state.faults.clear());

  const fault = (accountId: string, action: object | string, endpoint = 'token', times: number | null = 1) =>
    stage.house.sandbox.fault({ match: { endpoint, account_id: accountId }, times, do: action });
  const works = async (user: Client) => (await stage.refresh(user)).status === 200;

  it('is refreshed by the night once it is 30 days old, proved, sealed and told', async () => {
    const { user, accountId } = await stage.instagramUser(29.5);
    await stage.night();
    expect(stage.refreshes(accountId)).toBe(0);
    const before = await stage.row(user);

    stage.pass(DAY);
    await stage.night();
    const after = await stage.row(user);
    expect(stage.refreshes(accountId)).toBe(1);
    expect(after.access_token).not.toBe(before.access_token);
    expect(after.token_version).toBe(before.token_version + 1);
    expect(after.token_expires_at.getTime() - stage.clock.now().getTime()).toBeGreaterThan(59.9 * DAY);
    expect(after).toMatchObject({ refresh_failed_at: null, token_lease_until: null, token_attempts: 0 });
    const expires_at = after.token_expires_at.toISOString();
    expect(await stage.events(user)).toMatchObject([
      { type: 'account.token_refreshed', data: { account_id: accountId, token_expires_at: expires_at } },
    ]);
    expect(await stage.audit(user)).toMatchObject([{ action: 'refreshed', by: 'worker' }]);
    const calls = stage.house.sandbox.state.ledger.calls.filter((call) => call.account_id === accountId).slice(-2);
    expect(calls.map(({ endpoint }) => endpoint)).toEqual(['token', 'account_read']);

    await stage.night();
    expect(stage.refreshes(accountId)).toBe(1);
  });

  it('POST /refresh-token refreshes now, and says until when', async () => {
    const { user, accountId } = await stage.instagramUser(5);
    const answer = await stage.refresh(user, { account_id: accountId });
    expect(answer).toMatchObject({ status: 200, body: { success: true, message: 'The token was refreshed.' } });
    expect(Date.parse(answer.body.new_expires_at)).toBeGreaterThan(stage.clock.now().getTime() + 59.9 * DAY);
    expect(await stage.audit(user)).toMatchObject([{ action: 'refreshed', by: `user:${user.userId}` }]);
  });

  it('a token of the last 24 hours is left alone, and called fresh', async () => {
    const { user, accountId } = await stage.instagramUser(0.5);
    const answer = await stage.refresh(user);
    expect(answer).toMatchObject({
      status: 200,
      body: { success: true, message: expect.stringContaining('is fresh') },
    });
    expect(answer.body.new_expires_at).toBe((await stage.row(user)).token_expires_at.toISOString());
    expect(
      stage.house.sandbox.state.ledger.calls.some((c) => c.account_id === accountId && c.endpoint === 'token'),
    ).toBe(false);
  });

  it('Instagram finding it too young, for its age was not what we thought, changes nothing', async () => {
    const { user } = await stage.instagramUser(0.5);
    await stage.house.query(`UPDATE accounts SET token_issued_at = $2 WHERE user_id = $1`, [
      user.userId,
      new Date(stage.clock.now().getTime() - 2 * DAY),
    ]);
    const before = await stage.row(user);
    expect(await stage.refresh(user)).toMatchObject({ status: 502, body: { error_type: 'instagram_error' } });
    expect(await stage.row(user)).toMatchObject({ access_token: before.access_token, action_required: null });
  });

  it.each([
    [458, 'invalid_token', 401, 'invalid_token'],
    [459, 'account_action_required', 403, 'permission_denied'],
    [460, 'invalid_token', 401, 'invalid_token'],
    [463, 'token_expired', 401, 'token_expired'],
    [464, 'account_action_required', 403, 'permission_denied'],
    [467, 'invalid_token', 401, 'invalid_token'],
    [492, 'permission_denied', 403, 'permission_denied'],
  ])(
    '190/%d is told as %s, once, and the token is kept but not tried again',
    async (subcode, kind, status, error_type) => {
      const { user, accountId } = await stage.instagramUser(40);
      const before = await stage.row(user);
      fault(accountId, { kind: 'token_dead', subcode }, 'token', 2);
      await stage.night();
      expect(await stage.row(user)).toMatchObject({ access_token: before.access_token, action_required: kind });
      const answer = await stage.refresh(user);
      expect(answer).toMatchObject({ status, body: { error_type, action_required: expect.any(String) } });
      expect(await stage.events(user)).toMatchObject([
        { type: 'account.action_required', data: { account_id: accountId, reason: kind, message: expect.any(String) } },
      ]);
      expect((await stage.audit(user)).map(({ action, by }) => [action, by])).toEqual([
        ['checked_dead', 'worker'],
        ['checked_dead', `user:${user.userId}`],
      ]);
      expect((await stage.audit(user))[0]?.detail).toMatchObject({ kind, code: 190, subcode });
      stage.pass(2 * HOUR);
      await Promise.all([stage.retries(), stage.night()]);
      expect(await stage.audit(user)).toHaveLength(2);
    },
  );

  it('a refresh that works after all, as a person asked for it, ends the need to act', async () => {
    const { user, accountId } = await stage.instagramUser(40);
    fault(accountId, { kind: 'token_dead', subcode: 459 });
    await stage.night();
    expect(await works(user)).toBe(true);
    expect(await stage.row(user)).toMatchObject({ action_required: null });
  });

  it.each<[string, object | string, number]>([
    ['a 503 page', { kind: 'server_error', http: 503, body: 'html' }, 503],
    ['a 401 page of a proxy', { kind: 'server_error', http: 500, body: 'empty' }, 502],
    ['a line that breaks before', { kind: 'drop_before_effect' }, 502],
    ['an answer that is lost', { kind: 'drop_after_effect' }, 502],
    ['an answer that cannot be read', { kind: 'malformed', body: 'no_id' }, 502],
  ])('%s keeps the token, disconnects nobody, and is made up for in an hour', async (_what, action, status) => {
    const { user, accountId } = await stage.instagramUser(40);
    const before = await stage.row(user);
    fault(accountId, action, 'token', 2);
    await stage.night();
    expect(await stage.row(user)).toMatchObject({ access_token: before.access_token, action_required: null });
    expect((await stage.refresh(user)).status).toBe(status);
    const after = await stage.row(user);
    expect(after).toMatchObject({ access_token: before.access_token, token_version: before.token_version });
    expect(after.token_attempts).toBe(2);
    expect(after.token_next_at.getTime() - stage.clock.now().getTime()).toBeGreaterThan(1.9 * HOUR);
    expect(await stage.events(user)).toEqual([]);

    await stage.retries();
    expect(await stage.row(user)).toMatchObject({ token_attempts: 2 });
    stage.pass(2 * HOUR);
    await stage.retries();
    expect(await stage.row(user)).toMatchObject({ refresh_failed_at: null, token_version: before.token_version + 1 });
  });

  it.each<[string, object]>([
    ['is refused with a 401', { kind: 'token_dead', subcode: 460 }],
    ['is not answered', { kind: 'drop_before_effect' }],
  ])('a new token that %s when it is tried does not take the place of the old', async (_what, action) => {
    const { user, accountId } = await stage.instagramUser(40);
    const before = await stage.row(user);
    fault(accountId, action, 'account_read');
    await stage.night();
    expect(stage.refreshes(accountId)).toBe(1);
    expect(await stage.row(user)).toMatchObject({ access_token: before.access_token, action_required: null });
    expect(await stage.events(user)).toEqual([]);
    expect(await works(user)).toBe(true);
  });

  it('being asked for silence is no failure of the token: it is left alone for as long', async () => {
    const { user, accountId } = await stage.instagramUser(40);
    fault(accountId, { kind: 'throttle', code: 80002, minutes: 90 });
    await stage.night();
    const row = await stage.row(user);
    expect(row.token_next_at.getTime() - stage.clock.now().getTime()).toBeGreaterThan(89 * 60_000);
    expect(await stage.refresh(user)).toMatchObject({ status: 429, body: { error_type: 'rate_limit_exceeded' } });
  });

  it('two workers and five impatient people at once are one call', async () => {
    const { user, accountId } = await stage.instagramUser(40);
    const other = await stage.house.startWorker();
    stage.house.sandbox.set({ latency_ms: 150 });
    const nights = [stage.night(), stage.night(other)];
    const answers = await Promise.all(Array.from({ length: 5 }, () => stage.refresh(user)));
    await Promise.all(nights);
    stage.house.sandbox.set({ latency_ms: 0 });
    expect(stage.refreshes(accountId)).toBe(1);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(new Set(answers.map(({ body }) => body.new_expires_at)).size).toBe(1);
    expect(await stage.events(user)).toHaveLength(1);
    await stage.house.stopWorker(other);
  });

  it('an answer that comes after the account was connected anew is thrown away', async () => {
    const { user, accountId } = await stage.instagramUser(40);
    const access_token = stage.house.sandbox.token(accountId, { login: 'instagram' });
    stage.house.sandbox.set({ latency_ms: 300 });
    const refreshing = stage.night();
    await new Promise((resolve) => setTimeout(resolve, 150));
    stage.house.sandbox.set({ latency_ms: 0 });
    expect((await user.post('/api/instagram/manual-connect', { account_id: accountId, access_token })).status).toBe(
      200,
    );
    const connected = await stage.row(user);
    await refreshing;
    expect(await stage.row(user)).toMatchObject({ access_token: connected.access_token, token_version: 2 });
    expect((await stage.events(user)).map(({ type }) => type)).toEqual([]);
  });

  it("answers as the contract says for accounts that are not there, and nobody else's", async () => {
    const { accountId } = await stage.instagramUser(5);
    const stranger = await stage.house.newUser();
    expect(await stage.refresh(stranger)).toMatchObject({ status: 404, body: { error_type: 'account_not_connected' } });
    expect(await stage.refresh(stranger, { account_id: accountId })).toMatchObject({
      status: 404,
      body: { error_type: 'account_not_found' },
    });
    expect(await stage.refresh(stranger, { account: '1' })).toMatchObject({ status: 422 });
  });
});
