import { eventually } from '../support/app';
import { CarouselStage } from '../e2e/carousels-stage';
import { POSTS } from '../e2e/pace-stage';
import { PromiseStage, type Alone } from './promise-stage';
import { pause, Race } from './races';

/** So late a call may arrive on a machine that runs two test files at once; `npm run bench` has the figures. */
const ON_TIME_MS = 1_000;

/**
 * The rest is proved by test/chaos/kill-points.test.ts (killed at any step, never before its time), queue-loss.test.ts
 * (delayed jobs wiped), and test/unit/publishing/preparing.test.ts (trouble ahead of the time).
 */
describe('At most once, point 7: containers are made ahead of the scheduled time, and `media_publish` is sent at the very second', () => {
  let stage: PromiseStage;

  beforeAll(async () => {
    stage = await PromiseStage.open();
    stage.house.sandbox.set({ republish: 'duplicate' });
    await stage.house.startWorker();
  }, 60_000);
  afterAll(() => stage.close());

  const at = (ms: number) => ({ scheduled_time: new Date(ms).toISOString() });
  const ready = (post: Alone) => stage.rowWhen(post, ({ step }) => step === 'publish');
  const edit = ({ user, id }: Alone, body: object) => user.send('PATCH', `${POSTS}/${id}`, body);

  test('ready before, not sent early, and sent in the second: six accounts, all due at once', async () => {
    const due = Math.ceil(Date.now() / 1_000) * 1_000 + 6_000;
    const posts = await Promise.all(Array.from({ length: 6 }, (_, i) => stage.alone(`On time ${i}`, {}, at(due))));
    await Promise.all(posts.map(ready));
    expect(Date.now()).toBeLessThan(due);
    for (const post of posts) expect(await stage.get(post)).toMatchObject({ status: 'scheduled', outcome: 'not_live' });
    await Promise.all(posts.map((post) => stage.until(post, 'completed')));
    for (const post of posts) {
      const arrivals = stage.calls(post, 'media_publish').map((call) => Date.parse(call.at) - due);
      expect(arrivals).toHaveLength(1);
      expect(arrivals[0]).toBeGreaterThanOrEqual(0);
      expect(arrivals[0]).toBeLessThan(ON_TIME_MS);
      const reads = stage.calls(post, 'container_status').map((call) => Date.parse(call.at));
      expect(Math.max(...reads)).toBeLessThan(due);
      expect([stage.containers(post).length, stage.live(post).length]).toEqual([1, 1]);
    }
  });

  test('no container is made before the time to prepare has come', async () => {
    const early = await stage.alone('In a week', {}, at(Date.now() + 7 * 86_400_000));
    const soon = await stage.alone('In ten minutes', {}, at(Date.now() + 600_000));
    await ready(soon);
    expect([stage.containers(soon).length, stage.containers(early).length]).toEqual([1, 0]);
    const { next_action_at } = await stage.status(early);
    const aheadMs = Date.now() + 7 * 86_400_000 - Date.parse(next_action_at);
    expect(Math.abs(aheadMs - 900_000)).toBeLessThan(60_000);
  });

  test('an edit discards what was made ahead: what was prepared before is never published', async () => {
    const due = Date.now() + 4_500;
    const post = await stage.alone('Old words', {}, at(due));
    await ready(post);
    expect((await edit(post, { caption: 'New words' })).status).toBe(200);
    const [discarded] = stage.containers(post);
    expect((await stage.row(post)).container_id).not.toBe(discarded?.container_id);
    await stage.until(post, 'completed');
    const [published, ...more] = stage.live(post);
    expect(more).toEqual([]);
    expect(published).toMatchObject({ caption: 'New words', container_id: stage.containers(post)[1]?.container_id });
    expect(Date.parse(published?.at ?? '')).toBeGreaterThanOrEqual(due);
  });

  test('an edit of the time moves the publish call: not at the old second, but at the new one', async () => {
    const [old, due] = [Date.now() + 3_000, Date.now() + 5_500];
    const post = await stage.alone('Moved', {}, at(old));
    await ready(post);
    expect((await edit(post, at(due))).status).toBe(200);
    await stage.until(post, 'completed');
    const [arrival, ...more] = stage.calls(post, 'media_publish').map((call) => Date.parse(call.at) - due);
    expect(more).toEqual([]);
    expect(arrival).toBeGreaterThanOrEqual(0);
    expect(arrival).toBeLessThan(ON_TIME_MS);
  });

  test('a cancel discards it, too', async () => {
    const post = await stage.alone('Taken back', {}, at(Date.now() + 2_500));
    await ready(post);
    expect((await post.user.send('DELETE', `${POSTS}/${post.id}`)).status).toBe(204);
    await pause(3_000);
    expect([stage.publishCalls(post), stage.live(post)]).toEqual([0, []]);
  });

  test('who edits around the due time: what the last 200 said goes live, once', async () => {
    const race = await Race.on(stage);
    const due = Date.now() + 5_000;
    const posts = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => ({
        before: `Old ${i}`,
        now: `New ${i}`,
        id: await race.schedule(`Old ${i}`, due),
      })),
    );
    const edits = await Promise.all(
      posts.map(async (post) => {
        await pause(due + Math.random() * 600 - 400 - Date.now());
        const { status } = await race.user.send('PATCH', `${POSTS}/${post.id}`, { caption: post.now });
        return { ...post, status };
      }),
    );
    for (const { id, before, now, status } of edits) {
      expect((await race.ended(id)).status).toBe('completed');
      expect([200, 409]).toContain(status);
      expect([race.live(before), race.live(now)]).toEqual(status === 200 ? [0, 1] : [1, 0]);
    }
  }, 60_000);
});

describe('At most once, point 7: of a carousel', () => {
  let stage: CarouselStage;

  beforeAll(async () => {
    stage = await CarouselStage.open();
  }, 60_000);
  afterAll(() => stage.close());
  beforeEach(() => stage.clear());
  afterEach(() => stage.expectNoChildPublished());

  const image = (at: number) => stage.image(at);
  const video = (at: number) => stage.video(at);
  const inMs = (ms: number) => new Date(Date.now() + ms);
  const schedule = async (body: object) => {
    const answer = await stage.user.post('/api/instagram/schedule', body);
    expect(answer.status).toBe(200);
    return answer.body.post_id as number;
  };
  const prepared = (id: number) =>
    eventually(
      () => stage.row(id),
      (post) => post?.step === 'publish',
    );

  test('is prepared ahead, and published at its second', async () => {
    const at = inMs(6_000);
    const id = await schedule({ items: [image(1), video(2)], caption: 'On time', scheduled_time: at.toISOString() });
    await prepared(id);
    expect(Date.now()).toBeLessThan(at.getTime());
    expect(await stage.get(id)).toMatchObject({ status: 'scheduled', outcome: 'not_live' });
    await stage.house.until(stage.user, id, ['completed']);
    expect(stage.shown()).toEqual(['/1.jpg', '/2.mp4']);
    const late = new Date(stage.live()[0]?.at ?? 0).getTime() - at.getTime();
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(2_000);
  });

  test('leaves what was prepared behind when its items or its words change', async () => {
    const scheduled_time = inMs(60_000).toISOString();
    const id = await schedule({ items: [image(1), image(2)], caption: 'Before', scheduled_time });
    await prepared(id);
    const fetches = stage.origin.requests.length;
    const words = await stage.user.send('PATCH', `${POSTS}/${id}`, { caption: 'After' });
    expect(words).toMatchObject({ status: 200, body: { caption: 'After', media_type: 'CAROUSEL' } });
    expect(words.body.items).toHaveLength(2);
    // Looked at by nobody but Instagram.
    const ours = stage.origin.requests.slice(fetches).filter(({ userAgent }) => !userAgent?.includes('facebook'));
    expect(ours).toEqual([]);
    await prepared(id);
    expect(stage.children()).toHaveLength(4);

    const items = [{ ...image(2), alt_text: 'Rolls' }, video(1), image(3)];
    const other = await stage.user.send('PATCH', `${POSTS}/${id}`, { items });
    expect(other.body.items).toMatchObject([{ alt_text: 'Rolls' }, { kind: 'video' }, {}]);
    await prepared(id);
    expect((await stage.user.post(`${POSTS}/${id}/publish`)).status).toBe(200);
    await stage.house.until(stage.user, id, ['completed']);
    expect(stage.shown()).toEqual(['/2.jpg', '/1.mp4', '/3.jpg']);
    expect(stage.live()[0]?.caption).toBe('After');
    expect(stage.children()).toHaveLength(7);
  });

  test('publishes nothing of a canceled one', async () => {
    const scheduled_time = inMs(3_000).toISOString();
    const id = await schedule({ items: [image(1), image(2)], caption: 'Canceled', scheduled_time });
    await prepared(id);
    expect((await stage.user.send('DELETE', `${POSTS}/${id}`)).status).toBe(204);
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect(stage.live()).toEqual([]);
  });
});
