import { CarouselStage } from '../e2e/carousels-stage';
import { PromiseStage, until, type Alone } from './promise-stage';

const POSTS = '/api/instagram/posts';

/**
 * The rest is proved by test/chaos/graph-faults.test.ts (containers counted after every kind of answer), graph-lies.test.ts,
 * test/e2e/carousels*.test.ts, and test/unit/publishing/{verifying,preparing,children,ending}.test.ts.
 */
describe('At most once, point 4: only a proven "not live" allows new containers', () => {
  let stage: PromiseStage;

  beforeAll(async () => {
    stage = await PromiseStage.open({ PUBLISH_VERIFY_DELAYS_MS: '100,200,300' });
    stage.house.sandbox.set({ republish: 'duplicate' });
    await stage.house.startWorker();
  }, 60_000);
  afterAll(() => stage.close());

  const retry = ({ user, id }: Alone) => user.post(`${POSTS}/${id}/retry`);

  test('a container that expired is proof: a new one is made, and one post is live', async () => {
    const post = await stage.alone('Expired', {
      publish: ['drop_before_effect'],
      reads: { how: { kind: 'lie', status_code: 'EXPIRED' }, times: 1 },
    });
    await stage.until(post, 'completed');
    const [first, second, ...more] = stage.containers(post).map(({ container_id }) => container_id);
    expect(more).toEqual([]);
    expect(stage.live(post).map(({ container_id }) => container_id)).toEqual([second]);
    expect(first).not.toBe(second);
  });

  test('a refusal for good, and a container that is still FINISHED, is proof: failed, safe to retry, with a new one', async () => {
    const post = await stage.alone('Refused', { publish: ['checkpoint'] });
    expect(await stage.until(post, 'failed', 'completed', 'needs_review')).toMatchObject({
      status: 'failed',
      outcome: 'not_live',
      safe_to_retry: true,
    });
    expect([stage.containers(post).length, stage.publishCalls(post)]).toEqual([1, 1]);
    // As a person who looked after the account would.
    const access_token = stage.house.sandbox.token(post.accountId);
    await post.user.post('/api/instagram/manual-connect', { account_id: post.accountId, access_token });
    expect((await retry(post)).status).toBe(200);
    await stage.until(post, 'completed');
    expect([stage.containers(post).length, stage.live(post).length]).toEqual([2, 1]);
  });

  test('what nobody can tell is none: no retry, no new container, until a person says "not live"', async () => {
    const post = await stage.alone('In doubt', { publish: ['drop_before_effect', 'drop_before_effect'] });
    expect(await stage.until(post, 'needs_review', 'completed', 'failed')).toMatchObject({ status: 'needs_review' });
    expect(await retry(post)).toMatchObject({ status: 409, body: { error_type: 'post_not_retryable' } });
    expect(stage.containers(post)).toHaveLength(1);

    const resolved = await post.user.post(`${POSTS}/${post.id}/resolve`, { outcome: 'not_live' });
    expect(resolved.body).toMatchObject({ status: 'failed', outcome: 'not_live', safe_to_retry: true });
    expect((await retry(post)).status).toBe(200);
    await stage.until(post, 'completed');
    expect([stage.containers(post).length, stage.live(post).length]).toEqual([2, 1]);
  });

  test('a container past its day, on which a call was sent, is asked first, and not replaced unasked', async () => {
    const post = await stage.alone('Old and called', { publish: [{ kind: 'hang', after_effect: true }] });
    stage.fault('container_status', post.accountId, { kind: 'lie', status_code: 'FINISHED' }, null);
    // Until it is taken for unpublished, wrongly: Instagram says FINISHED of what is live.
    await stage.rowWhen(post, ({ publish_calls }) => publish_calls === 1);
    await stage.move(post, `container_created_at = now() - interval '25 hours'`);
    await stage.until(post, 'needs_review', 'completed', 'failed');
    expect([stage.containers(post).length, stage.live(post).length]).toEqual([1, 1]);
  });

  describe('reading the permalink never changes the outcome', () => {
    test.each([
      ['fails', { kind: 'server_error', http: 500 }],
      ['is refused', { kind: 'error_before_effect', code: 10, http: 403 }],
      ['meets a dead token', { kind: 'token_dead', subcode: 460 }],
      ['is answered with junk', { kind: 'malformed', body: 'junk' }],
    ] as const)('when it %s', async (_what, how) => {
      const { user, accountId } = await stage.newcomer();
      const fault = stage.fault('media_read', accountId, how, null);
      const post = { id: await stage.post(user, 'No link'), caption: 'No link', user, accountId };
      await until(
        () => fault.struck,
        (times) => times > 0,
      );
      await stage.rowWhen(post, ({ lease_until }) => lease_until === null);
      expect(await stage.get(post)).toMatchObject({
        status: 'completed',
        outcome: 'live',
        permalink: null,
        error_message: null,
        instagram_post_id: stage.live(post)[0]?.media_id,
      });
      expect([stage.containers(post).length, stage.live(post).length]).toEqual([1, 1]);
    });

    test('nor when the media id cannot be looked for; both are found later', async () => {
      const { user, accountId } = await stage.newcomer();
      stage.fault('media_publish', accountId, 'drop_after_effect');
      const fault = stage.fault('media_list', accountId, { kind: 'server_error', http: 500 });
      const post = { id: await stage.post(user, 'Found later'), caption: 'Found later', user, accountId };
      await until(
        () => fault.struck,
        (times) => times > 0,
      );
      expect(await stage.until(post, 'completed')).toMatchObject({ outcome: 'live', instagram_post_id: null });
      await stage.rowWhen(post, ({ step }) => step === 'done');
      expect(await stage.get(post)).toMatchObject({
        instagram_post_id: stage.live(post)[0]?.media_id,
        permalink: expect.stringMatching(/^http/),
      });
    });
  });
});

describe('At most once, point 4: a carousel child that fails is made again by itself or fails the post; none is ever dropped', () => {
  let stage: CarouselStage;

  beforeAll(async () => {
    stage = await CarouselStage.open();
  }, 60_000);
  afterAll(() => stage.close());
  beforeEach(() => stage.clear());
  afterEach(() => stage.expectNoChildPublished());

  const image = (at: number) => stage.image(at);
  const video = (at: number) => stage.video(at);
  const summaries = async (id: number): Promise<string[]> =>
    (await stage.user.get(`${POSTS}/${id}/timeline`)).body.timeline.map(({ summary }: { summary: string }) => summary);

  test('heals by itself when a child fails once; the others are kept', async () => {
    stage.house.sandbox.fault({
      match: { endpoint: 'create_container', nth: 2 },
      do: { kind: 'container_error', subcode: 2207082 },
    });
    const id = await stage.publish({ items: [image(1), video(2), image(3)], caption: 'Healed' });
    await stage.skipThePause(id, 'media_processing_error');
    await stage.house.until(stage.user, id, ['completed']);
    expect(stage.shown()).toEqual(['/1.jpg', '/2.mp4', '/3.jpg']);
    const children = stage.children().map(({ container_id }) => container_id);
    expect(children).toHaveLength(4);
    expect(stage.live()[0]?.children).toEqual([children[0], children[3], children[2]]);
    expect(await summaries(id)).toContainEqual(expect.stringMatching(/^Item 2 of 3: .*a new container/));
  });

  test('makes a child again whose answer was lost', async () => {
    stage.house.sandbox.fault({ match: { endpoint: 'create_container', nth: 1 }, do: 'drop_after_effect' });
    const id = await stage.publish({ items: [image(1), image(2)], caption: 'Lost and made again' });
    await stage.skipThePause(id, 'network_error');
    await stage.house.until(stage.user, id, ['completed']);
    expect(stage.shown()).toEqual(['/1.jpg', '/2.jpg']);
    expect(stage.children()).toHaveLength(3);
  });

  test('fails with the name of the item that fails for good, and nothing of it goes live', async () => {
    for (const nth of [3, 4, 5])
      stage.house.sandbox.fault({
        match: { endpoint: 'create_container', nth },
        do: { kind: 'container_error', subcode: 2207082 },
      });
    const id = await stage.publish({ items: [image(1), image(2), video(3)], caption: 'Bad video' });
    await stage.skipThePause(id, 'media_processing_error');
    await stage.skipThePause(id, 'media_processing_error', 2);
    const status = await stage.house.until(stage.user, id, ['failed', 'completed']);
    expect(status).toMatchObject({
      status: 'failed',
      outcome: 'not_live',
      safe_to_retry: true,
      error_type: 'media_processing_error',
    });
    expect(status.error_message).toMatch(/^Item 3 of 3: /);
    expect(stage.live()).toEqual([]);
    expect(stage.children()).toHaveLength(5);

    expect((await stage.user.post(`${POSTS}/${id}/retry`)).status).toBe(200);
    await stage.house.until(stage.user, id, ['completed']);
    expect(stage.shown()).toEqual(['/1.jpg', '/2.jpg', '/3.mp4']);
    expect(stage.children()).toHaveLength(8);
  });
});
