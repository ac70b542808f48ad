import { type Client } from '../support/app';
import { DAY, HOUR, TokensStage } from './tokens-stage';

const ACCOUNTS = 40;
const FAILING = 0.05;
/** What a far network does on a bad day. */
const TROUBLE = [
  { kind: 'drop_before_effect' },
  { kind: 'drop_after_effect' },
  { kind: 'server_error', http: 503 },
  { kind: 'malformed', body: 'truncated' },
  { kind: 'error_before_effect', code: 2, http: 500 },
] as const;

/** Numbers between 0 and 1 that a seed repeats (mulberry32). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

it('a year with trouble on one call in twenty loses no account unseen', async () => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`A real year of ${ACCOUNTS} tokens: SEED=${seed}`);
  const roll = dice(seed);
  const stage = await TokensStage.open();
  try {
    const { sandbox } = stage.house;
    const people: { user: Client; accountId: string; revokedOn: number }[] = [];
    for (let i = 0; i < ACCOUNTS; i += 1) {
      const revokedOn = i < 4 ? Math.floor(roll() * 300) : Infinity;
      people.push({ ...(await stage.instagramUser(roll() * 25)), revokedOn });
    }
    const strike = sandbox.state.faults.strike.bind(sandbox.state.faults);
    jest.spyOn(sandbox.state.faults, 'strike').mockImplementation((subject) => {
      const trouble = roll() < FAILING && TROUBLE[Math.floor(roll() * TROUBLE.length)];
      if (trouble) sandbox.fault({ do: trouble });
      return strike(subject);
    });
    const other = await stage.house.startWorker();

    for (let day = 0; day < 365; day += 1) {
      stage.pass(DAY);
      for (const { accountId, revokedOn } of people)
        if (revokedOn === day) sandbox.state.tokens.kill(460, ({ account_id }) => account_id === accountId);
      await Promise.all([stage.night(), day % 7 === 0 ? stage.night(other) : null]);
      stage.pass(2 * HOUR);
      await stage.retries();
      const unseen = await stage.house.query(
        `SELECT account_id FROM accounts a WHERE token_expires_at <= $1 AND action_required IS NULL
           AND NOT EXISTS (SELECT FROM events e WHERE e.account_id = a.account_id AND e.type = 'account.token_expiring'
             AND e.created_at > now() - interval '10 minutes')`,
        [stage.clock.now()],
      );
      expect({ day, seed, unseen }).toEqual({ day, seed, unseen: [] });
    }

    jest.restoreAllMocks();
    for (const { user, accountId, revokedOn } of people) {
      const row = await stage.row(user);
      const types = (await stage.events(user)).map(({ type }) => type);
      if (revokedOn !== Infinity) {
        expect([accountId, row.action_required, types.at(-1)]).toEqual([
          accountId,
          'invalid_token',
          'account.action_required',
        ]);
        continue;
      }
      // By Instagram's own word: the stored token works, to the day that we noted.
      expect((await user.get('/api/instagram/publishing-limit')).status).toBe(200);
      expect([row.action_required, row.token_expires_at > stage.clock.now()]).toEqual([null, true]);
      expect(new Set(types)).toEqual(new Set(['account.token_refreshed']));
      expect(stage.refreshes(accountId)).toBeGreaterThanOrEqual(11);
    }
    const sum = await stage.house.query(
      `SELECT action, count(*)::integer FROM account_audit GROUP BY action ORDER BY action`,
    );
    console.log(JSON.stringify(sum));
  } finally {
    await stage.house.close();
  }
}, 240_000);
