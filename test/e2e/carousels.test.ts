import { eventually } from '../support/app';
import { BAKERY } from '../support/sandbox';
import { CarouselStage } from './carousels-stage';

describe('a carousel', () => {
  let stage: CarouselStage;

  beforeAll(async () => {
    stage = await CarouselStage.open();
  }, 60_000);
  afterAll(() => stage.close());
  beforeEach(() => stage.clear());
  afterEach(() => stage.expectNoChildPublished());

  const image = (at: number) => stage.image(at);
  const video = (at: number) => stage.video(at);

  it('of two images goes live as one post, with its caption and its permalink', async () => {
    const texts = { alt_text: 'A loaf', user_tags: [{ username: 'ada.baker', x: 0.25, y: 1 }] };
    const items = [{ ...image(1), ...texts }, image(2)];
    const id = await stage.publish({ items, caption: 'Two loaves', location_id: '7' });
    await stage.house.until(stage.user, id, ['completed']);
    const post = await eventually(
      () => stage.get(id),
      ({ permalink }) => permalink !== null,
    );
    expect(post).toMatchObject({
      media_type: 'CAROUSEL',
      video_id: null,
      outcome: 'live',
      instagram_post_id: stage.live()[0]?.media_id,
      items: [
        { kind: 'image', url: image(1).image_url, asset_id: null, ...texts },
        { kind: 'image', url: image(2).image_url, asset_id: null },
      ],
    });
    expect(stage.shown()).toEqual(['/1.jpg', '/2.jpg']);
    expect(stage.live()[0]).toMatchObject({ account_id: BAKERY, caption: 'Two loaves', media_product_type: 'FEED' });
    const [first, second] = stage.house.sandbox.state.media.find(post.instagram_post_id)?.children ?? [];
    expect(first?.request).toMatchObject({ alt_text: 'A loaf', is_carousel_item: true, caption: null });
    expect(second?.request.alt_text).toBeNull();
  });

  it('of images and a video waits for the video before it is made', async () => {
    stage.house.sandbox.set({ processing_ms: 1_500 });
    const asset = await stage.user.post('/api/instagram/assets', { url: video(3).video_url });
    const id = await stage.publish({ items: [image(1), { asset_id: asset.body.id }, image(2)], caption: 'Mixed' });
    await eventually(
      () => Promise.resolve(stage.children()),
      (children) => children.length === 3,
    );
    expect((await stage.get(id)).status).toBe('posting');
    await stage.house.until(stage.user, id, ['completed']);
    expect(stage.shown()).toEqual(['/1.jpg', '/3.mp4', '/2.jpg']);
    const sequenceOf = (kind: string, type: string) =>
      stage.house.sandbox.effects().find((one) => one.kind === kind && one.media_type === type)?.sequence ?? 0;
    const videoId = stage.children().find(({ media_type }) => media_type === 'VIDEO')?.container_id;
    const videoDone = stage.house.sandbox.effects('container_finished').find((one) => one.container_id === videoId);
    expect(sequenceOf('container_created', 'CAROUSEL_ALBUM')).toBeGreaterThan(videoDone?.sequence ?? Infinity);
    expect(stage.children()).toHaveLength(3);
  });

  it('of ten items keeps their order', async () => {
    const order = [7, 2, 9, 0, 5, 1, 8, 3, 6, 4];
    const id = await stage.publish({
      items: order.map((at) => (at % 3 === 0 ? video(at) : image(at))),
      caption: 'Ten',
    });
    await stage.house.until(stage.user, id, ['completed'], 30_000);
    expect(stage.shown()).toEqual(order.map((at) => (at % 3 === 0 ? `/${at}.mp4` : `/${at}.jpg`)));
    expect(stage.children()).toHaveLength(10);
  });

  it('is made anew, children and all, when Instagram drops the parent', async () => {
    stage.house.sandbox.fault({
      match: { endpoint: 'create_container', caption_includes: 'Dropped' },
      do: { kind: 'container_error', subcode: 2207032 },
    });
    const id = await stage.publish({ items: [image(1), image(2)], caption: 'Dropped' });
    await stage.skipThePause(id, 'media_processing_error');
    await stage.house.until(stage.user, id, ['completed']);
    expect(stage.shown()).toEqual(['/1.jpg', '/2.jpg']);
    expect(stage.children()).toHaveLength(4);
  });

  it('is found live when its publish call was answered by silence', async () => {
    stage.house.sandbox.fault({ match: { endpoint: 'media_publish' }, do: 'drop_after_effect' });
    const id = await stage.publish({ items: [image(1), image(2)], caption: 'Silence' });
    await stage.house.until(stage.user, id, ['completed']);
    const post = await eventually(
      () => stage.get(id),
      ({ permalink }) => permalink !== null,
    );
    expect(post.instagram_post_id).toBe(stage.live()[0]?.media_id);
    expect(stage.shown()).toEqual(['/1.jpg', '/2.jpg']);
  });
});
