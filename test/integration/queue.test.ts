import { getQueueToken } from '@nestjs/bullmq';
import type { Queue } from 'bullmq';
import { Nudge } from '../../src/queue/nudge';
import { PUBLISH_QUEUE, type PublishJob } from '../../src/queue/queues';
import { Stage, until } from '../chaos/chaos-stage';
import { controlQueue, type QueueControl } from '../support/queue-control';

jest.setTimeout(60_000);

/** Nudge gives up after 500 ms. */
const SOON_MS = 500 + 300;
const DAY_MS = 86_400_000;

describe('the queue', () => {
  let control: QueueControl;
  let stage: Stage;
  let nudge: Nudge;
  let queue: Queue<PublishJob>;

  beforeAll(async () => {
    control = await controlQueue();
    // No sweep and no dispatch: only the queue wakes anybody here.
    stage = await Stage.open({ ...control.env, SWEEP_INTERVAL_MS: '60000', DISPATCH_CRON: '0 0 0 1 1 *' });
    nudge = stage.house.app.get(Nudge);
    queue = stage.house.app.get(getQueueToken(PUBLISH_QUEUE));
  });
  afterAll(async () => {
    await stage.close();
    await control.close();
  });

  describe('without a worker', () => {
    afterEach(() => control.wipe(stage.house.databaseUrl));

    it.each(['refusing', 'silent'] as const)('away (%s): waking answers false, soon, and never throws', async (how) => {
      await control.takeAway(stage.house.databaseUrl, how);
      try {
        for (let i = 0; i < 5; i++) {
          const startedAt = performance.now();
          expect(await nudge.wake([{ postId: 1, epoch: i, inMs: 0 }])).toBe(false);
          expect(performance.now() - startedAt).toBeLessThan(SOON_MS);
        }
      } finally {
        await control.bringBack(stage.house.databaseUrl);
      }
      const back = await until(
        () => nudge.wake([{ postId: 1, epoch: 9, inMs: 0 }]),
        (taken) => taken,
      );
      expect(back).toBe(true);
    });

    it('takes one wake-up for each claim of a post, however often it is asked', async () => {
      for (let i = 0; i < 3; i++) await nudge.wake([{ postId: 7, epoch: 2, inMs: 0 }]);
      await nudge.wake([{ postId: 7, epoch: 3, inMs: 60_000 }]);
      await nudge.wake([{ postId: 8, epoch: 2, inMs: 0 }]);
      expect(await queue.getJobCounts('waiting', 'delayed')).toEqual({ waiting: 2, delayed: 1 });
    });

    it('takes another one for a post that stays overdue: the name of the first may be taken by a dead worker', async () => {
      for (const round of [0, 0, 1, 1, 2]) await nudge.wake([{ postId: 7, epoch: 2, inMs: 0, round }]);
      expect(await queue.getJobCounts('waiting')).toEqual({ waiting: 3 });
    });

    it('holds ids and nothing else', async () => {
      await stage.post('Nothing of this in the queue');
      await stage.schedule('Nor of this', 5_000);
      const jobs = await until(
        () => queue.getJobs(['waiting', 'delayed']),
        (found) => found.length === 2,
      );
      for (const { data } of jobs) expect(data).toEqual({ v: 1, postId: expect.any(Number) });
      const dump = await control.dump(stage.house.databaseUrl);
      expect(dump).toContain('postId');
      expect(dump).not.toMatch(/Nothing of this|Nor of this|photo\.jpg|http|EAA|v1\.test\./);
    });
  });

  describe('with a worker', () => {
    beforeAll(async () => {
      await stage.house.query('DELETE FROM posts');
      await stage.house.startWorker();
    });

    it('rings for a delayed post at its time, by itself', async () => {
      const dueAt = Date.now() + 2_500;
      const id = await stage.schedule('rung for', 2_500);
      await stage.completed([id], 10_000);
      const [published] = stage.live('rung for');
      const lateMs = new Date(published?.at ?? 0).getTime() - dueAt;
      expect(lateMs).toBeGreaterThanOrEqual(0);
      expect(lateMs).toBeLessThan(1_500);
    });

    it('puts a bell back that rang early', async () => {
      const id = await stage.schedule('rung early', DAY_MS);
      const [row] = await stage.house.query<{ ms: number }>(
        'SELECT extract(epoch FROM next_action_at - now())::float8 * 1000 AS ms FROM posts WHERE id = $1',
        [id],
      );
      const ms = row?.ms ?? 0;
      expect(ms).toBeGreaterThan(DAY_MS / 2);
      const rungAt = Date.now();
      await queue.add('look', { v: 1, postId: id }, { jobId: 'early' });
      const early = await until(
        () => queue.getJob('early'),
        (job) => (job?.delay ?? 0) > 0,
      );
      expect(await early?.isDelayed()).toBe(true);
      expect(Math.abs((early?.delay ?? 0) - (ms - (Date.now() - rungAt)))).toBeLessThan(5_000);
      expect(await epochOf(id)).toBe(0);
    });

    it('drops what a later version sent', async () => {
      const id = await stage.schedule('from the future', DAY_MS);
      await stage.house.query('UPDATE posts SET next_action_at = now() WHERE id = $1', [id]);
      await queue.add('look', { v: 2 as 1, postId: id }, { jobId: 'later-version' });
      await until(
        () => queue.getJob('later-version'),
        (job) => job === undefined,
      );
      expect(await epochOf(id)).toBe(0);
      await queue.add('look', { v: 1, postId: id }, { jobId: 'our-version' });
      await until(
        () => epochOf(id),
        (epoch) => epoch > 0,
      );
    });

    async function epochOf(id: number): Promise<number> {
      const [row] = await stage.house.query<{ epoch: number }>('SELECT epoch FROM posts WHERE id = $1', [id]);
      return row?.epoch ?? -1;
    }
  });
});
