import { Stage, until } from './chaos-stage';

jest.setTimeout(60_000);

const WINDOW_MS = 1_000;
const POLICIES = ['reject', 'same_id', 'duplicate'] as const;

/**
 * What docs/adr/0003 rests on, played the other way round: a container's status is truthful once the verification is over,
 * and publishing one container twice makes no second medium. Each alone may be wrong without harm; where both are, or
 * where Instagram calls a live container dead, there are two media. That is the risk that is left, and here is its size.
 */
describe('an Instagram that is not as we assume', () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await Stage.open({
      PUBLISH_VERIFY_DELAYS_MS: [0.25, 0.5, 1].map((share) => share * WINDOW_MS).join(','),
    });
    await stage.house.startWorker();
  });
  afterAll(() => stage.close());
  beforeEach(() => stage.sandbox.state.faults.clear());

  const settled = async (...ids: number[]) =>
    until(
      () => stage.house.query(`SELECT id FROM posts WHERE id = ANY($1) AND step NOT IN ('link', 'done')`, [ids]),
      (rest) => rest.length === 0,
    );

  describe.each(POLICIES)('that answers a second call on a container with %s', (republish) => {
    const media = republish === 'duplicate' ? 2 : 1;

    beforeAll(() => stage.sandbox.set({ republish }));

    it(`lets an effect arrive after the verification: ${media} live`, async () => {
      const caption = `too late, ${republish}.`;
      stage.fault('media_publish', caption, { kind: 'delayed_effect', ms: WINDOW_MS * 1.5 });
      const id = await stage.post(caption);
      await settled(id);
      await until(
        () => stage.live(caption).length,
        (count) => count === media,
      );
      expect(await stage.status(id)).toMatchObject({ status: 'completed', outcome: 'live' });
    });

    it(`says FINISHED of a live container for longer than the verification: ${media} live`, async () => {
      const caption = `lies for long, ${republish}.`;
      stage.fault('media_publish', caption, 'drop_after_effect');
      stage.fault('container_status', caption, { kind: 'lie', status_code: 'FINISHED' }, 5);
      const id = await stage.post(caption);
      await settled(id);
      expect(stage.live(caption)).toHaveLength(media);
      expect(await stage.status(id)).toMatchObject({ status: 'completed', outcome: 'live' });
    });
  });

  it('says FINISHED of a live container for ever and refuses to publish it again: never a new container, also when it is too old', async () => {
    stage.sandbox.set({ republish: 'reject' });
    const caption = 'lies for ever.';
    stage.fault('media_publish', caption, 'drop_after_effect');
    stage.fault('container_status', caption, { kind: 'lie', status_code: 'FINISHED' }, null);
    const id = await stage.post(caption);
    const row = () =>
      stage.house.query<{ step: string; publish_calls: number }>(
        'SELECT step, publish_calls FROM posts WHERE id = $1',
        [id],
      );
    await until(row, ([post]) => (post?.publish_calls ?? 0) >= 2);
    await stage.house.query(`UPDATE posts SET container_created_at = now() - interval '25 hours' WHERE id = $1`, [id]);
    await settled(id);
    expect(await stage.status(id)).toMatchObject({ status: 'needs_review', outcome: 'unknown' });
    expect(stage.live(caption)).toHaveLength(1);
    expect(stage.containers(caption)).toHaveLength(1);
  });

  it('calls a live container expired: 2 live', async () => {
    const caption = 'live, and called expired.';
    stage.fault('media_publish', caption, 'drop_after_effect');
    stage.fault('container_status', caption, { kind: 'usage', call_count: 1 });
    stage.fault('container_status', caption, { kind: 'lie', status_code: 'EXPIRED' });
    const id = await stage.post(caption);
    await settled(id);
    expect(stage.live(caption)).toHaveLength(2);
    expect(await stage.status(id)).toMatchObject({ status: 'completed', outcome: 'live' });
  });
});
