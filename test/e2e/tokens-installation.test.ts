import { Settings } from '../../src/config/settings';
import { loadEnv } from '../../src/config/env';
import { InstallationAccount } from '../../src/tokens/installation-account';
import { AccountTokens } from '../../src/accounts/account-tokens';
import { Clock } from '../../src/common/clock';
import { Log } from '../../src/common/log';
import { Transactions } from '../../src/database/transactions';
import { TokenRuns } from '../../src/tokens/token-runs';
import { eventually, type Client } from '../support/app';
import { BAKERY, STUDIO } from '../support/sandbox';
import { DAY, TokensStage } from './tokens-stage';

describe("the installation's own account", () => {
  let stage: TokensStage;
  let token: string;

  beforeEach(async () => {
    stage = await TokensStage.open();
    token = stage.house.sandbox.token(STUDIO, { login: 'instagram', age_seconds: (40 * DAY) / 1_000 });
  }, 60_000);
  afterEach(() => stage.house.close());

  /** What a process does at its start under this environment. */
  const start = async (account?: { id: string; token: string }) => {
    const { app, env } = stage.house;
    const given = { INSTAGRAM_ACCESS_TOKEN: account?.token, INSTAGRAM_BUSINESS_ACCOUNT_ID: account?.id };
    const settings = new Settings(loadEnv({ ...env, ...given }));
    const [tokens, transactions, clock, log] = [
      app.get(AccountTokens),
      app.get(Transactions),
      app.get(Clock),
      app.get(Log),
    ];
    await new InstallationAccount(settings, tokens, transactions, clock, log).onApplicationBootstrap();
  };
  const rows = () =>
    stage.house.query<{ account_id: string; access_token: string | null; token_version: number }>(
      `SELECT a.* FROM accounts a JOIN users u ON u.id = a.user_id WHERE u.issuer = 'installation' ORDER BY a.id`,
    );
  const opsUser = async (): Promise<Client> => {
    const user = await stage.house.newUser();
    await stage.house.query(`UPDATE users SET roles = '{ops}' WHERE id = $1`, [user.userId]);
    return user;
  };
  const accountOf = async (user: Client, id?: string) =>
    (await user.get(`/api/instagram/account${id ? `?account_id=${id}` : ''}`)).body.instagram_account_id as
      string | null;

  it('is there for users with the role ops, and for nobody else', async () => {
    await start({ id: STUDIO, token });
    const [user, ops] = [await stage.house.newUser(), await opsUser()];
    expect([await accountOf(ops), await accountOf(ops, STUDIO)]).toEqual([STUDIO, STUDIO]);
    expect(await accountOf(user)).toBeNull();
    expect(await user.get(`/api/instagram/account?account_id=${STUDIO}`)).toMatchObject({ status: 404 });
    expect(await user.get('/api/instagram/publishing-limit')).toMatchObject({ status: 404 });
    expect(await ops.get('/api/instagram/publishing-limit')).toMatchObject({ status: 200 });
  });

  it('is the default of ops only where they have none of their own, and not theirs to disconnect', async () => {
    await start({ id: STUDIO, token });
    const ops = await opsUser();
    expect(await ops.post('/api/instagram/disconnect', {})).toMatchObject({ status: 404 });
    const access_token = stage.house.sandbox.token(BAKERY);
    await ops.post('/api/instagram/manual-connect', { account_id: BAKERY, access_token });
    expect([await accountOf(ops), await accountOf(ops, STUDIO)]).toEqual([BAKERY, STUDIO]);
  });

  it('is sealed, refreshed at its own hour, and not overwritten by the old token at the next start', async () => {
    await Promise.all([start({ id: STUDIO, token }), start({ id: STUDIO, token })]);
    const [first, ...others] = await rows();
    expect(others).toEqual([]);
    expect(first?.access_token).not.toContain(token);
    stage.pass(1.1 * DAY);
    await stage.night();
    expect(stage.refreshes(STUDIO)).toBe(0);
    await stage.worker.get(TokenRuns).run('installation');
    expect(stage.refreshes(STUDIO)).toBe(1);
    const [refreshed] = await rows();
    await start({ id: STUDIO, token });
    expect(await rows()).toMatchObject([{ access_token: refreshed?.access_token }]);

    const newer = stage.house.sandbox.token(STUDIO, { login: 'instagram' });
    await start({ id: STUDIO, token: newer });
    const [adopted] = await rows();
    expect(adopted?.access_token).not.toBe(refreshed?.access_token);
    expect(adopted?.token_version).toBe((refreshed?.token_version ?? 0) + 1);
  });

  it('goes when the environment names another, or none', async () => {
    await start({ id: STUDIO, token });
    await start({ id: BAKERY, token: stage.house.sandbox.token(BAKERY) });
    const ops = await opsUser();
    expect([await accountOf(ops), (await rows())[0]?.access_token]).toEqual([BAKERY, null]);
    await start();
    expect(await accountOf(ops)).toBeNull();
    await start({ id: STUDIO, token });
    expect(await accountOf(ops)).toBe(STUDIO);
  });
});

test('the crons start both runs', async () => {
  const each = '* * * * * *';
  const stage = await TokensStage.open({ TOKEN_REFRESH_CRON: each, ENV_TOKEN_REFRESH_CRON: each });
  try {
    const { accountId } = await stage.instagramUser(40);
    await eventually(
      () => Promise.resolve(stage.refreshes(accountId)),
      (count) => count === 1,
    );
  } finally {
    await stage.house.close();
  }
}, 60_000);
