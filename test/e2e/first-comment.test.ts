import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commentElsewhere } from '../../src/sandbox/control-comments';
import { House, eventually, type Client } from '../support/app';
import { queueBackend } from '../support/settings';
import { BAKERY, TRAVEL, startMediaOrigin, type MediaOrigin } from '../support/sandbox';
import { endWorkerProcesses, startWorkerProcess } from '../support/worker-process';

const photo = readFileSync(join(__dirname, '../../demo/photo.jpg'));
const TEXT = 'Recipe in our bio #sourdough';

jest.setTimeout(60_000);

describe(`the first comment (${queueBackend()})`, () => {
  let house: House;
  let origin: MediaOrigin;
  let user: Client;

  beforeAll(async () => {
    origin = await startMediaOrigin({ '/photo.jpg': photo });
    house = await House.open({ allow: [origin.url] });
    user = await house.connectedUser();
  }, 60_000);
  afterAll(async () => {
    await endWorkerProcesses();
    await house.close();
    await origin.close();
  });
  beforeEach(() => house.sandbox.state.faults.clear());

  let posts = 0;
  const publish = async (more: object = {}): Promise<number> => {
    const caption = `Post ${(posts += 1)} with a comment.`;
    const body = { image_url: `${origin.url}/photo.jpg`, caption, first_comment: TEXT, ...more };
    const answer = await user.post('/api/instagram/post', body);
    expect(answer).toMatchObject({ status: 200 });
    return answer.body.post_id as number;
  };
  const read = async (id: number) => (await user.get(`/api/instagram/posts/${id}`)).body;
  const settled = (id: number) =>
    eventually(
      () => read(id),
      ({ first_comment, status }) => status === 'failed' || first_comment.status !== 'pending',
      30_000,
    );
  const written = (mediaId: string) =>
    house.sandbox.effects('comment_created').filter(({ media_id }) => media_id === mediaId);
  const calls = (mediaId: string) => ({
    stored: house.sandbox.state.comments.of(mediaId).map(({ text }) => text),
  });
  const row = async (id: number) => {
    const [found] = await house.query('SELECT * FROM first_comments WHERE post_id = $1', [id]);
    return found;
  };

  describe('with a worker', () => {
    beforeAll(() => house.startWorker());

    it('is written once, under the post, and told in the post and on its timeline', async () => {
      const id = await publish();
      const post = await settled(id);
      expect(post).toMatchObject({
        status: 'completed',
        outcome: 'live',
        first_comment: { text: TEXT, status: 'posted' },
      });
      const [one, ...more] = written(post.instagram_post_id);
      expect(more).toEqual([]);
      expect(one).toMatchObject({ account_id: BAKERY, text: TEXT, comment_id: post.first_comment.comment_id });
      const { body } = await user.get(`/api/instagram/posts/${id}/timeline`);
      const told: string[] = body.timeline.map(({ summary }: { summary: string }) => summary);
      expect(told.indexOf('The first comment is about to be written.')).toBeGreaterThan(0);
      expect(told.indexOf('POST /{media-id}/comments: 200')).toBeGreaterThan(
        told.indexOf('The first comment is about to be written.'),
      );
      const list = (await user.get('/api/instagram/posts')).body;
      expect(list.posts.find((one: { id: number }) => one.id === id).first_comment).toEqual(post.first_comment);
    });

    it('is not asked for by most posts', async () => {
      const id = await publish({ first_comment: null });
      await house.until(user, id, ['completed']);
      expect((await read(id)).first_comment).toBeNull();
      expect(await row(id)).toBeUndefined();
    });

    it.each([
      ['an error, yet written', { kind: 'error_after_effect', http: 400, code: 20, subcode: 1772107 }],
      ['an error for now, yet written', { kind: 'throttle', code: 4, after_effect: true }],
      ['silence, yet written', 'drop_after_effect'],
      ['a useless answer', { kind: 'malformed', body: 'no_id' }],
      ['late, and by nothing', { kind: 'delayed_effect', ms: 400 }],
    ])('is found and not repeated where it was answered by %s', async (_how, fault) => {
      // An account of its own: what is answered here closes its gate, or the app's.
      await house.query('DELETE FROM gates');
      house.sandbox.fault({ match: { endpoint: 'comment_create' }, times: 1, do: fault });
      const id = await publish();
      const post = await settled(id);
      expect(post).toMatchObject({ status: 'completed', first_comment: { status: 'posted' } });
      expect(written(post.instagram_post_id)).toHaveLength(1);
      expect(post.first_comment.comment_id).toBe(written(post.instagram_post_id)[0]?.comment_id);
      await house.query('DELETE FROM gates');
    });

    it('is unknown, and never written again, where silence was the answer and it does not show', async () => {
      house.sandbox.fault({ match: { endpoint: 'comment_create' }, times: 1, do: 'drop_before_effect' });
      const id = await publish();
      const post = await settled(id);
      expect(post).toMatchObject({ status: 'completed', outcome: 'live', error_type: null });
      expect(post.first_comment).toMatchObject({ status: 'unknown', comment_id: null, error_type: 'network_error' });
      expect(post.first_comment.error_message).toContain('look on Instagram');
      expect(written(post.instagram_post_id)).toEqual([]);
    });

    it('is written later, once, where Instagram refused for now and it is proved not to be there', async () => {
      const throttle = { kind: 'throttle', code: 80002, minutes: 1 };
      house.sandbox.fault({ match: { endpoint: 'comment_create' }, times: 1, do: throttle });
      const id = await publish();
      await eventually(
        () => row(id),
        (found) => found?.calls === 1,
      );
      const { instagram_post_id: mediaId } = await read(id);
      // Instagram wants silence for a minute, and no look is made in it either.
      await eventually(
        () => row(id),
        (found) => found?.wait_reason === 'throttled',
      );
      const goOn = async () => {
        await house.query('DELETE FROM gates');
        await house.query('UPDATE first_comments SET next_action_at = now() WHERE post_id = $1', [id]);
      };
      await goOn();
      const proved = await eventually(
        () => row(id),
        (found) => found?.intent_at === null,
      );
      expect(proved).toMatchObject({ status: 'pending', calls: 1, wait_reason: 'throttled' });
      expect(written(mediaId)).toEqual([]);
      await goOn();
      expect((await settled(id)).first_comment.status).toBe('posted');
      expect(written(mediaId)).toHaveLength(1);
      expect(await row(id)).toMatchObject({ calls: 2 });
    });

    it('is not taken for the same words of somebody else', async () => {
      house.sandbox.fault({ match: { endpoint: 'comment_create' }, times: 1, do: { kind: 'slow', ms: 700 } });
      const id = await publish();
      const { instagram_post_id: mediaId } = await eventually(
        () => read(id),
        (post) => post.instagram_post_id !== null,
      );
      commentElsewhere(house.sandbox.state, mediaId, { text: TEXT, username: 'a.fan' });
      const post = await settled(id);
      expect(post.first_comment.status).toBe('posted');
      expect(calls(mediaId).stored).toEqual([TEXT, TEXT]);
    });

    it('fails and says why where the login may not comment, and the post is completed', async () => {
      const scopes = ['instagram_basic', 'instagram_content_publish', 'pages_show_list', 'pages_read_engagement'];
      const other = await house.newUser();
      const access_token = house.sandbox.token(TRAVEL, { scopes });
      const connected = await other.post('/api/instagram/manual-connect', { account_id: TRAVEL, access_token });
      expect(connected.status).toBe(200);
      const body = { image_url: `${origin.url}/photo.jpg`, caption: 'No right to comment.', first_comment: TEXT };
      const { post_id } = (await other.post('/api/instagram/post', body)).body;
      const post = await eventually(
        async () => (await other.get(`/api/instagram/posts/${post_id}`)).body,
        ({ first_comment }) => first_comment.status !== 'pending',
      );
      expect(post).toMatchObject({ status: 'completed', outcome: 'live', error_type: null, error_message: null });
      expect(post.first_comment).toMatchObject({ status: 'failed', error_type: 'permission_denied', comment_id: null });
      expect(post.first_comment.error_message).toEqual(expect.any(String));
      expect(written(post.instagram_post_id)).toEqual([]);
    });

    it('waits for the media id where nobody knows it yet', async () => {
      house.sandbox.fault({ match: { endpoint: 'media_publish' }, times: 1, do: 'drop_after_effect' });
      house.sandbox.fault({ match: { endpoint: 'media_list' }, times: 1, do: { kind: 'server_error', body: 'graph' } });
      const post = await settled(await publish());
      expect(post.first_comment.status).toBe('posted');
      expect(written(post.instagram_post_id)).toHaveLength(1);
    });

    it('waits during a pause, and is written after it', async () => {
      const id = await publish({ scheduled_time: undefined });
      await settled(id);
      // As it stood right before it was written.
      const { instagram_post_id: mediaId } = await read(id);
      await user.post(`/api/instagram/accounts/${BAKERY}/pause`, { reason: 'a test' });
      house.sandbox.state.comments.clear();
      await house.query(
        `UPDATE first_comments SET status = 'pending', comment_id = NULL, intent_at = NULL, calls = 0,
        next_action_at = now() WHERE post_id = $1`,
        [id],
      );
      await eventually(
        () => row(id),
        (found) => found?.wait_reason === 'paused',
      );
      expect(calls(mediaId).stored).toEqual([]);
      await user.post(`/api/instagram/accounts/${BAKERY}/resume`, {});
      await house.query('UPDATE first_comments SET next_action_at = now() WHERE post_id = $1', [id]);
      expect((await settled(id)).first_comment.status).toBe('posted');
      expect(calls(mediaId).stored).toEqual([TEXT]);
    });

    it('is written for what a person says is live', async () => {
      house.sandbox.set({ fetch_media: true });
      const id = await publish({ first_comment: 'Resolved by hand' });
      await settled(id);
      const mediaId = (await read(id)).instagram_post_id;
      // As a post that nobody could tell of.
      await house.query('DELETE FROM first_comments WHERE post_id = $1', [id]);
      house.sandbox.state.comments.clear();
      await house.query(
        `UPDATE posts SET status = 'needs_review', outcome = 'unknown', step = 'done', instagram_post_id = NULL,
           next_action_at = NULL WHERE id = $1`,
        [id],
      );
      const verdict = { outcome: 'live', instagram_post_id: mediaId };
      expect((await user.post(`/api/instagram/posts/${id}/resolve`, verdict)).status).toBe(200);
      const post = await settled(id);
      expect(post.first_comment.status).toBe('posted');
      expect(calls(mediaId).stored).toEqual(['Resolved by hand']);
    });

    it('is checked with the post: its length, its hashtags, and not on a story', async () => {
      const image_url = `${origin.url}/photo.jpg`;
      const refused = async (more: object) => {
        const answer = await user.post('/api/instagram/posts', { image_url, status: 'draft', ...more });
        expect(answer.status).toBe(422);
        return answer.body.errors as { pointer: string; message: string }[];
      };
      for (const first_comment of ['', '  \n', 7])
        for (const { pointer } of await refused({ first_comment })) expect(pointer).toBe('/first_comment');
      const [long] = await refused({ first_comment: '😀'.repeat(2_201) });
      expect(long).toEqual({ pointer: '/first_comment', message: 'has 2201 characters; Instagram allows 2200' });
      const [tags] = await refused({ first_comment: '#a '.repeat(31) });
      expect(tags?.message).toContain('31 hashtags');
      const [story] = await refused({ first_comment: TEXT, media_type: 'STORIES' });
      expect(story).toMatchObject({ pointer: '/first_comment', message: expect.stringContaining('not supported') });
    });

    it('can be changed and taken away while the post can be edited', async () => {
      const image_url = `${origin.url}/photo.jpg`;
      const made = await user.post('/api/instagram/posts', { image_url, status: 'draft', first_comment: TEXT });
      expect(made.body.first_comment).toMatchObject({ text: TEXT, status: 'pending', comment_id: null });
      const path = `/api/instagram/posts/${made.body.id}`;
      const changed = await user.send('PATCH', path, { first_comment: 'Other words' });
      expect(changed.body.first_comment).toMatchObject({ text: 'Other words', status: 'pending' });
      expect((await user.send('PATCH', path, { caption: 'x' })).body.first_comment.text).toBe('Other words');
      expect((await user.send('PATCH', path, { first_comment: '' })).status).toBe(422);
      expect((await user.send('PATCH', path, { first_comment: null })).body.first_comment).toBeNull();
    });
  });
});

describe(`the first comment, over dead workers (${queueBackend()})`, () => {
  let house: House;
  let origin: MediaOrigin;
  let user: Client;

  beforeAll(async () => {
    origin = await startMediaOrigin({ '/photo.jpg': photo });
    house = await House.open({ allow: [origin.url], env: { LEASE_SECONDS: '3' } });
    user = await house.connectedUser();
  }, 60_000);
  afterAll(async () => {
    await endWorkerProcesses();
    await house.close();
    await origin.close();
  });

  const post = async (caption: string) => {
    const body = { image_url: `${origin.url}/photo.jpg`, caption, first_comment: TEXT };
    return (await user.post('/api/instagram/post', body)).body.post_id as number;
  };
  const read = async (id: number) => (await user.get(`/api/instagram/posts/${id}`)).body;
  const settled = (id: number) =>
    eventually(
      () => read(id),
      ({ first_comment }) => first_comment.status !== 'pending',
      30_000,
    );
  const intended = (id: number) =>
    eventually(
      () => house.query('SELECT 1 FROM first_comments WHERE post_id = $1 AND intent_at IS NOT NULL', [id]),
      (rows) => rows.length === 1,
    );

  it.each([
    ['before the call took effect', false, 'unknown', 0],
    ['after it took effect', true, 'posted', 1],
  ])(
    'is looked for, never written again, by the successor of a worker killed %s',
    async (_when, after_effect, status, n) => {
      house.sandbox.fault({ match: { endpoint: 'comment_create' }, times: 1, do: { kind: 'hang', after_effect } });
      const worker = await startWorkerProcess(house.env);
      const id = await post(`Killed, effect: ${String(after_effect)}`);
      await intended(id);
      await eventually(
        () => Promise.resolve(house.sandbox.state.ledger.calls),
        (all) => all.some(({ endpoint, answered }) => endpoint === 'comment_create' && answered === 'hung'),
      );
      worker.kill('SIGKILL');
      await worker.exited;
      house.sandbox.state.ledger.calls.length = 0;
      const successor = await house.startWorker();
      const done = await settled(id);
      await house.stopWorker(successor);
      expect(done).toMatchObject({ status: 'completed', outcome: 'live', first_comment: { status } });
      const made = house.sandbox
        .effects('comment_created')
        .filter(({ media_id }) => media_id === done.instagram_post_id);
      expect(made).toHaveLength(n);
      expect(house.sandbox.state.ledger.calls.some(({ endpoint }) => endpoint === 'comment_create')).toBe(false);
    },
  );

  it('is written once by two workers that see it at once, and without any queue', async () => {
    const one = await house.startWorker();
    const two = await house.startWorker();
    const ids = await Promise.all(Array.from({ length: 6 }, (_, i) => post(`Two workers, ${i}`)));
    const done = [];
    for (const id of ids) done.push(await settled(id));
    // The same once more, as if each had just gone live and nobody had been told.
    await house.query(
      `UPDATE first_comments SET status = 'pending', comment_id = NULL, intent_at = NULL, calls = 0,
      next_action_at = now() WHERE post_id = ANY($1)`,
      [ids],
    );
    house.sandbox.state.comments.clear();
    for (const id of ids) await settled(id);
    for (const { instagram_post_id } of done)
      expect(house.sandbox.state.comments.of(instagram_post_id).map(({ text }) => text)).toEqual([TEXT]);
    await house.stopWorker(one);
    await house.stopWorker(two);
  });
});
