import { eventually } from '../support/app';
import { CarouselStage } from './carousels-stage';

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
});
