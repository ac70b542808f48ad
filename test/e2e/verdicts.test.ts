import { House, type Client } from '../support/app';
import { BAD_IMAGES, BAD_VIDEOS, describeWithFfmpeg, hasFfmpeg, type MakeFile } from '../support/bad-media';
import { BAKERY, startMediaOrigin, type MediaOrigin } from '../support/sandbox';

jest.setTimeout(120_000);

/** What a file may be sent as: our create body, and the same to Instagram, whose answer comes from the emulator's own inspection. */
interface As {
  ours: (url: string) => object;
  theirs: (url: string) => Record<string, string>;
}

const KINDS: Readonly<Record<string, As>> = {
  'a feed image': { ours: (url) => ({ image_url: url }), theirs: (url) => ({ image_url: url }) },
  'a story image': {
    ours: (url) => ({ image_url: url, media_type: 'STORIES' }),
    theirs: (url) => ({ image_url: url, media_type: 'STORIES' }),
  },
  'an image of a carousel': {
    ours: (url) => ({ items: [{ image_url: url }, { image_url: url }] }),
    theirs: (url) => ({ image_url: url, is_carousel_item: 'true' }),
  },
  'a reel': {
    ours: (url) => ({ video_url: url }),
    theirs: (url) => ({ video_url: url, media_type: 'REELS' }),
  },
  'a story video': {
    ours: (url) => ({ video_url: url, media_type: 'STORIES' }),
    theirs: (url) => ({ video_url: url, media_type: 'STORIES' }),
  },
  'a video of a carousel': {
    ours: (url) => ({ items: [{ video_url: url }, { video_url: url }] }),
    theirs: (url) => ({ video_url: url, media_type: 'VIDEO', is_carousel_item: 'true' }),
  },
};

let house: House;
let ana: Client;
let origin: MediaOrigin;
let token: string;
const files: Record<string, Buffer> = {};

beforeAll(async () => {
  origin = await startMediaOrigin(files);
  house = await House.open({ allow: [origin.url] });
  house.sandbox.set({ containers_per_day: null });
  ana = await house.connectedUser();
  token = house.sandbox.token();
});
afterAll(async () => {
  await house.close();
  await origin.close();
});

const urlOf = (path: string) => `${origin.url}${path}`;
const posts = '/api/instagram/posts';

/** Of a draft: everything is checked, and nothing would be published if all is well. */
async function ourVerdict(as: As, url: string): Promise<{ good: boolean; why: string }> {
  const { status, body } = await ana.post(posts, { ...as.ours(url), status: 'draft' });
  if (status !== 201) expect([status, body.error_type]).toEqual([400, expect.stringMatching(/^media_/)]);
  return { good: status === 201, why: body.detail ?? '' };
}

async function theirVerdict(as: As, url: string): Promise<{ good: boolean; why: string }> {
  const created = await house.sandbox.call('POST', `/v25.0/${BAKERY}/media`, as.theirs(url), token);
  if (created.status !== 200) return { good: false, why: created.body.error.message };
  const { body } = await house.sandbox.settled(created.body.id, token);
  const failed = house.sandbox
    .effects('container_failed')
    .find((effect) => 'container_id' in effect && effect.container_id === created.body.id);
  return { good: body.status_code === 'FINISHED', why: `${body.status} ${JSON.stringify(failed)}` };
}

/** Ours first, and without a Graph call; then theirs. */
async function agree(name: string, make: MakeFile): Promise<string[]> {
  const path = `/${encodeURIComponent(name)}`;
  files[path] = await make();
  const kinds = Object.entries(KINDS);
  const before = house.sandbox.state.ledger.calls.length;
  const ours = await Promise.all(kinds.map(([, as]) => ourVerdict(as, urlOf(path))));
  expect(house.sandbox.state.ledger.calls).toHaveLength(before);
  const theirs = await Promise.all(kinds.map(([, as]) => theirVerdict(as, urlOf(path))));
  delete files[path];
  kinds.forEach(([kind], index) => {
    const [we, they] = [ours[index], theirs[index]];
    if (we?.good !== they?.good)
      throw new Error(`${name} as ${kind}: we say ${JSON.stringify(we)}, they say ${JSON.stringify(they)}`);
  });
  return kinds.filter((_kind, index) => ours[index]?.good).map(([kind]) => kind);
}

const IMAGES = ['a feed image', 'a story image', 'an image of a carousel'];
const VIDEOS = ['a reel', 'a story video', 'a video of a carousel'];

describe('of every image Instagram says what we said before', () => {
  const good: Record<string, string[]> = {
    'a good JPEG': IMAGES,
    'a progressive JPEG': IMAGES,
    'a CMYK JPEG': IMAGES,
    'a JPEG of one pixel': IMAGES,
    'a JPEG that is a ZIP': IMAGES,
    'a wide JPEG': ['a story image'],
    'a tall JPEG': ['a story image'],
    'a JPEG that is turned': ['a story image'],
  };
  it.each(Object.entries(BAD_IMAGES))('%s', async (name, make) => {
    expect(await agree(name, make)).toEqual(good[name] ?? []);
  });
});

describeWithFfmpeg('of every video Instagram says what we said before', () => {
  const good: Record<string, string[]> = {
    'a good reel': VIDEOS,
    'a video in fragments': VIDEOS,
    'an HEVC video': VIDEOS,
    'a silent video': VIDEOS,
    'a video in mono': VIDEOS,
    'a video of 24 frames a second': VIDEOS,
    'a video that is turned': VIDEOS,
    'a video of 60 seconds': VIDEOS,
    'a video of 61 seconds': ['a reel'],
  };
  it.each(Object.entries(BAD_VIDEOS))('%s', async (name, make) => {
    expect(await agree(name, make)).toEqual(good[name] ?? []);
  });
});

it('none of them could get past the library either: what it has no problem with, Instagram takes', async () => {
  const all = { ...BAD_IMAGES, ...(hasFfmpeg ? { 'a good reel': BAD_VIDEOS['a good reel'] } : {}) };
  for (const [name, make] of Object.entries(all)) {
    if (!make) continue;
    const { status, body } = await ana.upload('/api/instagram/assets/upload', await make(), 'file');
    if (status !== 201 || body.problems.length > 0) continue;
    const as = KINDS[body.kind === 'image' ? 'a feed image' : 'a reel'];
    const verdict = as && (await theirVerdict(as, body.url));
    expect([name, verdict]).toEqual([name, expect.objectContaining({ good: true })]);
  }
});
