import { type Client } from '../support/app';
import { PromiseStage, type Alone } from '../promises/promise-stage';
import { POSTS, wait } from './pace-stage';

const API = '/api/instagram';

describe('a switch that is off', () => {
  let stage: PromiseStage;
  let ops: Client;

  beforeAll(async () => {
    // Long, so that there is a moment between a claim and its intent.
    stage = await PromiseStage.open({ LEASE_SECONDS: '10' });
    stage.house.sandbox.set({ republish: 'duplicate' });
    await stage.house.startWorker();
    ops = await stage.house.newUser();
    await stage.house.query(`UPDATE users SET roles = '{ops}' WHERE id = $1`, [ops.userId]);
  }, 60_000);
  afterAll(() => stage.close());
  // What one test leaves off would hold the others.
  afterEach(() => stage.house.query('DELETE FROM pauses'));

  const at = (ms: number) => ({ scheduled_time: new Date(ms).toISOString() });
  const heldWhen = (post: Alone) => stage.rowWhen(post, ({ wait_reason }) => wait_reason === 'paused');
  const ok = async (answer: Promise<{ status: number }>) => expect((await answer).status).toBe(200);
  /** Who moves it, and where. */
  const SWITCHES: [string, (user: Client, accountId: string) => { by: Client; path: string }][] = [
    ['an account', (user, accountId) => ({ by: user, path: `${API}/accounts/${accountId}` })],
    ['a user', (user) => ({ by: user, path: API })],
    ['the installation', () => ({ by: ops, path: `${API}/ops` })],
  ];

  test.each(SWITCHES)(
    'of %s: a due post waits, says so, can be edited, and is published on resume',
    async (_whose, of) => {
      const { user, accountId } = await stage.newcomer();
      const { by, path } = of(user, accountId);
      await ok(by.post(`${path}/pause`, { reason: 'Wrong price' }));
      const since = Date.now();
      const due = since + 1_000;
      const post = { id: await stage.post(user, 'Held', at(due)), caption: 'Held', user, accountId };
      await heldWhen(post);
      await wait(due + 1_000 - Date.now());
      expect(await stage.status(post)).toMatchObject({
        status: 'scheduled',
        outcome: 'not_live',
        wait_reason: 'paused',
      });
      expect(stage.callsOf(accountId, since)).toEqual([]);

      expect((await user.send('PATCH', `${POSTS}/${post.id}`, { caption: 'Right price' })).status).toBe(200);
      await heldWhen(post);
      await wait(400);
      expect(stage.callsOf(accountId, since)).toEqual([]);

      await ok(by.post(`${path}/resume`));
      await stage.until(post, 'completed');
      expect(stage.live(post).map(({ caption }) => caption)).toEqual(['Right price']);
    },
  );

  test('holds what was made ahead, too: ready at its time, and not published', async () => {
    const due = Date.now() + 3_000;
    const post = await stage.alone('Ready and held', {}, at(due));
    await stage.rowWhen(post, ({ step, lease_until }) => step === 'publish' && lease_until === null);
    await ok(post.user.post(`${API}/pause`));
    await wait(due + 1_000 - Date.now());
    expect(await stage.status(post)).toMatchObject({ status: 'scheduled', wait_reason: 'paused' });
    expect([stage.publishCalls(post), stage.live(post)]).toEqual([0, []]);
    await ok(post.user.post(`${API}/resume`));
    await stage.until(post, 'completed');
    // The same container: it is still good.
    expect([stage.containers(post).length, stage.live(post).length]).toEqual([1, 1]);
  });

  test('holds a post for now, which can be canceled while it waits', async () => {
    const { user, accountId } = await stage.newcomer();
    await ok(user.post(`${API}/pause`));
    const post = { id: await stage.post(user, 'For now'), caption: 'For now', user, accountId };
    await heldWhen(post);
    expect((await user.send('DELETE', `${POSTS}/${post.id}`)).status).toBe(204);
    await ok(user.post(`${API}/resume`));
    await wait(700);
    expect([stage.live(post), (await stage.row(post)).status]).toEqual([[], 'canceled']);
  });

  test('holds nobody else: another account of the same worker is published meanwhile', async () => {
    const held = await stage.newcomer();
    await ok(held.user.post(`${API}/accounts/${held.accountId}/pause`));
    const post = await stage.alone('Not held');
    await stage.until(post, 'completed');
    expect(stage.live(post)).toHaveLength(1);
  });

  test('between claim and intent: who was answered first is not published', async () => {
    const due = Date.now() + 4_000;
    const posts = await Promise.all(
      Array.from({ length: 4 }, (_, i) => stage.alone(`At its second ${i}`, {}, at(due))),
    );
    const moves = await Promise.all(
      posts.map(async (post) => {
        // Claimed a moment before its second, its intent not yet written.
        await stage.rowWhen(post, ({ step, lease_until }) => step === 'publish' && lease_until !== null);
        await ok(post.user.post(`${API}/accounts/${post.accountId}/pause`));
        return { post, intentAt: (await stage.row(post)).intent_at };
      }),
    );
    await wait(due + 1_500 - Date.now());
    for (const { post, intentAt } of moves)
      expect([stage.publishCalls(post), stage.live(post).length]).toEqual(intentAt === null ? [0, 0] : [1, 1]);
    const inTime = moves.filter(({ intentAt }) => intentAt === null).map(({ post }) => post);
    // Some were in time, or this has shown nothing.
    expect(inTime.length).toBeGreaterThan(0);
    for (const post of inTime) {
      expect(await stage.status(post)).toMatchObject({ outcome: 'not_live', wait_reason: 'paused' });
      await ok(post.user.post(`${API}/accounts/${post.accountId}/resume`));
    }
    await Promise.all(inTime.map((post) => stage.until(post, 'completed')));
    expect(posts.map((post) => stage.live(post).length)).toEqual([1, 1, 1, 1]);
  });

  test('does not stop the verification of a call that was sent before', async () => {
    const post = await stage.alone('Sent before the pause', {
      publish: [{ kind: 'slow', ms: 500 }],
    });
    await stage.rowWhen(post, ({ intent_at }) => intent_at !== null);
    await ok(post.user.post(`${API}/pause`));
    await stage.until(post, 'completed');
    expect([stage.publishCalls(post), stage.live(post).length]).toEqual([1, 1]);
  });

  test('for a day: the post is missed, and resuming does not publish it as a surprise', async () => {
    const { user, accountId } = await stage.newcomer();
    await ok(user.post(`${API}/pause`));
    const since = Date.now();
    const post = {
      id: await stage.post(user, 'Yesterday', at(Date.now() + 500)),
      caption: 'Yesterday',
      user,
      accountId,
    };
    await heldWhen(post);
    // As if a day had passed.
    await stage.move(
      post,
      `due_at = due_at - interval '25 hours', scheduled_time = scheduled_time - interval '25 hours', next_action_at = now()`,
    );
    expect(await stage.until(post, 'missed', 'completed')).toMatchObject({
      status: 'missed',
      outcome: 'not_live',
      safe_to_retry: true,
      next_action_at: null,
    });
    await ok(user.post(`${API}/resume`));
    await wait(700);
    expect(stage.callsOf(accountId, since)).toEqual([]);
    // Only its user may still want it.
    await ok(user.post(`${POSTS}/${post.id}/retry`));
    await stage.until(post, 'completed');
    expect(stage.live(post)).toHaveLength(1);
  });
});
