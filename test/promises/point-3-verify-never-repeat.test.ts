import { until, PromiseStage, type Alone } from './promise-stage';

/** Short for the contract's 5, 15, 30, 60 and 120 s. */
const DELAYS_MS = [500, 1_000, 1_600, 2_200, 3_000];

const SAYS_FINISHED = { kind: 'lie', status_code: 'FINISHED' };
const TAKEN_FOR_SPAM = { kind: 'error_after_effect', code: 4, subcode: 2207051, http: 403 };

/**
 * The rest is proved by test/chaos/graph-faults.test.ts (every kind of answer to a publish call, with and without its
 * effect), graph-lies.test.ts (an Instagram that is not as we assume), kill.test.ts and kill-points.test.ts (crashes
 * around the call), and test/unit/publishing/{verifying,whole-machine,match-media}.test.ts.
 */
describe('At most once, point 3: any answer but a clean success leads to verification, never to a blind repeat', () => {
  let stage: PromiseStage;

  // Each on an account of its own, all at once: what takes time is waited for together.
  const posts = {} as Record<keyof typeof TROUBLES, Alone>;
  const TROUBLES = {
    error: { publish: [TAKEN_FOR_SPAM] },
    malformed: { publish: [{ kind: 'malformed', body: 'no_id' }] },
    junk: { publish: [{ kind: 'malformed', body: 'junk' }] },
    silence: { publish: [{ kind: 'hang', after_effect: true }] },
    lost: { publish: ['drop_after_effect'] },
    late: { publish: ['drop_after_effect'], reads: { how: SAYS_FINISHED, times: 2 } },
    once: { publish: ['drop_before_effect'] },
    twice: { publish: [{ kind: 'server_error', http: 500 }, 'drop_before_effect'] },
    unreadable: { publish: [TAKEN_FOR_SPAM], reads: { how: 'unreadable', times: null } },
  };

  beforeAll(async () => {
    stage = await PromiseStage.open({ PUBLISH_VERIFY_DELAYS_MS: DELAYS_MS.join(',') });
    // Nothing may hide a second publish call on a container that is live: in this world it would be a second medium.
    stage.house.sandbox.set({ republish: 'duplicate' });
    await stage.house.startWorker();
    await Promise.all(
      Object.entries(TROUBLES).map(async ([name, troubles]) => {
        posts[name as keyof typeof TROUBLES] = await stage.alone(`The call: ${name}`, troubles);
      }),
    );
  }, 60_000);
  afterAll(() => stage.close());

  /** The reads between the first publish call and the next. */
  const readsOf = (post: Alone) => {
    const [first, second] = stage.calls(post, 'media_publish');
    return stage
      .calls(post, 'container_status')
      .filter(({ sequence }) => sequence > (first?.sequence ?? 0) && sequence < (second?.sequence ?? Infinity));
  };

  test.each([
    ['an error', 'error'],
    ['a 200 without an id', 'malformed'],
    ['a 200 that is no JSON', 'junk'],
    ['silence', 'silence'],
    ['a connection that breaks', 'lost'],
  ] as const)('%s: the container is read, says PUBLISHED, and nothing is sent again', async (_what, name) => {
    const post = posts[name];
    expect(await stage.until(post, 'completed', 'failed', 'needs_review')).toMatchObject({
      status: 'completed',
      outcome: 'live',
    });
    expect(stage.verifications(post)).toHaveLength(1);
    expect([stage.publishCalls(post), stage.containers(post).length]).toEqual([1, 1]);
    const media = await stage.rowWhen(post, ({ instagram_post_id }) => instagram_post_id !== null);
    expect(stage.live(post).map(({ media_id }) => media_id)).toEqual([media.instagram_post_id]);
  });

  test('a crash: the successor reads, and never calls', async () => {
    const post = await stage.alone('The call: a crash', { publish: [{ kind: 'hang', after_effect: true }] });
    await stage.rowWhen(post, ({ intent_at }) => intent_at !== null);
    await until(
      () => stage.live(post).length,
      (live) => live === 1,
    );
    // As if the worker were gone for as long as its lease: it hears nothing any more.
    await stage.move(post, 'lease_until = now()');
    await stage.until(post, 'completed');
    expect([stage.publishCalls(post), stage.live(post).length, (await stage.row(post)).takeovers]).toEqual([1, 1, 0]);
    const { timeline } = (await post.user.get(`/api/instagram/posts/${post.id}/timeline`)).body;
    expect(JSON.stringify(timeline)).toContain('Another worker stopped in the middle of this post');
  });

  test('it is read at the configured delays after the call', async () => {
    const post = await stage.alone('In its own time', { publish: ['drop_before_effect'] });
    // The delays count from the intent, which the next one takes the place of.
    const { intent_at } = await stage.rowWhen(post, ({ publish_calls }) => publish_calls === 1);
    await stage.until(post, 'completed');
    const reads = readsOf(post).map(({ at }) => Date.parse(at) - Number(intent_at));
    const late = reads.map((ms, i) => ms - (DELAYS_MS[i] ?? Infinity));
    expect({ reads, inTime: late.map((ms) => ms >= -1 && ms < 450) }).toEqual({
      reads,
      inTime: DELAYS_MS.map(() => true),
    });
  });

  test('an effect that shows late is found: FINISHED before the last delay is no proof', async () => {
    await stage.until(posts.late, 'completed');
    expect(readsOf(posts.late)).toHaveLength(3);
    expect([stage.publishCalls(posts.late), stage.live(posts.late).length]).toEqual([1, 1]);
  });

  test('FINISHED after all delays: the same container is published once more', async () => {
    const post = posts.once;
    await stage.until(post, 'completed');
    const [first, second, ...more] = stage.calls(post, 'media_publish');
    expect(more).toEqual([]);
    expect(Date.parse(second?.at ?? '') - Date.parse(first?.at ?? '')).toBeGreaterThan((DELAYS_MS.at(-1) ?? 0) - 1_000);
    const [container, ...others] = stage.containers(post);
    expect(others).toEqual([]);
    expect(stage.live(post).map(({ container_id }) => container_id)).toEqual([container?.container_id]);
  });

  test('a second doubt is for a person: needs_review, and nothing is called any more', async () => {
    const post = posts.twice;
    expect(await stage.until(post, 'needs_review', 'completed', 'failed')).toMatchObject({
      status: 'needs_review',
      outcome: 'unknown',
      safe_to_retry: false,
      next_action_at: null,
    });
    expect([stage.publishCalls(post), stage.containers(post).length, stage.live(post)]).toEqual([2, 1, []]);
    expect(stage.verifications(post).length).toBeGreaterThan(0);
  });

  test.each([
    ['ERROR', 'media_processing_error'],
    ['EXPIRED', 'container_expired'],
  ])('%s: it is not live, as its user can read, and may be made anew', async (status_code, kind) => {
    const post = await stage.alone(`Ends as ${status_code}`, {
      publish: ['drop_before_effect'],
      reads: { how: { kind: 'lie', status_code }, times: 1 },
    });
    const row = await stage.rowWhen(post, ({ failures }) => kind in (failures as object));
    expect(row).toMatchObject({ outcome: 'not_live', step: 'create', container_id: null, intent_at: null });
    expect(await stage.status(post)).toMatchObject({ status: 'posting', outcome: 'not_live' });
    expect(stage.live(post)).toEqual([]);
    await stage.move(post, 'next_action_at = now()');
    await stage.until(post, 'completed');
    expect([stage.live(post).length, stage.containers(post).length, stage.publishCalls(post)]).toEqual([1, 2, 2]);
  });

  test('unreadable: it is read on, never rebuilt, and after 24 h a person must look', async () => {
    const post = posts.unreadable;
    await until(
      () => readsOf(post).length,
      (reads) => reads > DELAYS_MS.length,
    );
    expect(await stage.status(post)).toMatchObject({ status: 'processing', outcome: 'unknown', safe_to_retry: false });
    await stage.move(
      post,
      `container_created_at = now() - interval '25 hours', intent_at = now() - interval '25 hours', next_action_at = now()`,
    );
    expect(await stage.until(post, 'needs_review', 'completed', 'failed')).toMatchObject({
      status: 'needs_review',
      outcome: 'unknown',
    });
    expect([stage.publishCalls(post), stage.containers(post).length, stage.live(post).length]).toEqual([1, 1, 1]);
  });

  describe('PUBLISHED: the media id is the unique match', () => {
    const lost = { publish: ['drop_after_effect'] };
    const elsewhere = (post: Alone, media: object) => stage.house.sandbox.postElsewhere(media, post.accountId);
    const matched = (post: Alone) => stage.rowWhen(post, ({ instagram_post_id }) => instagram_post_id !== null);

    test('on type, caption and time: what else lies on the account is left alone', async () => {
      const fault = { kind: 'slow', ms: 300, after_effect: true };
      const post = await stage.alone('The right one', { ...lost, reads: { how: fault, times: 1 } });
      await stage.rowWhen(post, ({ intent_at }) => intent_at !== null);
      elsewhere(post, { caption: post.caption, media_product_type: 'REELS' });
      elsewhere(post, { caption: 'The wrong one' });
      elsewhere(post, { caption: post.caption, age_seconds: 3_600 });
      expect((await matched(post)).instagram_post_id).toBe(stage.live(post)[0]?.media_id);
    });

    test('that no other post owns', async () => {
      const first = await stage.alone('Said twice');
      await stage.until(first, 'completed');
      stage.fault('media_publish', first.accountId, 'drop_after_effect');
      const { user, caption, accountId } = first;
      // The same words on another medium.
      const image_url = `${stage.image_url}?another`;
      const second = { ...first, id: await stage.post(user, caption, { image_url }) };
      await stage.until(second, 'completed');
      const owned = [await matched(first), await matched(second)].map((row) => row.instagram_post_id);
      expect(owned).toEqual(stage.liveOf(accountId).map(({ media_id }) => media_id));
    });

    test('two that fit: completed all the same, the id stays unknown, and is found once only one fits', async () => {
      const slow = { kind: 'slow', ms: 400, after_effect: true };
      const post = await stage.alone('Twins', { ...lost, reads: { how: slow, times: 1 } });
      await until(
        () => stage.live(post).length,
        (live) => live === 1,
      );
      const [twin = ''] = elsewhere(post, { caption: post.caption });
      await stage.until(post, 'completed');
      const searches = () => stage.calls(post, 'media_list').length;
      await until(searches, (count) => count === 1);
      await stage.rowWhen(post, ({ lease_until }) => lease_until === null);
      expect(await stage.get(post)).toMatchObject({ outcome: 'live', instagram_post_id: null, permalink: null });

      const medium = stage.house.sandbox.state.media.find(twin);
      if (medium) stage.house.sandbox.state.media.remove(medium);
      expect((await matched(post)).instagram_post_id).toBe(stage.live(post)[0]?.media_id);
      expect(searches()).toBeGreaterThan(1);
    });
  });
});
