import { Stage } from '../chaos/chaos-stage';
import { POSTS } from '../e2e/pace-stage';
import { PromiseStage, struck, type Alone } from './promise-stage';
import { pause, Race } from './races';

/**
 * The rest is proved by test/e2e/publishing-races.test.ts (cancel, edit and publish at once), posts-lifecycle.test.ts (a
 * cancel in every state) and the model of the whole machine (test/unit/publishing/whole-machine.test.ts).
 */
describe('At most once, point 6: `canceled` is decisive; once the intent is committed a cancel answers 409', () => {
  let stage: PromiseStage;

  beforeAll(async () => {
    // Long, so that there is a moment between a claim and its intent.
    stage = await PromiseStage.open({ LEASE_SECONDS: '10' });
    stage.house.sandbox.set({ republish: 'duplicate' });
    await stage.house.startWorker();
  }, 60_000);
  afterAll(() => stage.close());

  const cancel = async ({ user, id }: Alone) => {
    const { status, body } = await user.send('DELETE', `${POSTS}/${id}`);
    return { status, error_type: (body as { error_type?: string } | undefined)?.error_type };
  };
  const DONE = { status: 204, error_type: undefined };
  const TOO_LATE = { status: 409, error_type: 'post_not_cancelable' };
  const heldAt = async (endpoint: string, how: object): Promise<Alone> => {
    const { user, accountId } = await stage.newcomer();
    const fault = stage.fault(endpoint, accountId, how);
    const post = { id: await stage.post(user, 'Held'), caption: 'Held', user, accountId };
    await struck(fault);
    return post;
  };

  test.each(['create_container', 'container_status'])(
    'after a 204 nothing is published, though a worker is in the middle of %s',
    async (endpoint) => {
      const post = await heldAt(endpoint, { kind: 'slow', ms: 500 });
      expect(await cancel(post)).toEqual(DONE);
      const canceled = await stage.row(post);
      await pause(1_500);
      expect([stage.live(post), stage.publishCalls(post)]).toEqual([[], 0]);
      expect(await stage.row(post)).toEqual(canceled);
      expect(canceled).toMatchObject({ status: 'canceled', outcome: 'not_live', next_action_at: null });
    },
  );

  test('nor at its time, though its container is ready and its worker waits for the second', async () => {
    const post = await stage.alone('Ready', {}, { scheduled_time: new Date(Date.now() + 3_500).toISOString() });
    await stage.rowWhen(post, ({ step, lease_until }) => step === 'publish' && lease_until !== null);
    const answer = await cancel(post);
    const { intent_at } = await stage.row(post);
    await pause(2_000);
    // The intent comes half a second before the due time, so the cancel was first.
    expect([answer, intent_at]).toEqual([DONE, null]);
    expect([stage.live(post), stage.publishCalls(post)]).toEqual([[], 0]);
  });

  test.each([
    ['the call is on its way', { kind: 'slow', ms: 500 }],
    ['it is live and nobody told us', 'drop_after_effect'],
    ['it had no effect and will be sent once more', 'drop_before_effect'],
  ] as const)('409 when %s, and it goes live once', async (_what, how) => {
    const post = await stage.alone('Committed', { publish: [how] });
    await stage.rowWhen(post, ({ intent_at }) => intent_at !== null);
    expect(await cancel(post)).toEqual(TOO_LATE);
    await stage.until(post, 'completed');
    expect(stage.live(post)).toHaveLength(1);
    expect(await cancel(post)).toEqual(TOO_LATE);
  });

  test('a canceled post stays canceled: no edit, publish or retry wakes it', async () => {
    const post = await stage.alone('Over', {}, { scheduled_time: new Date(Date.now() + 60_000).toISOString() });
    expect(await cancel(post)).toEqual(DONE);
    const path = `${POSTS}/${post.id}`;
    const answers = await Promise.all([
      post.user.send('PATCH', path, { caption: 'Again' }),
      post.user.post(`${path}/publish`),
      post.user.post(`${path}/retry`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([409, 409, 409]);
    expect(await stage.status(post)).toMatchObject({ status: 'canceled' });
  });

  test('who cancels around the due time: after a 204 nothing is live, after a 409 exactly one is', async () => {
    const race = await Race.on(stage);
    const seeds = Array.from({ length: 50 }, (_, i) => ({
      caption: `Cancel ${i}`,
      afterDueMs: Math.random() * 1_500 - 300,
    }));
    // Far enough for 50 requests, and for their containers to be ready.
    const due = Date.now() + 8_000;
    const posts = await Promise.all(
      seeds.map(async (seed) => ({ ...seed, id: await race.schedule(seed.caption, due) })),
    );
    const answers = await Promise.all(
      posts.map(async ({ id, caption, afterDueMs }) => {
        await pause(due + afterDueMs - Date.now());
        return { id, caption, afterDueMs, status: (await race.user.send('DELETE', `${POSTS}/${id}`)).status };
      }),
    );
    const told = await Promise.all(answers.map(async (one) => ({ ...one, post: await race.ended(one.id) })));
    await pause(1_000);
    for (const { caption, afterDueMs, status, post } of told) {
      const expected = status === 204 ? ['canceled', 0] : ['completed', 1];
      expect({ caption, afterDueMs, status, end: [post.status, race.live(caption)] }).toEqual({
        caption,
        afterDueMs,
        status,
        end: expected,
      });
    }
    // Some were in time, or this has shown nothing.
    const cancels = answers.filter(({ status }) => status === 204).length;
    expect(cancels).toBeGreaterThan(0);
  }, 60_000);
});

describe('At most once, point 6: with the intent committed and the call not yet sent', () => {
  test('a cancel answers 409, and the post goes live once', async () => {
    const stage = await Stage.open();
    try {
      const worker = await stage.house.startWorker();
      const { id, letGo } = await stage.heldInThisProcess(worker, 'Committed, not sent');
      const answer = await stage.user.send('DELETE', `${POSTS}/${id}`);
      expect(stage.publishCalls()).toEqual([]);
      await letGo();
      expect(answer).toMatchObject({ status: 409, body: { error_type: 'post_not_cancelable' } });
      await stage.completed([id]);
      expect(stage.live('Committed, not sent')).toHaveLength(1);
    } finally {
      await stage.close();
    }
  }, 60_000);
});
