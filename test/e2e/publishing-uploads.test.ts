import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { House, eventually, type Client } from '../support/app';
import { BAKERY, startMediaOrigin, STUDIO, type MediaOrigin } from '../support/sandbox';
import { endWorkerProcesses, startWorkerProcess } from '../support/worker-process';

const demo = (name: string) => readFileSync(join(__dirname, '../../demo', name));
const REEL = demo('reel.mp4');
const SIZE = REEL.length;
const POSTS = '/api/instagram/posts';

jest.setTimeout(60_000);

/** A house that nobody outside can reach: Instagram can fetch none of its files. */
describe('videos of an installation without a public address', () => {
  let house: House;
  let origin: MediaOrigin;
  let user: Client;
  let video: number;

  beforeAll(async () => {
    origin = await startMediaOrigin({ '/photo.jpg': demo('photo.jpg') });
    house = await House.open({ allow: [origin.url], env: { PUBLIC_BASE_URL: 'http://10.1.2.3:8000' } });
    user = await house.connectedUser();
    const asset = await user.upload('/api/instagram/assets/upload', REEL, 'reel.mp4');
    video = asset.body.id;
  }, 60_000);
  afterAll(async () => {
    await house.close();
    await origin.close();
  });
  beforeEach(() => {
    house.sandbox.state.faults.clear();
    house.sandbox.state.ledger.clear();
  });

  const publish = async (body: object) => {
    const answer = await user.post('/api/instagram/post', body);
    expect(answer).toMatchObject({ status: 200, body: { success: true } });
    return answer.body.post_id as number;
  };
  const row = async (id: number) => (await house.query('SELECT * FROM posts WHERE id = $1', [id]))[0];
  const live = () => house.sandbox.effects('media_published');
  const requests = () =>
    house.sandbox.state.ledger.uploads.map(({ offset, bytes, outcome }) => ({ offset, bytes, outcome }));
  const summaries = async (id: number): Promise<string[]> =>
    (await user.get(`${POSTS}/${id}/timeline`)).body.timeline.map(({ summary }: { summary: string }) => summary);
  /** The containers of these effects, as they were asked for. */
  const asked = () =>
    house.sandbox
      .effects('container_created')
      .map(({ container_id }) => house.sandbox.state.containers.find(container_id ?? '')?.request);
  const skipThePause = async (id: number, kind: string, times: number) => {
    await eventually(
      async () => ((await row(id))?.failures as Record<string, number>)[kind],
      (count) => count === times,
    );
    await house.query(`UPDATE posts SET next_action_at = now() - interval '2 s' WHERE id = $1`, [id]);
  };
  const whole = [{ offset: 0, bytes: SIZE, outcome: 'complete' }];

  describe('with a worker', () => {
    let worker: Awaited<ReturnType<House['startWorker']>>;
    beforeAll(async () => {
      worker = await house.startWorker();
    });
    afterAll(() => house.stopWorker(worker));

    it.each([
      ['a reel', undefined, 'REELS'],
      ['a video story', 'STORIES', 'STORY'],
    ])('%s goes live, though Instagram was given no address', async (_, media_type, surface) => {
      const id = await publish({
        video_id: video,
        media_type,
        ...(media_type ? {} : { caption: 'Sent, not fetched' }),
      });
      await house.until(user, id, ['completed']);
      expect(live()).toMatchObject([{ account_id: BAKERY, media_product_type: surface }]);
      expect(asked()).toMatchObject([{ resumable: true, source_url: null, surface }]);
      expect(house.sandbox.state.ledger.fetches).toEqual([]);
      expect(requests()).toEqual(whole);
      const file = house.sandbox.state.media.find(live()[0]?.media_id ?? '')?.file;
      expect(readFileSync(file?.path ?? '').equals(REEL)).toBe(true);
      const said = await summaries(id);
      expect(said).toContain(`The video is sent to Instagram: ${SIZE.toLocaleString('en-US')} bytes.`);
      expect(said).toContain(`POST /ig-api-upload/{version}/{container-id}, ${SIZE} bytes from 0 of ${SIZE}: 200`);
    });

    it('a carousel of both: its videos are sent, its image is fetched from where it lies', async () => {
      const items = [{ asset_id: video }, { image_url: `${origin.url}/photo.jpg` }, { asset_id: video }];
      const id = await publish({ items, caption: 'Two sent, one fetched' });
      await house.until(user, id, ['completed']);
      expect(live()).toMatchObject([{ media_type: 'CAROUSEL_ALBUM' }]);
      expect(live()[0]?.children).toHaveLength(3);
      expect(requests()).toEqual([...whole, ...whole]);
      expect(house.sandbox.state.ledger.fetches.map(({ url }) => url)).toEqual([`${origin.url}/photo.jpg`]);
      expect(asked().map((request) => request?.resumable)).toEqual([true, false, true, false]);
      expect(await summaries(id)).toContainEqual(expect.stringMatching(/^Item 1 of 3: All .* bytes were sent/));
    });

    it('that were cut off go on from the next byte, not from the first', async () => {
      house.sandbox.fault({ match: { endpoint: 'upload' }, do: { kind: 'cut', after_bytes: 123_456 } });
      const id = await publish({ video_id: video, caption: 'Cut once' });
      await skipThePause(id, 'network_error', 1);
      await house.until(user, id, ['completed']);
      expect(requests()).toEqual([
        { offset: 0, bytes: 123_456, outcome: 'cut' },
        { offset: 123_456, bytes: SIZE - 123_456, outcome: 'complete' },
      ]);
      expect(house.sandbox.effects('container_created')).toHaveLength(1);
      expect(await summaries(id)).toContain(
        `Instagram has 123,456 of ${SIZE.toLocaleString('en-US')} bytes; the next one is sent.`,
      );
    });

    it('that had arrived although the answer was lost are not sent again', async () => {
      house.sandbox.fault({ match: { endpoint: 'upload' }, do: 'drop_after_effect' });
      const id = await publish({ video_id: video, caption: 'Answer lost' });
      await skipThePause(id, 'network_error', 1);
      await house.until(user, id, ['completed']);
      expect(requests()).toEqual(whole);
      expect(house.sandbox.effects('container_created')).toHaveLength(1);
    });

    it('are sent again from where they were after a refusal that may pass', async () => {
      const refusal = { kind: 'upload_refused', retriable: true, after_bytes: 1_000 };
      house.sandbox.fault({ match: { endpoint: 'upload' }, do: refusal });
      const id = await publish({ video_id: video, caption: 'Refused for now' });
      await skipThePause(id, 'instagram_error', 1);
      await house.until(user, id, ['completed']);
      expect(requests().at(-1)).toEqual({ offset: 1_000, bytes: SIZE - 1_000, outcome: 'complete' });
    });

    it('get a new container after a final refusal, twice, and then fail with a clear word', async () => {
      house.sandbox.fault({ match: { endpoint: 'upload' }, times: null, do: 'upload_refused' });
      const id = await publish({ video_id: video, caption: 'Refused for good' });
      for (const times of [1, 2]) await skipThePause(id, 'media_processing_error', times);
      const status = await house.until(user, id, ['failed']);
      expect(house.sandbox.effects('container_created')).toHaveLength(3);
      expect(live()).toEqual([]);
      expect(status).toMatchObject({ outcome: 'not_live', safe_to_retry: true, error_type: 'media_processing_error' });
      expect(status.error_message).toMatch(/upload server took the video no further/);
    });

    it('may take longer than a lease: the claim is kept for as long as bytes flow', async () => {
      house.sandbox.fault({ match: { endpoint: 'upload' }, do: { kind: 'slow', ms: 9_000, after_effect: true } });
      const id = await publish({ video_id: video, caption: 'Slowly' });
      await house.until(user, id, ['completed'], 30_000);
      expect(requests()).toEqual(whole);
      expect(await summaries(id)).not.toContainEqual(expect.stringContaining('Another worker stopped'));
      expect(live()).toHaveLength(1);
    });

    it('of a scheduled post are sent ahead of its time', async () => {
      const at = new Date(Date.now() + 6_000);
      const body = { video_id: video, caption: 'At its second', scheduled_time: at.toISOString() };
      const answer = await user.post('/api/instagram/schedule', body);
      await house.until(user, answer.body.post_id, ['completed']);
      const [uploaded] = house.sandbox.effects('media_uploaded');
      expect(Date.parse(uploaded?.at ?? '')).toBeLessThan(at.getTime() - 1_000);
      expect(Date.parse(live()[0]?.at ?? '')).toBeGreaterThanOrEqual(at.getTime());
      expect(requests()).toEqual(whole);
    });

    it('can be canceled in the middle: no byte follows, and nothing goes live', async () => {
      const fault = { kind: 'cut', after_bytes: 200_000, after_ms: 4_000 };
      house.sandbox.fault({ match: { endpoint: 'upload' }, do: fault });
      const id = await publish({ video_id: video, caption: 'Canceled' });
      await eventually(
        () => Promise.resolve(requests()),
        ({ length }) => length === 1,
      );
      expect((await user.send('DELETE', `${POSTS}/${id}`)).status).toBe(204);
      await new Promise((resolve) => setTimeout(resolve, 6_000));
      expect(requests()).toEqual([{ offset: 0, bytes: 200_000, outcome: 'cut' }]);
      expect(live()).toEqual([]);
      expect(await row(id)).toMatchObject({ status: 'canceled', step: 'done' });
    });
  });

  describe('with workers of their own', () => {
    afterEach(() => endWorkerProcesses());

    it('of a worker that was killed in the middle go on where it was', async () => {
      const fault = { kind: 'cut', after_bytes: 222_222, after_ms: 20_000 };
      house.sandbox.fault({ match: { endpoint: 'upload' }, do: fault });
      const first = await startWorkerProcess(house.env);
      const id = await publish({ video_id: video, caption: 'Killed in the middle' });
      await eventually(
        () => Promise.resolve(requests()),
        ({ length }) => length === 1,
      );
      first.kill('SIGKILL');
      await first.exited;
      await first.restart();
      await house.until(user, id, ['completed'], 30_000);
      expect(requests()).toEqual([
        { offset: 0, bytes: 222_222, outcome: 'cut' },
        { offset: 222_222, bytes: SIZE - 222_222, outcome: 'complete' },
      ]);
      expect(house.sandbox.effects('container_created')).toHaveLength(1);
      expect(live()).toHaveLength(1);
    });

    it('of a worker that is asked to stop are left to another one at once', async () => {
      const fault = { kind: 'cut', after_bytes: 333_333, after_ms: 20_000 };
      house.sandbox.fault({ match: { endpoint: 'upload' }, do: fault });
      const first = await startWorkerProcess(house.env);
      const id = await publish({ video_id: video, caption: 'A deploy' });
      await eventually(
        () => Promise.resolve(requests()),
        ({ length }) => length === 1,
      );
      first.kill('SIGTERM');
      expect(await first.exited).toEqual({ code: 0, signal: null });
      expect(await row(id)).toMatchObject({ lease_until: null, upload: { state: 'ask' }, failures: {} });
      await first.restart();
      await house.until(user, id, ['completed'], 30_000);
      expect(requests().at(-1)).toEqual({ offset: 333_333, bytes: SIZE - 333_333, outcome: 'complete' });
    });
  });

  it('are refused early where they can’t be sent, with what to do about it', async () => {
    const studio = await house.newUser();
    const access_token = house.sandbox.token(STUDIO, { login: 'instagram' });
    const connected = await studio.post('/api/instagram/manual-connect', { account_id: STUDIO, access_token });
    expect(connected.status).toBe(200);
    const uploaded = await studio.upload('/api/instagram/assets/upload', REEL, 'reel.mp4');
    const refusal = {
      status: 400,
      body: {
        error_type: 'media_unreachable',
        detail: 'Instagram has to fetch this video, and http://10.1.2.3:8000 is no address of the public internet.',
        action_required: expect.stringMatching(/PUBLIC_BASE_URL.*S3/),
      },
    };
    expect(await studio.post('/api/instagram/post', { video_id: uploaded.body.id })).toMatchObject(refusal);
    expect(await house.query('SELECT id FROM posts WHERE user_id = $1', [studio.userId])).toEqual([]);

    const photo = await user.upload('/api/instagram/assets/upload', demo('photo.jpg'), 'photo.jpg');
    const image = await user.post('/api/instagram/post', { asset_id: photo.body.id });
    expect(image).toMatchObject({ status: 400, body: { error_type: 'media_unreachable' } });
  });
});
