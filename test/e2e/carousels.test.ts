import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { House, eventually, type Client } from '../support/app';
import { BAKERY, startMediaOrigin, type MediaOrigin } from '../support/sandbox';

const demo = (name: string) => readFileSync(join(__dirname, '../../demo', name));
const POSTS = '/api/instagram/posts';

/** Ten images and ten videos, each with an address of its own. */
const files = Object.fromEntries(
  Array.from({ length: 10 }, (_, at) => [
    [`/${at}.jpg`, demo('photo.jpg')],
    [`/${at}.mp4`, demo('reel.mp4')],
  ]).flat(),
);

describe('carousels', () => {
  let house: House;
  let origin: MediaOrigin;
  let user: Client;
  let image: (at: number) => { image_url: string };
  let video: (at: number) => { video_url: string };

  beforeAll(async () => {
    origin = await startMediaOrigin(files);
    image = (at) => ({ image_url: `${origin.url}/${at}.jpg` });
    video = (at) => ({ video_url: `${origin.url}/${at}.mp4` });
    house = await House.open({ allow: [origin.url] });
    user = await house.connectedUser();
    await house.startWorker();
  }, 60_000);
  afterAll(async () => {
    await house.close();
    await origin.close();
  });
  beforeEach(() => {
    house.sandbox.state.faults.clear();
    house.sandbox.set({ processing_ms: 0 });
    house.sandbox.state.ledger.clear();
  });
  // Whatever happened: nothing but whole carousels went live.
  afterEach(() => {
    const children = house.sandbox.effects('container_created').flatMap((effect) => effect.children ?? []);
    for (const effect of house.sandbox.effects('media_published')) {
      expect(effect.media_type).toBe('CAROUSEL_ALBUM');
      expect(children).not.toContain(effect.container_id);
    }
  });

  const publish = async (body: object) => {
    const answer = await user.post('/api/instagram/post', body);
    expect(answer).toMatchObject({ status: 200, body: { success: true } });
    return answer.body.post_id as number;
  };
  const get = async (id: number) => (await user.get(`${POSTS}/${id}`)).body;
  const made = () => house.sandbox.effects('container_created').filter(({ children }) => !children);
  const live = () => house.sandbox.effects('media_published');
  const row = async (id: number) => (await house.query('SELECT * FROM posts WHERE id = $1', [id]))[0];
  const summaries = async (id: number): Promise<string[]> =>
    (await user.get(`${POSTS}/${id}/timeline`)).body.timeline.map(({ summary }: { summary: string }) => summary);
  const eventsOf = async (id: number) =>
    house.query<{ type: string; data: Record<string, unknown> }>('SELECT * FROM events WHERE post_id = $1', [id]);

  /** What followers see, in order: the addresses that Instagram fetched the items of the one live post from. */
  const shown = () => {
    const [effect, ...more] = live();
    expect(more).toEqual([]);
    const media = house.sandbox.state.media.find(effect?.media_id ?? '');
    expect(media?.children.map(({ container_id }) => container_id)).toEqual(effect?.children);
    return media?.children.map(({ request }) => new URL(request.source_url ?? '').pathname);
  };

  /** As if the two minutes of the retry policy were over. */
  const skipTheWait = async (id: number, times: number) => {
    const failures = async () => ((await row(id))?.failures as Record<string, number>).media_processing_error ?? 0;
    await eventually(failures, (count) => count === times);
    await house.query(`UPDATE posts SET next_action_at = now() - interval '2 s' WHERE id = $1`, [id]);
  };

  it('of two images goes live as one post, with its caption and its permalink', async () => {
    const items = [
      { ...image(1), alt_text: 'A loaf', user_tags: [{ username: 'ada.baker', x: 0.25, y: 1 }] },
      image(2),
    ];
    const id = await publish({ items, caption: 'Two loaves', location_id: '7' });
    await house.until(user, id, ['completed']);
    const post = await eventually(
      () => get(id),
      ({ permalink }) => permalink !== null,
    );
    expect(post).toMatchObject({
      media_type: 'CAROUSEL',
      video_id: null,
      outcome: 'live',
      instagram_post_id: live()[0]?.media_id,
      items: [
        { kind: 'image', url: image(1).image_url, asset_id: null, alt_text: 'A loaf', user_tags: items[0]?.user_tags },
        { kind: 'image', url: image(2).image_url, asset_id: null },
      ],
    });
    expect(shown()).toEqual(['/1.jpg', '/2.jpg']);
    expect(live()[0]).toMatchObject({ account_id: BAKERY, caption: 'Two loaves', media_product_type: 'FEED' });
    const [first, second] = house.sandbox.state.media.find(post.instagram_post_id)?.children ?? [];
    expect(first?.request).toMatchObject({ alt_text: 'A loaf', is_carousel_item: true, caption: null });
    expect(second?.request.alt_text).toBeNull();
  });

  it('of images and a video waits for the video before it is made', async () => {
    house.sandbox.set({ processing_ms: 1_500 });
    const asset = await user.post('/api/instagram/assets', { url: video(3).video_url });
    const id = await publish({ items: [image(1), { asset_id: asset.body.id }, image(2)], caption: 'Mixed' });
    await eventually(
      () => Promise.resolve(made()),
      (children) => children.length === 3,
    );
    expect((await get(id)).status).toBe('posting');
    await house.until(user, id, ['completed']);
    expect(shown()).toEqual(['/1.jpg', '/3.mp4', '/2.jpg']);
    const sequenceOf = (kind: string, type: string) =>
      house.sandbox.effects().find((one) => one.kind === kind && one.media_type === type)?.sequence ?? 0;
    const videoId = made().find(({ media_type }) => media_type === 'VIDEO')?.container_id;
    const videoDone = house.sandbox.effects('container_finished').find((one) => one.container_id === videoId);
    expect(sequenceOf('container_created', 'CAROUSEL_ALBUM')).toBeGreaterThan(videoDone?.sequence ?? Infinity);
    expect(made()).toHaveLength(3);
  });

  it('of ten items keeps their order', async () => {
    const order = [7, 2, 9, 0, 5, 1, 8, 3, 6, 4];
    const id = await publish({ items: order.map((at) => (at % 3 === 0 ? video(at) : image(at))), caption: 'Ten' });
    await house.until(user, id, ['completed'], 30_000);
    expect(shown()).toEqual(order.map((at) => (at % 3 === 0 ? `/${at}.mp4` : `/${at}.jpg`)));
    expect(made()).toHaveLength(10);
  });

  it('heals by itself when a child fails once; the others are kept', async () => {
    house.sandbox.fault({
      match: { endpoint: 'create_container', nth: 2 },
      do: { kind: 'container_error', subcode: 2207082 },
    });
    const id = await publish({ items: [image(1), video(2), image(3)], caption: 'Healed' });
    await skipTheWait(id, 1);
    await house.until(user, id, ['completed']);
    expect(shown()).toEqual(['/1.jpg', '/2.mp4', '/3.jpg']);
    const children = made().map(({ container_id }) => container_id);
    expect(children).toHaveLength(4);
    expect(live()[0]?.children).toEqual([children[0], children[3], children[2]]);
    expect(await summaries(id)).toContainEqual(expect.stringMatching(/^Item 2 of 3: .*a new container/));
  });

  it('makes a child again whose answer was lost', async () => {
    house.sandbox.fault({ match: { endpoint: 'create_container', nth: 1 }, do: 'drop_after_effect' });
    const id = await publish({ items: [image(1), image(2)], caption: 'Lost and made again' });
    await eventually(
      () => row(id),
      (post) => Object.keys(post?.failures as object).length === 1,
    );
    await house.query(`UPDATE posts SET next_action_at = now() - interval '2 s' WHERE id = $1`, [id]);
    await house.until(user, id, ['completed']);
    expect(shown()).toEqual(['/1.jpg', '/2.jpg']);
    expect(made()).toHaveLength(3);
  });

  it('fails with the name of the item that fails for good, and nothing of it goes live', async () => {
    for (const nth of [3, 4, 5])
      house.sandbox.fault({
        match: { endpoint: 'create_container', nth },
        do: { kind: 'container_error', subcode: 2207082 },
      });
    const id = await publish({ items: [image(1), image(2), video(3)], caption: 'Bad video' });
    await skipTheWait(id, 1);
    await skipTheWait(id, 2);
    const status = await house.until(user, id, ['failed', 'completed']);
    expect(status).toMatchObject({
      status: 'failed',
      outcome: 'not_live',
      safe_to_retry: true,
      error_type: 'media_processing_error',
    });
    expect(status.error_message).toMatch(/^Item 3 of 3: /);
    expect(live()).toEqual([]);
    expect(made()).toHaveLength(5);

    expect((await user.post(`${POSTS}/${id}/retry`)).status).toBe(200);
    await house.until(user, id, ['completed']);
    expect(shown()).toEqual(['/1.jpg', '/2.jpg', '/3.mp4']);
    expect(made()).toHaveLength(8);
  });

  it('is made anew, children and all, when Instagram drops the parent', async () => {
    house.sandbox.fault({
      match: { endpoint: 'create_container', caption_includes: 'Dropped' },
      do: { kind: 'container_error', subcode: 2207032 },
    });
    const id = await publish({ items: [image(1), image(2)], caption: 'Dropped' });
    await skipTheWait(id, 1);
    await house.until(user, id, ['completed']);
    expect(shown()).toEqual(['/1.jpg', '/2.jpg']);
    expect(made()).toHaveLength(4);
  });

  it('is found live when its publish call was answered by silence', async () => {
    house.sandbox.fault({ match: { endpoint: 'media_publish' }, do: 'drop_after_effect' });
    const id = await publish({ items: [image(1), image(2)], caption: 'Silence' });
    await house.until(user, id, ['completed']);
    const post = await eventually(
      () => get(id),
      ({ permalink }) => permalink !== null,
    );
    expect(post.instagram_post_id).toBe(live()[0]?.media_id);
    expect(shown()).toEqual(['/1.jpg', '/2.jpg']);
  });

  describe('with a time', () => {
    const inMs = (ms: number) => new Date(Date.now() + ms);
    const schedule = async (body: object) => {
      const answer = await user.post('/api/instagram/schedule', body);
      expect(answer.status).toBe(200);
      return answer.body.post_id as number;
    };
    const prepared = (id: number) =>
      eventually(
        () => row(id),
        (post) => post?.step === 'publish',
      );

    it('is prepared ahead, and published at its second', async () => {
      const at = inMs(6_000);
      const id = await schedule({ items: [image(1), video(2)], caption: 'On time', scheduled_time: at.toISOString() });
      await prepared(id);
      expect(Date.now()).toBeLessThan(at.getTime());
      expect(await get(id)).toMatchObject({ status: 'scheduled', outcome: 'not_live' });
      await house.until(user, id, ['completed']);
      expect(shown()).toEqual(['/1.jpg', '/2.mp4']);
      const late = new Date(live()[0]?.at ?? 0).getTime() - at.getTime();
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThan(2_000);
    });

    it('is said to be at risk when an item is refused before', async () => {
      house.sandbox.fault({
        match: { endpoint: 'create_container', nth: 2 },
        do: { kind: 'error_before_effect', code: 352, subcode: 2207026 },
      });
      const at = inMs(4_000);
      const id = await schedule({ items: [image(1), video(2)], caption: 'At risk', scheduled_time: at.toISOString() });
      const [event] = await eventually(
        async () => (await eventsOf(id)).filter(({ type }) => type === 'post.at_risk'),
        (events) => events.length === 1,
      );
      expect(event?.data.error_message).toMatch(/^Item 2 of 2: /);
      expect(await get(id)).toMatchObject({ status: 'scheduled' });
      await house.until(user, id, ['completed']);
      expect(shown()).toEqual(['/1.jpg', '/2.mp4']);
      expect(made()).toHaveLength(2);
    });

    it('leaves what was prepared behind when its items or its words change', async () => {
      const scheduled_time = inMs(60_000).toISOString();
      const id = await schedule({ items: [image(1), image(2)], caption: 'Before', scheduled_time });
      await prepared(id);
      const fetches = origin.requests.length;
      const words = await user.send('PATCH', `${POSTS}/${id}`, { caption: 'After' });
      expect(words).toMatchObject({ status: 200, body: { caption: 'After', media_type: 'CAROUSEL' } });
      expect(words.body.items).toHaveLength(2);
      // Looked at by nobody but Instagram.
      const ours = origin.requests.slice(fetches).filter(({ userAgent }) => !userAgent?.includes('facebook'));
      expect(ours).toEqual([]);
      await prepared(id);
      expect(made()).toHaveLength(4);

      const items = [{ ...image(2), alt_text: 'Rolls' }, video(1), image(3)];
      const other = await user.send('PATCH', `${POSTS}/${id}`, { items });
      expect(other.body.items).toMatchObject([{ alt_text: 'Rolls' }, { kind: 'video' }, {}]);
      await prepared(id);
      expect((await user.post(`${POSTS}/${id}/publish`)).status).toBe(200);
      await house.until(user, id, ['completed']);
      expect(shown()).toEqual(['/2.jpg', '/1.mp4', '/3.jpg']);
      expect(live()[0]?.caption).toBe('After');
      expect(made()).toHaveLength(7);
    });

    it('publishes nothing of a canceled one', async () => {
      const scheduled_time = inMs(3_000).toISOString();
      const id = await schedule({ items: [image(1), image(2)], caption: 'Canceled', scheduled_time });
      await prepared(id);
      expect((await user.send('DELETE', `${POSTS}/${id}`)).status).toBe(204);
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      expect(live()).toEqual([]);
    });
  });
});
