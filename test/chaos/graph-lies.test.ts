import { Stage, struck, until } from './chaos-stage';

jest.setTimeout(120_000);

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

  const settled = async (...ids: number[]) =>
    until(
      () => stage.house.query(`SELECT id FROM posts WHERE id = ANY($1) AND step NOT IN ('link', 'done')`, [ids]),
      (rest) => rest.length === 0,
    );

  describe.each(POLICIES)('that answers a second call on a container with %s', (republish) => {
    const media = republish === 'duplicate' ? 2 : 1;
    const tooLate = `too late, ${republish}.`;
    const liesForLong = `lies for long, ${republish}.`;
    let ids: number[];
    let effectAt: number;

    beforeAll(async () => {
      stage.sandbox.state.faults.clear();
      stage.sandbox.set({ republish });
      const late = stage.fault('media_publish', tooLate, { kind: 'delayed_effect', ms: WINDOW_MS * 3 });
      stage.fault('media_publish', liesForLong, 'drop_after_effect');
      stage.faultOnVerifying(liesForLong, { kind: 'lie', status_code: 'FINISHED' }, 4);
      ids = [await stage.post(tooLate), await stage.post(liesForLong)];
      await struck(late);
      effectAt = Date.now() + WINDOW_MS * 3;
      await settled(...ids);
    });

    it(`lets an effect arrive long after the verification: ${media} live`, async () => {
      await until(
        () => Date.now(),
        (now) => now > effectAt + 500,
      );
      expect(stage.live(tooLate)).toHaveLength(media);
      expect(await stage.status(ids[0]!)).toMatchObject({ status: 'completed', outcome: 'live' });
    });

    it(`says FINISHED of a live container for longer than the verification: ${media} live`, async () => {
      expect(stage.live(liesForLong)).toHaveLength(media);
      expect(await stage.status(ids[1]!)).toMatchObject({ status: 'completed', outcome: 'live' });
    });
  });

  it('says FINISHED of a live container for ever and refuses to publish it again: never a new container, also when it is too old', async () => {
    stage.sandbox.set({ republish: 'reject' });
    const caption = 'lies for ever.';
    stage.fault('media_publish', caption, 'drop_after_effect');
    stage.faultOnVerifying(caption, { kind: 'lie', status_code: 'FINISHED' }, null);
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
    stage.faultOnVerifying(caption, { kind: 'lie', status_code: 'EXPIRED' });
    const id = await stage.post(caption);
    await settled(id);
    expect(stage.live(caption)).toHaveLength(2);
    expect(await stage.status(id)).toMatchObject({ status: 'completed', outcome: 'live' });
  });
});
