import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { House, eventually, type Client } from '../support/app';
import { startMediaOrigin, type MediaOrigin } from '../support/sandbox';

const demo = (name: string) => readFileSync(join(__dirname, '../../demo', name));

jest.setTimeout(60_000);

describe('assets that are posted as soon as they are ready', () => {
  let house: House;
  let origin: MediaOrigin;
  let user: Client;

  beforeAll(async () => {
    origin = await startMediaOrigin({ '/photo.jpg': demo('photo.jpg') });
    house = await House.open({ allow: [origin.url] });
    user = await house.connectedUser();
  }, 60_000);
  afterAll(async () => {
    await house.close();
    await origin.close();
  });

  const read = async (id: number, by = user) => (await by.get(`/api/instagram/assets/${id}`)).body;
  const settled = (id: number, by = user) =>
    eventually(
      () => read(id, by),
      ({ auto_post }) => auto_post.status !== 'waiting',
    );
  const postsOf = (caption: string) =>
    house.query<{ id: number; video_id: number | null; media_type: string }>(
      'SELECT id, video_id, media_type FROM posts WHERE caption = $1',
      [caption],
    );
  const add = (more: object, by = user) =>
    by.post('/api/instagram/assets', { url: `${origin.url}/photo.jpg`, auto_post_to_instagram: true, ...more });

  it('wait for a worker, and say so', async () => {
    const asset = await add({ caption: 'Nobody is there yet' });
    expect(asset).toMatchObject({
      status: 201,
      body: {
        caption: 'Nobody is there yet',
        auto_post: { status: 'waiting', post_id: null, error_type: null, message: null },
      },
    });
    expect(await postsOf('Nobody is there yet')).toEqual([]);
  });

  it('are posted once by however many workers, an image in the feed and a video as a reel', async () => {
    const assets: number[] = [];
    for (let i = 0; i < 5; i += 1) assets.push((await add({ caption: `Posted by itself, ${i}` })).body.id as number);
    const fields = { auto_post_to_instagram: 'true', caption: 'A reel by itself' };
    const reel = await user.upload('/api/instagram/assets/upload', demo('reel.mp4'), 'reel.mp4', fields);
    expect(reel).toMatchObject({ status: 201, body: { auto_post: { status: 'waiting' } } });
    await Promise.all([house.startWorker(), house.startWorker()]);
    for (const [i, id] of assets.entries()) {
      const { auto_post } = await settled(id);
      const posts = await postsOf(`Posted by itself, ${i}`);
      expect(posts).toEqual([{ id: auto_post.post_id, video_id: null, media_type: 'IMAGE' }]);
      expect(auto_post).toEqual({ status: 'posted', post_id: posts[0]?.id, error_type: null, message: null });
      await house.until(user, auto_post.post_id, ['completed']);
    }
    const { auto_post } = await settled(reel.body.id as number);
    expect(await postsOf('A reel by itself')).toEqual([
      { id: auto_post.post_id, video_id: reel.body.id, media_type: 'REELS' },
    ]);
    await house.until(user, auto_post.post_id, ['completed']);
    const live = house.sandbox.effects('media_published').map(({ caption }) => caption);
    expect(live.sort()).toEqual([...new Set(live)].sort());
  });

  it('are posted when they become ready, however late', async () => {
    const { body } = await user.post('/api/instagram/assets', {
      url: `${origin.url}/photo.jpg`,
      caption: 'Ready late',
    });
    expect(body.auto_post).toBeNull();
    // As an asset whose conversion takes its time.
    const inAnHour = `status = 'processing', mend_at = now() + interval '1 hour'`;
    await house.query(`UPDATE assets SET ${inAnHour}, auto_post = 'waiting' WHERE id = $1`, [body.id]);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await postsOf('Ready late')).toEqual([]);
    await house.query(`UPDATE assets SET status = 'ready', mend_at = NULL WHERE id = $1`, [body.id]);
    const posts = await eventually(
      () => postsOf('Ready late'),
      (found) => found.length > 0,
    );
    expect(posts).toHaveLength(1);
  });

  it('say why they could not be posted', async () => {
    const lonely = await house.newUser();
    const asset = await add({ caption: 'No account' }, lonely);
    const { auto_post } = await settled(asset.body.id as number, lonely);
    expect(auto_post).toMatchObject({ status: 'failed', post_id: null, error_type: 'account_not_connected' });
    expect(auto_post.message).toEqual(expect.any(String));
    expect(await postsOf('No account')).toEqual([]);

    const tags = (await add({ caption: '#a '.repeat(31) })).body.id as number;
    expect((await settled(tags)).auto_post).toMatchObject({ status: 'failed', error_type: 'validation_error' });
    await house.query(`UPDATE assets SET problems = '[]', size_bytes = 99000000, auto_post = NULL WHERE id = $1`, [
      tags,
    ]);
    await house.query(`UPDATE assets SET auto_post = 'waiting', caption = 'Too large' WHERE id = $1`, [tags]);
    expect((await settled(tags)).auto_post).toMatchObject({ status: 'failed', error_type: 'media_too_large' });
  });

  it('are only those that ask for it', async () => {
    const asset = await add({ auto_post_to_instagram: false, caption: 'Kept for later' });
    expect(asset.body).toMatchObject({ auto_post: null, caption: 'Kept for later' });
    const fields = { auto_post_to_instagram: 'false' };
    const upload = await user.upload('/api/instagram/assets/upload', demo('photo.jpg'), 'photo.jpg', fields);
    expect(upload).toMatchObject({ status: 201, body: { auto_post: null, caption: null } });
    const odd = await user.upload('/api/instagram/assets/upload', demo('photo.jpg'), 'photo.jpg', {
      auto_post_to_instagram: 'maybe',
    });
    expect(odd).toMatchObject({ status: 422, body: { errors: [{ pointer: '/auto_post_to_instagram' }] } });
    const long = await add({ caption: 'x'.repeat(2_201) });
    expect(long).toMatchObject({ status: 422, body: { errors: [{ pointer: '/caption' }] } });
    expect(await postsOf('Kept for later')).toEqual([]);
  });
});
