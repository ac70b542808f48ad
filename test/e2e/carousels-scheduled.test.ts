import { eventually } from '../support/app';
import { CarouselStage } from './carousels-stage';

const POSTS = '/api/instagram/posts';

describe('a scheduled carousel', () => {
  let stage: CarouselStage;

  beforeAll(async () => {
    stage = await CarouselStage.open();
  }, 60_000);
  afterAll(() => stage.close());
  beforeEach(() => stage.clear());
  afterEach(() => stage.expectNoChildPublished());

  const image = (at: number) => stage.image(at);
  const video = (at: number) => stage.video(at);
  const eventsOf = (id: number) =>
    stage.house.query<{ type: string; data: Record<string, unknown> }>('SELECT * FROM events WHERE post_id = $1', [id]);

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

  it('is prepared ahead, and published at its second', async () => {
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

  it('is said to be at risk when an item is refused before', async () => {
    stage.house.sandbox.fault({
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
    expect(await stage.get(id)).toMatchObject({ status: 'scheduled' });
    await stage.house.until(stage.user, id, ['completed']);
    expect(stage.shown()).toEqual(['/1.jpg', '/2.mp4']);
    expect(stage.children()).toHaveLength(2);
  });

  it('leaves what was prepared behind when its items or its words change', async () => {
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

  it('publishes nothing of a canceled one', async () => {
    const scheduled_time = inMs(3_000).toISOString();
    const id = await schedule({ items: [image(1), image(2)], caption: 'Canceled', scheduled_time });
    await prepared(id);
    expect((await stage.user.send('DELETE', `${POSTS}/${id}`)).status).toBe(204);
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect(stage.live()).toEqual([]);
  });
});
