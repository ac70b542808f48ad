import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { House, eventually, type Client } from '../support/app';
import { BAKERY, startMediaOrigin, type MediaOrigin } from '../support/sandbox';

const demo = (name: string) => readFileSync(join(__dirname, '../../demo', name));

describe('publishing', () => {
  let house: House;
  let origin: MediaOrigin;
  let user: Client;

  beforeAll(async () => {
    origin = await startMediaOrigin({ '/reel.mp4': demo('reel.mp4'), '/photo.jpg': demo('photo.jpg') });
    house = await House.open({ allow: [origin.url] });
    user = await house.connectedUser();
    await house.startWorker();
  }, 60_000);
  afterAll(async () => {
    await house.close();
    await origin.close();
  });
  beforeEach(() => house.sandbox.state.faults.clear());

  const publish = async (body: object) => {
    const answer = await user.post('/api/instagram/post', body);
    expect(answer).toMatchObject({ status: 200, body: { success: true, status: 'processing' } });
    return answer.body.post_id as number;
  };
  const liveWith = (caption: string) =>
    house.sandbox.effects('media_published').filter((effect) => effect.caption === caption);

  it('puts a video of the library on Instagram as a reel, once, with its permalink', async () => {
    const asset = await user.upload('/api/instagram/assets/upload', demo('reel.mp4'), 'reel.mp4');
    expect(asset).toMatchObject({ status: 201, body: { kind: 'video', problems: [] } });
    const id = await publish({ video_id: asset.body.id, caption: 'A reel of ours #bakery' });
    await house.until(user, id, ['completed']);
    const post = await eventually(
      async () => (await user.get(`/api/instagram/posts/${id}`)).body,
      ({ permalink }) => permalink !== null,
    );
    const [published, ...more] = liveWith('A reel of ours #bakery');
    expect(more).toEqual([]);
    expect(published).toMatchObject({ account_id: BAKERY, media_product_type: 'REELS' });
    expect(post).toMatchObject({
      status: 'completed',
      outcome: 'live',
      safe_to_retry: false,
      video_id: asset.body.id,
      media_type: 'REELS',
      instagram_post_id: published?.media_id,
      error_message: null,
    });
    expect(post.permalink).toMatch(/^http/);
    expect(new Date(post.posted_at).toISOString()).toBe(post.posted_at);
  });

  it('puts an image that lies elsewhere on Instagram, fetched by Meta itself', async () => {
    const id = await publish({ image_url: `${origin.url}/photo.jpg`, caption: 'A photo', alt_text: 'Bread' });
    await house.until(user, id, ['completed']);
    expect(liveWith('A photo')).toHaveLength(1);
    expect(origin.requests.map(({ userAgent }) => userAgent)).toContainEqual(
      expect.stringContaining('facebookexternalhit'),
    );
  });

  it('tells the whole story of a post, without a secret in it', async () => {
    const id = await publish({ image_url: `${origin.url}/photo.jpg`, caption: 'A story to tell' });
    await house.until(user, id, ['completed']);
    await eventually(
      async () => (await user.get(`/api/instagram/posts/${id}/status`)).body,
      ({ next_action_at }) => next_action_at === null,
    );
    const { body } = await user.get(`/api/instagram/posts/${id}/timeline`);
    const summaries: string[] = body.timeline.map(({ summary }: { summary: string }) => summary);
    expect(summaries[0]).toBe('accepted as posting');
    expect(summaries).toContain('POST /{ig-id}/media: 200');
    expect(summaries).toContain('POST /{ig-id}/media_publish: 200');
    expect(summaries.filter((one) => one.includes('media_publish'))).toHaveLength(1);
    expect(summaries.findIndex((one) => one.includes('is about to be sent'))).toBeLessThan(
      summaries.indexOf('POST /{ig-id}/media_publish: 200'),
    );
    expect(JSON.stringify(body)).not.toMatch(/EAA|access_token|Bearer/);
    const events = await house.query<{ type: string }>('SELECT type FROM events WHERE post_id = $1 ORDER BY id', [id]);
    expect(events.map(({ type }) => type)).toEqual(['post.created', 'post.publishing', 'post.published']);
  });

  it('finds a post live whose publish call was answered by silence, and its media id', async () => {
    house.sandbox.fault({ match: { endpoint: 'media_publish' }, times: 1, do: 'drop_after_effect' });
    const id = await publish({ image_url: `${origin.url}/photo.jpg`, caption: 'Silence after the effect' });
    await house.until(user, id, ['completed']);
    const post = await eventually(
      async () => (await user.get(`/api/instagram/posts/${id}`)).body,
      ({ permalink }) => permalink !== null,
    );
    const published = liveWith('Silence after the effect');
    expect(published).toHaveLength(1);
    expect(post).toMatchObject({ outcome: 'live', instagram_post_id: published[0]?.media_id });
  });

  it('finds a post live whose publish call was answered by an error', async () => {
    const error = {
      kind: 'error_after_effect',
      code: 4,
      subcode: 2207051,
      message: 'Application request limit reached',
    };
    house.sandbox.fault({ match: { endpoint: 'media_publish' }, times: 1, do: error });
    const id = await publish({ image_url: `${origin.url}/photo.jpg`, caption: 'An error, yet live' });
    await house.until(user, id, ['completed']);
    expect(liveWith('An error, yet live')).toHaveLength(1);
  });

  it('fails a post that Instagram refuses, with the reason and what to do', async () => {
    house.sandbox.fault({
      match: { endpoint: 'create_container' },
      times: 1,
      do: { kind: 'token_dead', subcode: 460 },
    });
    const id = await publish({ image_url: `${origin.url}/photo.jpg`, caption: 'Refused' });
    const status = await house.until(user, id, ['failed', 'completed']);
    expect(status).toMatchObject({
      status: 'failed',
      outcome: 'not_live',
      safe_to_retry: true,
      error_type: 'invalid_token',
    });
    expect(status.error_message).toEqual(expect.any(String));
    expect(liveWith('Refused')).toEqual([]);
  });
});
