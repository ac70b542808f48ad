import { type Client, eventually } from '../support/app';
import { PaceStage, POSTS, wait } from './pace-stage';

describe('an incident of the platform', () => {
  let stage: PaceStage;

  beforeAll(async () => {
    stage = await PaceStage.open();
    await stage.house.startWorker();
  }, 60_000);
  afterAll(() => stage.close());

  const reason = async (user: Client, id: number) =>
    (await user.get(`${POSTS}/${id}/status`)).body.wait_reason as string;

  it('holds all posts when one error spikes over many accounts, lets one find out when it is over, then drains', async () => {
    const people = await Promise.all(Array.from({ length: 9 }, () => stage.newcomer()));
    const outage = stage.house.sandbox.fault({
      match: { endpoint: 'create_container' },
      times: null,
      do: { kind: 'server_error', http: 503, body: 'html' },
    });
    const struck = await Promise.all(
      people.slice(0, 6).map(async ({ user }) => ({ user, id: await stage.post(user, 'struck') })),
    );
    await eventually(
      () => stage.house.query(`SELECT 1 FROM gates WHERE scope = 'platform'`),
      (rows) => rows.length === 1,
    );
    const before = Date.now();
    const spared = await Promise.all(
      people.slice(6).map(async ({ user }) => ({ user, id: await stage.post(user, 'spared') })),
    );
    for (const { user, id } of [...spared, ...struck])
      await eventually(
        () => reason(user, id),
        (why) => why === 'platform_incident',
      );
    await wait(500);
    const creates = () =>
      stage.house.sandbox.state.ledger.calls.filter(
        (call) => call.endpoint === 'create_container' && Date.parse(call.at) > before + 200,
      );
    expect(creates()).toEqual([]);

    // A probe while it still lasts: one call, and everybody waits on.
    const timeGoesOn = async () => {
      await stage.house.query(
        `UPDATE gates SET closed_until = now() - interval '1 second', updated_at = now() - interval '1 minute'`,
      );
      await stage.house.query(`UPDATE posts SET next_action_at = now() WHERE wait_reason = 'platform_incident'`);
    };
    await timeGoesOn();
    await eventually(
      () => Promise.resolve(creates().length),
      (count) => count === 1,
    );
    await wait(700);
    expect(creates()).toHaveLength(1);
    expect(await stage.house.query(`SELECT round FROM gates WHERE scope = 'platform'`)).toEqual([{ round: 1 }]);

    stage.house.sandbox.state.faults.remove(outage.id);
    await timeGoesOn();
    for (const { user, id } of [...spared, ...struck]) await stage.house.until(user, id, ['completed'], 30_000);
    for (const { accountId } of people) expect(stage.liveOf(accountId)).toHaveLength(1);
    expect(await stage.house.query(`SELECT 1 FROM gates WHERE scope = 'platform'`)).toEqual([]);
  }, 90_000);
});
