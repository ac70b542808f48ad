import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { House, type Client } from '../support/app';
import { BAKERY, STUDIO, startMediaOrigin, type MediaOrigin } from '../support/sandbox';

const demo = (name: string) => readFileSync(join(__dirname, '../../demo', name));
const POSTS = '/api/instagram/posts';

let house: House;
let origin: MediaOrigin;
let user: Client;
let photo: string;
let reel: string;

beforeAll(async () => {
  const files = { '/photo.jpg': demo('photo.jpg'), '/cover.jpg': demo('photo.jpg'), '/reel.mp4': demo('reel.mp4') };
  origin = await startMediaOrigin(files);
  photo = `${origin.url}/photo.jpg`;
  reel = `${origin.url}/reel.mp4`;
  house = await House.open({ allow: [origin.url] });
  user = await house.connectedUser();
  await house.startWorker();
}, 60_000);
beforeEach(() => {
  house.sandbox.state.ledger.clear();
});
afterAll(async () => {
  await house.close();
  await origin.close();
});

/** What Graph was given for each container, oldest first; JSON is read, other text stays. */
const sent = () =>
  house.sandbox
    .effects('container_created')
    .map(({ parameters = {} }) =>
      Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, parsed(name, value)])),
    );

function parsed(name: string, value: string): unknown {
  return /^(\[|\{|true$|false$)/.test(value) || name === 'thumb_offset' ? JSON.parse(value) : value;
}

/** Publishes, and waits until it is live. */
async function live(body: object, by = user) {
  const answer = await by.post('/api/instagram/post', body);
  expect(answer).toMatchObject({ status: 200 });
  const id: number = answer.body.post_id;
  expect(await house.until(by, id, ['completed', 'failed'])).toMatchObject({
    status: 'completed',
    error_message: null,
  });
  return (await by.get(`${POSTS}/${id}`)).body;
}

const placed = [{ username: 'ada.baker', x: 0.25, y: 1 }];
const unplaced = [{ username: 'ada.baker' }, { username: 'b_2' }];
const forAll = { caption: 'Bread', hashtags: ['bread', '#Sour'], location_id: '7', collaborators: ['a.b', 'c_d', 'e'] };
const caption = 'Bread\n\n#bread #Sour';

describe('with every option that it may have, Graph is given exactly that, for', () => {
  it('an image', async () => {
    const post = await live({
      image_url: photo,
      ...forAll,
      alt_text: 'A loaf',
      user_tags: placed,
      is_ai_generated: true,
    });
    const { location_id, collaborators } = forAll;
    expect(sent()).toEqual([
      {
        image_url: photo,
        caption,
        location_id,
        collaborators,
        alt_text: 'A loaf',
        user_tags: placed,
        is_ai_generated: true,
      },
    ]);
    expect(post).toMatchObject({ ...forAll, alt_text: 'A loaf', user_tags: placed, is_ai_generated: true });
    expect(post).toMatchObject({ trial_params: null, cover_url: null, share_to_feed: null });
  });

  it.each([
    ['a reel', BAKERY, { cover_url: true, graduation_strategy: 'MANUAL' }],
    ['a reel by Instagram Login', STUDIO, { cover_url: false, graduation_strategy: 'SS_PERFORMANCE' }],
  ])('%s', async (_what, accountId, { cover_url, graduation_strategy }) => {
    const by = await house.connectedUser(accountId);
    const options = {
      share_to_feed: false,
      audio_name: 'Mine',
      user_tags: unplaced,
      is_ai_generated: false,
      trial_params: { graduation_strategy },
      ...(cover_url ? { cover_url: `${origin.url}/cover.jpg` } : { thumb_offset: 1_000 }),
    };
    const post = await live({ video_url: reel, ...forAll, ...options }, by);
    const { location_id, collaborators } = forAll;
    expect(sent()).toEqual([{ media_type: 'REELS', video_url: reel, caption, location_id, collaborators, ...options }]);
    expect(post).toMatchObject({ ...forAll, ...options });
  });

  it.each([
    ['a story of an image', () => ({ image_url: photo }), [...placed, ...unplaced]],
    ['a story of a video', () => ({ video_url: reel }), placed],
  ])('%s', async (_what, source, user_tags) => {
    const post = await live({ media_type: 'STORIES', ...source(), user_tags, is_ai_generated: true });
    expect(sent()).toEqual([{ media_type: 'STORIES', ...source(), user_tags, is_ai_generated: true }]);
    expect(post).toMatchObject({ media_type: 'STORIES', user_tags, is_ai_generated: true });
  });

  it('a carousel and its items', async () => {
    const items = [
      { image_url: photo, alt_text: 'A loaf', user_tags: placed },
      { video_url: reel, user_tags: unplaced },
    ] as const;
    const post = await live({ items, ...forAll, is_ai_generated: true });
    const { location_id, collaborators } = forAll;
    expect(sent()).toEqual([
      { is_carousel_item: true, ...items[0] },
      { is_carousel_item: true, media_type: 'VIDEO', ...items[1] },
      {
        media_type: 'CAROUSEL',
        children: expect.stringMatching(/^\d+,\d+$/),
        caption,
        location_id,
        collaborators,
        is_ai_generated: true,
      },
    ]);
    const [{ image_url, ...first }, { video_url, ...second }] = items;
    const shown = [
      { kind: 'image', url: image_url, ...first },
      { kind: 'video', url: video_url, ...second },
    ];
    expect(post).toMatchObject({ ...forAll, items: shown, user_tags: [], is_ai_generated: true });
  });

  it('a post of nothing but its medium', async () => {
    await live({ image_url: photo });
    expect(sent()).toEqual([{ image_url: photo }]);
  });
});

it('a caption of a story is kept, not sent, and that is said', async () => {
  const answer = await user.post('/api/instagram/post', { image_url: photo, media_type: 'STORIES', caption: 'Hello' });
  expect(answer.body.message).toMatch(/Note: caption is kept here, but not shown: STORIES have no caption/);
  const id: number = answer.body.post_id;
  await house.until(user, id, ['completed']);
  expect(sent()).toEqual([{ media_type: 'STORIES', image_url: photo }]);
  expect((await user.get(`${POSTS}/${id}`)).body.caption).toBe('Hello');
  const { timeline } = (await user.get(`${POSTS}/${id}/timeline`)).body;
  expect(timeline).toContainEqual(expect.objectContaining({ summary: expect.stringMatching(/^Note: caption/) }));
});

it('a live post whose answer was lost is found by its caption with the hashtags', async () => {
  house.sandbox.fault({ match: { endpoint: 'media_publish' }, do: { kind: 'drop_after_effect' } });
  const answer = await user.post('/api/instagram/post', { image_url: photo, caption: 'Lost', hashtags: ['found'] });
  await house.until(user, answer.body.post_id, ['completed']);
  const [published] = house.sandbox.effects('media_published');
  expect(published?.caption).toBe('Lost\n\n#found');
  const { body } = await user.get(`${POSTS}/${answer.body.post_id}`);
  expect(body.instagram_post_id).toBe(published?.media_id);
});

it('a trial reel of an account that may have none fails and says so', async () => {
  const account = house.sandbox.state.world.accounts.get(BAKERY);
  if (account) account.trial_reels = false;
  const trial_params = { graduation_strategy: 'MANUAL' };
  const { body } = await user.post('/api/instagram/post', { video_url: reel, trial_params });
  const status = await house.until(user, body.post_id, ['failed']);
  expect(status).toMatchObject({ outcome: 'not_live', error_type: 'validation_error' });
  if (account) account.trial_reels = true;
});

describe('what was stored and is against the rules by now', () => {
  it('is not sent to Instagram', async () => {
    const { body } = await user.post(POSTS, { image_url: photo, caption: 'Of its day', status: 'draft' });
    await house.query(`UPDATE posts SET options = '{"audio_name": "Mine"}' WHERE id = $1`, [body.id]);
    expect((await user.post(`${POSTS}/${body.id}/publish`)).status).toBe(200);
    const status = await house.until(user, body.id, ['failed']);
    expect(status).toMatchObject({ error_type: 'validation_error', outcome: 'not_live' });
    expect(status.error_message).toMatch(/audio_name is not supported on IMAGE/);
    expect(sent()).toEqual([]);
  });
});

describe('an edit', () => {
  const edit = (id: number, body: object) => user.send('PATCH', `${POSTS}/${id}`, body);

  it('changes the options, takes them away with null, and holds them to the same rules', async () => {
    const draft = { image_url: photo, status: 'draft', ...forAll, user_tags: placed, is_ai_generated: true };
    const { id } = (await user.post(POSTS, draft)).body;
    expect((await edit(id, { hashtags: ['new'], collaborators: null, is_ai_generated: null })).body).toMatchObject({
      hashtags: ['new'],
      collaborators: [],
      is_ai_generated: null,
      user_tags: placed,
      caption: 'Bread',
    });
    const refused = await edit(id, {
      hashtags: ['a', 'A'],
      user_tags: unplaced,
      trial_params: { graduation_strategy: 'MANUAL' },
    });
    expect(refused.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/hashtags/1',
      '/trial_params',
      '/user_tags/0/x',
      '/user_tags/0/y',
      '/user_tags/1/x',
      '/user_tags/1/y',
    ]);
    const before = await house.query('SELECT * FROM posts WHERE id = $1', [id]);
    await edit(id, { hashtags: ['new'], user_tags: [{ y: 1, x: 0.25, username: 'ada.baker' }], collaborators: [] });
    expect(await house.query('SELECT * FROM posts WHERE id = $1', [id])).toEqual(before);
    const reelNow = await edit(id, { video_url: reel, user_tags: null, thumb_offset: 900_000 });
    expect(reelNow.body).toMatchObject({
      error_type: 'validation_error',
      detail: expect.stringMatching(/^\/thumb_offset: lies behind/),
    });
  });
});
