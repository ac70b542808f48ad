import { getQueueToken } from '@nestjs/bullmq';
import type { Queue } from 'bullmq';
import { loadEnv } from '../../src/config/env';
import { Settings } from '../../src/config/settings';
import { QueueHealth } from '../../src/queue/queue-health';
import { PUBLISH_QUEUE } from '../../src/queue/queues';
import { eventually } from '../support/app';
import { controlQueue, type QueueControl } from '../support/queue-control';
import { testEnv } from '../support/settings';
import { PromiseStage, type Alone } from './promise-stage';

/** Rows are left behind after a second, the sweep comes each 200 ms, and a post takes a moment of its own. */
const A_FEW_SWEEPS_MS = 6_000;

/**
 * Runs on both queue backends (jest.config.js). The rest is proved by test/chaos/queue-loss.test.ts (wiped while jobs are
 * waiting, delayed and active, again and again; a silent queue; forty jobs for one post) and kill-points.test.ts (killed
 * before and after each wake-up).
 */
describe('At most once, point 1: our tables own the schedule and every step; the queue only carries wake-ups', () => {
  let queue: QueueControl;
  let stage: PromiseStage;

  beforeAll(async () => {
    queue = await controlQueue();
    // No dispatch after the start of a worker: what was lost only the sweep finds.
    stage = await PromiseStage.open({
      ...queue.env,
      DISPATCH_CRON: '0 0 0 1 1 *',
      PUBLISH_VERIFY_DELAYS_MS: '1500,2000',
    });
    // Nothing may hide a second publish call: in this world it would be a second medium.
    stage.house.sandbox.set({ republish: 'duplicate' });
  }, 60_000);
  afterAll(async () => {
    await stage.close();
    await queue.close();
  });

  const wipe = () => queue.wipe(stage.house.databaseUrl);
  const inMs = (ms: number) => ({ scheduled_time: new Date(Date.now() + ms).toISOString() });
  const onceEach = (posts: Alone[]) => expect(posts.map((post) => stage.live(post).length)).toEqual(posts.map(() => 1));

  test('a job says where to look and nothing else: no words, no media, no account, no token', async () => {
    const post = await stage.alone('Words that are none of the queue’s business', {}, inMs(60_000));
    const stored = await eventually(
      () => queue.dump(stage.house.databaseUrl),
      (dump) => dump.includes(`post-${post.id}-`),
    );
    expect(stored).not.toContain(post.accountId);
    expect(stored).not.toMatch(/none of the queue|photo\.jpg|EAA|IGAA/);
  });

  test('wiped before any worker saw a job: a worker finds the posts in our tables', async () => {
    const posts = [
      await stage.alone('Wiped at once'),
      await stage.alone('Wiped, and due in a moment', {}, inMs(2_500)),
    ];
    await wipe();
    expect(await stage.house.app.get(QueueHealth).depth()).toMatchObject({ waiting: 0, active: 0, delayed: 0 });
    await stage.house.startWorker();
    await Promise.all(posts.map((post) => stage.until(post, 'completed')));
    onceEach(posts);
  });

  test('wiped in the middle of posts at each of their steps: all go on within a few sweeps, once', async () => {
    const dueInMs = 4_000;
    const due = Date.now() + dueInMs;
    const [ahead, waiting, verified] = await Promise.all([
      stage.alone('Made ahead, not yet due', {}, inMs(dueInMs)),
      stage.alone('Instagram works on it'),
      stage.alone('Being verified', { publish: ['drop_after_effect'] }),
    ]);
    stage.fault('container_status', waiting.accountId, { kind: 'lie', status_code: 'IN_PROGRESS' }, 6);
    await Promise.all([
      stage.rowWhen(ahead, ({ step }) => step === 'publish'),
      stage.rowWhen(waiting, ({ container_id }) => container_id !== null),
      stage.rowWhen(verified, ({ publish_calls }) => publish_calls === 1),
    ]);
    await wipe();
    await wipe();
    const posts = [ahead, waiting, verified];
    await Promise.all(
      posts.map(({ user, id }) => stage.house.until(user, id, ['completed'], dueInMs + A_FEW_SWEEPS_MS)),
    );
    onceEach(posts);
    expect(stage.publishCalls(verified)).toBe(1);
    expect(Date.parse(stage.live(ahead)[0]?.at ?? '')).toBeGreaterThanOrEqual(due);
  });

  test('away: posts are taken in, scheduled, edited and canceled all the same, and published when it is back', async () => {
    const canceled = await stage.alone('Canceled without a queue', {}, inMs(3_000));
    const edited = await stage.alone('Edited without a queue', {}, inMs(3_000));
    const people = [await stage.newcomer(), await stage.newcomer()] as const;
    await queue.takeAway(stage.house.databaseUrl, 'refusing');
    const posts: Alone[] = [];
    try {
      const startedAt = performance.now();
      for (const [i, person] of people.entries()) {
        const caption = `Taken in without a queue ${i}`;
        const id = await stage.post(person.user, caption, i === 0 ? {} : inMs(1_000));
        posts.push({ ...person, id, caption });
      }
      expect(performance.now() - startedAt).toBeLessThan(3_000);
      const path = '/api/instagram/posts';
      expect((await canceled.user.send('DELETE', `${path}/${canceled.id}`)).status).toBe(204);
      const edit = await edited.user.send('PATCH', `${path}/${edited.id}`, { caption: 'New words' });
      expect(edit.status).toBe(200);
    } finally {
      await queue.bringBack(stage.house.databaseUrl);
    }
    posts.push(edited);
    await Promise.all(posts.map((post) => stage.until(post, 'completed')));
    onceEach(posts);
    expect(stage.live(edited)[0]?.caption).toBe('New words');
    expect(stage.live(canceled)).toEqual([]);
  });

  test('ten jobs too many for a post that is done change nothing', async () => {
    const post = await stage.alone('Rung for again');
    await stage.until(post, 'completed');
    const done = await stage.rowWhen(post, ({ step, lease_until }) => step === 'done' && lease_until === null);
    const jobs = stage.house.app.get<Queue>(getQueueToken(PUBLISH_QUEUE));
    const data = { v: 1, postId: post.id };
    await jobs.addBulk(Array.from({ length: 10 }, (_, i) => ({ name: 'look', data, opts: { jobId: `copy-${i}` } })));
    await eventually(
      async () => (await jobs.getJobs()).filter((job) => job.id?.startsWith('copy-')),
      (rest) => rest.length === 0,
    );
    expect(await stage.row(post)).toEqual(done);
    expect(stage.publishCalls(post)).toBe(1);
  });

  test('as delivered, what was lost is found within 60 s', () => {
    const overrides = { SWEEP_INTERVAL_MS: undefined, DISPATCH_CRON: undefined };
    const { publishing } = new Settings(loadEnv(testEnv(stage.house.databaseUrl, overrides)));
    // Left behind means a second overdue; two sweeps, should the first just have missed it.
    expect(1_000 + 2 * publishing.sweepIntervalMs).toBeLessThan(60_000);
    expect(publishing.dispatchCron).toBe('0 * * * * *');
  });
});
