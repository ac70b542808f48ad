import { DAY, TokensStage } from './tokens-stage';

describe('tokens of Facebook Login', () => {
  let stage: TokensStage;

  beforeEach(async () => {
    stage = await TokensStage.open();
  }, 60_000);
  afterEach(() => stage.house.close());

  const revoke = (access_token: string, dead = 460) =>
    stage.house.sandbox.state.tokens.kill(dead, (token) => token.value === access_token);

  it('a Page token is confirmed, has no end, and the row learns what it may do', async () => {
    const { user } = await stage.facebookUser();
    const answer = await stage.refresh(user);
    expect(answer).toMatchObject({
      status: 200,
      body: { success: true, new_expires_at: null, message: expect.stringContaining('it has no end') },
    });
    const row = await stage.row(user);
    expect(row.scopes).toContain('instagram_content_publish');
    expect(row.data_access_expires_at.getTime()).toBeGreaterThan(stage.clock.now().getTime() + 89 * DAY);
    expect(row).toMatchObject({ token_version: 1, token_lease_until: null });
    expect(await stage.events(user)).toEqual([]);
  });

  it('a token that was withdrawn is found out by the night, without a post that fails', async () => {
    const { user, access_token } = await stage.facebookUser();
    await stage.night();
    revoke(access_token);
    stage.pass(DAY);
    await stage.night();
    expect(await stage.row(user)).toMatchObject({ action_required: 'invalid_token' });
    expect(await stage.events(user)).toMatchObject([{ type: 'account.action_required' }]);
    expect(await stage.audit(user)).toMatchObject([{ action: 'checked_dead', detail: { code: 190, subcode: 460 } }]);
  });

  it('a wrong secret of our own app condemns nobody', async () => {
    const { user } = await stage.facebookUser();
    stage.house.sandbox.fault({ match: { endpoint: 'debug_token' }, do: { kind: 'token_dead' } });
    await stage.night();
    expect(await stage.row(user)).toMatchObject({ action_required: null, refresh_failed_at: null });
  });

  it('a bad night of Meta condemns nobody, and the morning makes up for it', async () => {
    const { user } = await stage.facebookUser();
    stage.house.sandbox.fault({ match: { endpoint: 'debug_token' }, do: { kind: 'server_error' } });
    await stage.night();
    expect(await stage.row(user)).toMatchObject({ action_required: null, token_attempts: 1 });
    stage.pass(DAY / 24);
    expect(await stage.retries()).toBe(1);
    expect(await stage.row(user)).toMatchObject({ token_attempts: 0, refresh_failed_at: null });
  });

  it('a publishing scope that was withdrawn needs the person', async () => {
    const { user, access_token } = await stage.facebookUser();
    stage.house.sandbox.state.tokens.find(access_token)?.scopes.delete('instagram_content_publish');
    await stage.night();
    expect(await stage.row(user)).toMatchObject({ action_required: 'permission_denied' });
    expect(await stage.refresh(user)).toMatchObject({
      status: 403,
      body: { error_type: 'permission_denied', action_required: expect.stringContaining('instagram_content_publish') },
    });
  });

  it('warns at 14, 7, 3 and 1 days before the end, once each, with the posts that are at stake', async () => {
    const { user } = await stage.facebookUser({ kind: 'user', expires_in: (20 * DAY) / 1_000 });
    await stage.night();
    const { id, token_expires_at } = await stage.row(user);
    for (const days of [-1, 1, 5])
      await stage.house.query(
        `INSERT INTO posts (user_id, account_row_id, account_id, media_type, items, due_at, status)
         SELECT user_id, id, account_id, 'IMAGE', '[{}]', $2, 'scheduled' FROM accounts WHERE id = $1`,
        [id, new Date(token_expires_at.getTime() + days * DAY)],
      );
    const other = await stage.house.startWorker();
    for (let day = 0; day < 19; day += 1) {
      stage.pass(DAY);
      await Promise.all([stage.night(), stage.night(other)]);
    }
    const warnings = await stage.events(user);
    expect(warnings.map(({ type, data }) => [type, data.days_left])).toEqual(
      [14, 7, 3, 1].map((days) => ['account.token_expiring', days]),
    );
    expect(warnings[0]?.data).toMatchObject({
      reason: 'token_expires',
      expires_at: token_expires_at.toISOString(),
      scheduled_posts: 3,
      at_risk: 2,
    });
    stage.pass(2 * DAY);
    await stage.night();
    expect((await stage.events(user)).at(-1)).toMatchObject({
      type: 'account.action_required',
      data: { reason: 'token_expired' },
    });
  }, 60_000);

  it('warns before Facebook shuts the data, and forgets the warnings when the account is connected anew', async () => {
    const { user } = await stage.facebookUser();
    await stage.night();
    stage.pass(77 * DAY);
    await stage.night();
    expect(await stage.events(user)).toMatchObject([
      { type: 'account.token_expiring', data: { reason: 'data_access_expires', days_left: 13 } },
    ]);
    const access_token = stage.house.sandbox.token('17841400000000001');
    await user.post('/api/instagram/manual-connect', { account_id: '17841400000000001', access_token });
    expect(await stage.row(user)).toMatchObject({
      warned_days: null,
      token_next_at: null,
      data_access_expires_at: expect.any(Date),
    });
  });
});
