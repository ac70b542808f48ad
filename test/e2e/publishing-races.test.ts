import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { House, eventually, type Client } from '../support/app';
import { startMediaOrigin, type MediaOrigin } from '../support/sandbox';

const POSTS = '/api/instagram/posts';
const ENDS = ['completed', 'failed', 'canceled', 'missed', 'needs_review'];
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The oracle is the emulator's ledger, never our own tables. */
describe('a client against a worker', () => {
  let house: House;
  let origin: MediaOrigin;
  let user: Client;
  let image_url: string;

  beforeAll(async () => {
    origin = await startMediaOrigin({ '/photo.jpg': readFileSync(join(__dirname, '../../demo/photo.jpg')) });
    image_url = `${origin.url}/photo.jpg`;
    house = await House.open({ allow: [origin.url] });
    user = await house.connectedUser();
    // Each call takes a moment, so that cancels fall into it.
    house.sandbox.fault({ match: { endpoint: 'media_publish' }, times: null, do: { kind: 'slow', ms: 60 } });
    await house.startWorker();
  }, 60_000);
  afterAll(async () => {
    await house.close();
    await origin.close();
  });

  const schedule = async (caption: string, at: number) => {
    const answer = await user.post(POSTS, { image_url, caption, scheduled_time: new Date(at).toISOString() });
    expect(answer.status).toBe(201);
    return answer.body.id as number;
  };
  const ended = (id: number) =>
    eventually(
      async () => (await user.get(`${POSTS}/${id}`)).body,
      ({ status }) => ENDS.includes(status),
    );
  const live = (caption: string) =>
    house.sandbox.effects('media_published').filter((effect) => effect.caption === caption).length;

  it('many at once on one post: they agree on one end', async () => {
    for (let round = 0; round < 8; round += 1) {
      const captions = [`Round ${round}`, `Round ${round}, edited`];
      const id = await schedule(captions[0] ?? '', Date.now() + 600_000);
      await pause(Math.random() * 150);
      const [cancel, publish, edit] = await Promise.all([
        user.send('DELETE', `${POSTS}/${id}`),
        user.post(`${POSTS}/${id}/publish`),
        user.send('PATCH', `${POSTS}/${id}`, { caption: captions[1] }),
      ]);
      expect([204, 409]).toContain(cancel.status);
      expect([200, 409]).toContain(publish.status);
      expect([200, 409]).toContain(edit.status);
      const end = await ended(id);
      const lives = captions.map(live);
      if (cancel.status === 204) {
        await pause(300);
        expect([end.status, captions.map(live)]).toEqual(['canceled', [0, 0]]);
      } else {
        expect([end.status, lives]).toEqual(['completed', edit.status === 200 ? [0, 1] : [1, 0]]);
      }
    }
  }, 60_000);
});
