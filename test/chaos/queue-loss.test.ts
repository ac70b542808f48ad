import { getQueueToken } from '@nestjs/bullmq';
import type { Queue } from 'bullmq';
import { QueueHealth } from '../../src/queue/queue-health';
import { PUBLISH_QUEUE } from '../../src/queue/queues';
import { controlQueue, type QueueControl } from '../support/queue-control';
import { Stage, struck, until } from './chaos-stage';

jest.setTimeout(60_000);

/** What POST /post may take with the queue away, on a machine that runs two test files at once. */
const SOON_MS = 500 + 300;
/** Rows are left behind after a second, the sweep comes each 200 ms, and a post takes a moment of its own. */
const A_FEW_SWEEPS_MS = 5_000;

describe('the queue is a doorbell: posts whose wake-ups are lost, doubled or late', () => {
  let queue: QueueControl;
  let stage: Stage;

  beforeAll(async () => {
    queue = await controlQueue();
    // No dispatch after the start of a worker: what was lost only the sweep finds.
    stage = await Stage.open({ ...queue.env, DISPATCH_CRON: '0 0 0 1 1 *' });
    // Nothing may hide a second publish call: in this world it would be a second medium.
    stage.sandbox.set({ republish: 'duplicate' });
  });
  afterAll(async () => {
    await stage.close();
    await queue.close();
  });
  beforeEach(() => stage.sandbox.state.faults.clear());

  const wipe = () => queue.wipe(stage.house.databaseUrl);
  const depth = () => stage.house.app.get(QueueHealth).depth();
  const liveCounts = (captions: string[]) => captions.map((caption) => stage.live(caption).length);
  const named = (name: string, count: number) => Array.from({ length: count }, (_, i) => `${name}, number ${i}.`);

  it('wiped while jobs wait: all go live once, within a few sweeps', async () => {
    const captions = named('wiped while waiting', 5);
    const ids = await Promise.all(captions.map((caption) => stage.post(caption)));
    await until(depth, ({ waiting }) => waiting === 5);
    await wipe();
    expect(await depth()).toMatchObject({ waiting: 0, active: 0, delayed: 0 });
    await stage.house.startWorker();
    await stage.completed(ids, A_FEW_SWEEPS_MS);
    expect(liveCounts(captions)).toEqual([1, 1, 1, 1, 1]);
  });

  it('wiped while jobs are delayed and active: all go live once, the scheduled ones at their time', async () => {
    const dueInMs = 4_000;
    const scheduled = named('wiped while delayed', 3);
    const dueAt = Date.now() + dueInMs;
    const ids = await Promise.all(scheduled.map((caption) => stage.schedule(caption, dueInMs)));
    await until(depth, ({ delayed }) => delayed === 3);
    const active = named('wiped while active', 3);
    const held = active.map((caption, i) =>
      stage.fault(['create_container', 'media_publish', 'container_status'][i] ?? '', caption, {
        kind: 'slow',
        ms: 1_000,
      }),
    );
    ids.push(...(await Promise.all(active.map((caption) => stage.post(caption)))));
    await Promise.all(held.map(struck));
    expect((await depth()).active).toBeGreaterThanOrEqual(3);
    await wipe();
    await stage.completed(ids, dueInMs + A_FEW_SWEEPS_MS);
    expect(liveCounts([...scheduled, ...active])).toEqual([1, 1, 1, 1, 1, 1]);
    const times = scheduled.map((caption) => new Date(stage.live(caption)[0]?.at ?? 0).getTime() - dueAt);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...times)).toBeLessThan(A_FEW_SWEEPS_MS);
  });

  it('wiped again and again while posts are on their way: all go live once', async () => {
    const captions = named('wiped again and again', 10);
    const ids = await Promise.all(captions.map((caption) => stage.post(caption)));
    let wipes = 0;
    await until(
      async () => {
        wipes += 1;
        await wipe();
        return stage.house.query(`SELECT id FROM posts WHERE id = ANY($1) AND status <> 'completed'`, [ids]);
      },
      (rest) => rest.length === 0,
    );
    expect(wipes).toBeGreaterThan(1);
    expect(liveCounts(captions)).toEqual(captions.map(() => 1));
  });

  it.each(['refusing', 'silent'] as const)(
    'away (%s) while posts are accepted and published: they are, at once',
    async (how) => {
      const captions = named(`accepted while ${how}`, 5);
      const ids: number[] = [];
      const active = `published while ${how}.`;
      const publishing = stage.fault('media_publish', active, { kind: 'slow', ms: 700 });
      const activeId = await stage.post(active);
      await struck(publishing);
      await queue.takeAway(stage.house.databaseUrl, how);
      try {
        for (const caption of captions) {
          const startedAt = performance.now();
          ids.push(await stage.post(caption));
          expect(performance.now() - startedAt).toBeLessThan(SOON_MS);
        }
        expect(await stage.house.query('SELECT id FROM posts WHERE id = ANY($1)', [ids])).toHaveLength(5);
        // What a worker has in hand it brings to its end without the queue.
        await stage.completed([activeId], A_FEW_SWEEPS_MS);
      } finally {
        await queue.bringBack(stage.house.databaseUrl);
      }
      await stage.completed(ids);
      expect(liveCounts([active, ...captions])).toEqual([1, 1, 1, 1, 1, 1]);
    },
  );

  it('forty jobs for one post, and two workers: one publish call', async () => {
    await stage.house.startWorker();
    const calls = stage.publishCalls().length;
    const id = await stage.post('forty jobs');
    const jobs = stage.house.app.get<Queue>(getQueueToken(PUBLISH_QUEUE));
    await jobs.addBulk(
      Array.from({ length: 40 }, (_, i) => ({
        name: 'look',
        data: { v: 1, postId: id },
        opts: { jobId: `copy-${i}` },
      })),
    );
    await stage.completed([id]);
    await until(
      async () => (await jobs.getJobs()).map((job) => job.id).filter((name) => name?.startsWith('copy-')),
      (rest) => rest.length === 0,
    );
    expect(stage.live('forty jobs')).toHaveLength(1);
    expect(stage.publishCalls()).toHaveLength(calls + 1);
  });
});
