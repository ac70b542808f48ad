import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { House, eventually, type Client } from '../support/app';
import { startMediaOrigin, type MediaOrigin } from '../support/sandbox';

const POSTS = '/api/instagram/posts';

describe('the end of a post', () => {
  let house: House;
  let origin: MediaOrigin;
  let user: Client;
  let image_url: string;

  // No worker until the last test: what the API alone makes of a post.
  beforeAll(async () => {
    const photo = readFileSync(join(__dirname, '../../demo/photo.jpg'));
    origin = await startMediaOrigin({ '/photo.jpg': photo });
    image_url = `${origin.url}/photo.jpg`;
    house = await House.open({ allow: [origin.url] });
    user = await house.connectedUser();
  }, 60_000);
  afterAll(async () => {
    await house.close();
    await origin.close();
  });

  /** Words of its own for each, so that none is a duplicate. */
  let made = 0;
  const make = async (body: object = {}, by = user) => {
    const answer = await by.post(POSTS, { image_url, status: 'draft', caption: `Post ${(made += 1)}`, ...body });
    expect(answer.status).toBe(201);
    return answer.body.id as number;
  };
  const rewrite = (id: number, sets: string) => house.query(`UPDATE posts SET ${sets} WHERE id = $1`, [id]);
  const NEEDS_REVIEW = `status = 'needs_review', outcome = 'unknown', step = 'done', next_action_at = NULL,
    container_id = '1', container_created_at = now(), intent_at = now(), error_type = 'timeout_error'`;
  const FAILED = `status = 'failed', outcome = 'not_live', step = 'done', next_action_at = NULL, container_id = '1',
    intent_at = now(), publish_calls = 1, failures = '{"timeout_error": 3}', error_type = 'timeout_error', error_message = 'x'`;
  const events = async (id: number) =>
    (await house.query<{ type: string }>('SELECT type FROM events WHERE post_id = $1 ORDER BY id', [id])).map(
      ({ type }) => type,
    );

  describe('POST /posts/{id}/retry', () => {
    it('starts a failed or missed post afresh', async () => {
      for (const sets of [FAILED, `status = 'missed', step = 'done'`]) {
        const id = await make();
        await rewrite(id, sets);
        const answer = await user.post(`${POSTS}/${id}/retry`);
        expect(answer).toMatchObject({
          status: 200,
          body: { status: 'posting', error_type: null, error_message: null },
        });
        const [row] = await house.query('SELECT * FROM posts WHERE id = $1', [id]);
        expect(row).toMatchObject({
          step: 'create',
          container_id: null,
          intent_at: null,
          publish_calls: 0,
          failures: {},
        });
      }
    });

    it.each([
      ['needs_review', NEEDS_REVIEW],
      ['completed', `status = 'completed', outcome = 'live'`],
      ['canceled', `status = 'canceled'`],
      ['draft', `status = 'draft'`],
    ])('refuses a post that is %s', async (_status, sets) => {
      const id = await make();
      await rewrite(id, sets);
      const answer = await user.post(`${POSTS}/${id}/retry`);
      expect(answer).toMatchObject({ status: 409, body: { error_type: 'post_not_retryable' } });
    });
  });

  describe('POST /posts/{id}/resolve', () => {
    const inReview = async () => {
      const id = await make();
      await rewrite(id, NEEDS_REVIEW);
      return id;
    };
    const resolve = (id: number, body: object) => user.post(`${POSTS}/${id}/resolve`, body);

    it('takes a person at their word that it is live', async () => {
      const id = await inReview();
      const answer = await resolve(id, { outcome: 'live', instagram_post_id: '17920238422030506' });
      expect(answer).toMatchObject({
        status: 200,
        body: { status: 'completed', outcome: 'live', instagram_post_id: '17920238422030506', error_type: null },
      });
      expect(answer.body.posted_at).not.toBeNull();
      expect(await events(id)).toEqual(['post.created', 'post.published']);
      const [entry] = (await user.get(`${POSTS}/${id}/timeline`)).body.timeline.slice(-1);
      expect(entry).toMatchObject({ detail: { by_user: user.userId, verdict: 'live' } });
    });

    it('refuses a media id that another post owns, or with not_live', async () => {
      const [owner, id] = [await inReview(), await inReview()];
      expect((await resolve(owner, { outcome: 'live', instagram_post_id: '1799' })).status).toBe(200);
      for (const outcome of ['live', 'not_live'])
        expect(await resolve(id, { outcome, instagram_post_id: '1799' })).toMatchObject({
          status: 422,
          body: { errors: [{ pointer: '/instagram_post_id' }] },
        });
      expect((await user.get(`${POSTS}/${id}`)).body.status).toBe('needs_review');
    });

    it('makes a post that is not there safe to retry', async () => {
      const id = await inReview();
      expect((await resolve(id, { outcome: 'not_live' })).body).toMatchObject({
        status: 'failed',
        safe_to_retry: true,
      });
      expect(await events(id)).toEqual(['post.created', 'post.failed']);
      expect((await user.post(`${POSTS}/${id}/retry`)).status).toBe(200);
    });

    it('is for posts that need review only', async () => {
      const answer = await resolve(await make(), { outcome: 'not_live' });
      expect(answer).toMatchObject({ status: 409, body: { error_type: 'post_not_editable' } });
    });
  });

  it('counts how posts fared', async () => {
    const other = await house.connectedUser();
    const empty = { total_posts: 0, successful_posts: 0, failed_posts: 0, scheduled_posts: 0, success_rate: 0 };
    expect((await other.get('/api/instagram/stats')).body).toEqual(empty);
    const ends = [`status = 'completed', outcome = 'live'`, `status = 'completed', outcome = 'live'`, FAILED];
    for (const sets of [...ends, NEEDS_REVIEW, `status = 'scheduled'`]) await rewrite(await make({}, other), sets);
    expect((await other.get('/api/instagram/stats')).body).toEqual({
      total_posts: 3,
      successful_posts: 2,
      failed_posts: 1,
      scheduled_posts: 1,
      success_rate: 66.7,
    });
  });

  it('is published when a worker comes, after a failure and a retry', async () => {
    house.sandbox.fault({
      match: { endpoint: 'create_container' },
      times: 1,
      do: { kind: 'token_dead', subcode: 460 },
    });
    const caption = 'Second chance';
    const id = await make({ caption });
    await user.post(`${POSTS}/${id}/publish`);
    // What the other tests left is none of a worker's business.
    await house.query(`UPDATE posts SET next_action_at = NULL WHERE id <> $1`, [id]);
    await house.startWorker();
    await house.until(user, id, ['failed']);
    await user.post(`${POSTS}/${id}/retry`);
    await house.until(user, id, ['completed']);
    expect(house.sandbox.effects('media_published').filter((one) => one.caption === caption)).toHaveLength(1);
    await eventually(
      () => events(id),
      (all) => all.includes('post.published'),
    );
    const begun = ['post.created', 'post.publishing', 'post.failed', 'post.publishing', 'post.published'];
    expect(await events(id)).toEqual(begun);
  });
});
