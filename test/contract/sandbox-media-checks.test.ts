import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import {
  BAKERY,
  fixture,
  type MediaOrigin,
  shapeOf,
  startMediaOrigin,
  startSandbox,
  type TestSandbox,
} from '../support/sandbox';

const REEL = readFileSync('demo/reel.mp4');

/** The file's top-level boxes, by type. */
function boxes(file: Buffer): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (let at = 0; at < file.length;) {
    const size = file.readUInt32BE(at);
    found.set(file.toString('latin1', at + 4, at + 8), file.subarray(at, at + size));
    at += size;
  }
  return found;
}

/** The reel with its boxes in another order, or with some left out. */
function rebuilt(...order: string[]): Buffer {
  const parts = boxes(REEL);
  return Buffer.concat(order.map((type) => parts.get(type) ?? Buffer.alloc(0)));
}

function patched(change: (file: Buffer) => void): Buffer {
  const copy = Buffer.from(REEL);
  change(copy);
  return copy;
}

/** Lets the clip claim to be shorter or longer, by its timescales: movie, and each track's. */
function withTimescale(factor: number): Buffer {
  return patched((file) => {
    for (const box of ['mvhd', 'mdhd']) {
      for (let at = file.indexOf(box); at >= 0; at = file.indexOf(box, at + 1)) {
        file.writeUInt32BE(Math.round(file.readUInt32BE(at + 16) * factor), at + 16);
      }
    }
  });
}

describe('what the sandbox finds when it looks at the media', () => {
  let sandbox: TestSandbox;
  let origin: MediaOrigin;
  let token: string;

  const jpeg = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: '#38c' } }).jpeg();

  beforeAll(async () => {
    const good = await jpeg(600, 600).toBuffer();
    origin = await startMediaOrigin({
      '/good.jpg': good,
      '/tall.jpg': await jpeg(600, 800).toBuffer(),
      '/wide.jpg': await jpeg(1_000, 500).toBuffer(),
      // Stored lying, shown standing: 500 × 600 to everybody who looks.
      '/turned.jpg': await jpeg(600, 500).withMetadata({ orientation: 6 }).toBuffer(),
      '/cut.jpg': good.subarray(0, good.length - 40),
      '/image.png': await jpeg(600, 600).png().toBuffer(),
      '/page.jpg': Buffer.from('<!doctype html><title>Sign in</title>'),
      '/empty.jpg': Buffer.alloc(0),
      '/huge.jpg': Buffer.concat([good, Buffer.alloc(8 * 1024 * 1024)]),
      '/silent.jpg': () => undefined,
      '/broken.jpg': (_request, response) => void response.writeHead(503).end(),
      '/moved.jpg': (_request, response) => void response.writeHead(302, { location: '/good.jpg' }).end(),
      '/reel.mp4': REEL,
      '/truncated.mp4': REEL.subarray(0, REEL.length >> 1),
      '/moov-last.mp4': rebuilt('ftyp', 'free', 'mdat', 'moov'),
      '/no-moov.mp4': rebuilt('ftyp', 'free', 'mdat'),
      '/vp9.mp4': patched((file) => {
        file.write('vp09', file.indexOf('avc1', 100), 'latin1');
        file.write('vpcC', file.indexOf('avcC'), 'latin1');
      }),
      '/short.mp4': withTimescale(10),
      '/slideshow.mp4': withTimescale(0.1),
      '/silent.mp4': () => undefined,
    });
  });
  beforeEach(async () => {
    sandbox = await startSandbox({ settings: { fetch_timeout_ms: 2_500 } });
    token = sandbox.token();
  });
  afterEach(() => sandbox.close());
  afterAll(() => origin.close());

  const create = (params: Record<string, string>) => sandbox.call('POST', `/v25.0/${BAKERY}/media`, params, token);

  it.each([
    ['tall.jpg', 36003, 2207009],
    ['wide.jpg', 36003, 2207009],
    ['empty.jpg', 36003, 2207009],
    ['cut.jpg', 36001, 2207005],
    ['image.png', 36001, 2207005],
    ['huge.jpg', 36000, 2207004],
    ['page.jpg', 9004, 2207052],
    ['missing.jpg', 9004, 2207052],
    ['broken.jpg', 9004, 2207052],
    ['silent.jpg', -2, 2207003],
    ['reel.mp4', 9004, 2207052],
  ])('refuses %s at once, with %d/%d', async (file, code, subcode) => {
    const answer = await create({ image_url: `${origin.url}/${file}` });
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatchObject({ code, error_subcode: subcode });
    expect(sandbox.effects('container_created')).toEqual([]);
  });

  it('writes publishing errors in the recorded envelope', async () => {
    const answer = await create({ image_url: `${origin.url}/missing.jpg` });
    const recorded = fixture('error-2207052-media-fetch-failed-es.json') as { error: { message: string } };
    expect(Object.keys(answer.body.error)).toEqual(Object.keys(recorded.error));
    expect(shapeOf(answer.body)).toEqual(shapeOf(recorded));
    expect(answer.body.error.message).toBe(recorded.error.message);
  });

  it.each(['good.jpg', 'turned.jpg', 'moved.jpg'])('accepts %s', async (file) => {
    expect((await create({ image_url: `${origin.url}/${file}` })).status).toBe(200);
  });

  it('lets a story have any shape', async () => {
    expect((await create({ media_type: 'STORIES', image_url: `${origin.url}/wide.jpg` })).status).toBe(200);
  });

  it.each([
    ['truncated.mp4', 2207026, /truncated/],
    ['moov-last.mp4', 2207026, /moov atom is not at the front/],
    ['no-moov.mp4', 2207026, /no moov atom/],
    ['vp9.mp4', 2207026, /codec VP9/],
    ['short.mp4', 2207026, /duration 0\.6/],
    ['slideshow.mp4', 2207026, /frames a second/],
    ['good.jpg', 2207026, /not an MP4/],
    ['missing.mp4', 2207052, /could not be fetched/],
    ['silent.mp4', 2207003, /too long to download/],
  ])('fails %s while processing, with a sentence that holds %d', async (file, subcode, reason) => {
    const { id } = (await create({ media_type: 'REELS', video_url: `${origin.url}/${file}` })).body;
    const status = await sandbox.settled(id, token);
    expect(shapeOf(status.body)).toEqual(shapeOf(fixture('container-status-error.json')));
    expect(status.body.status).toBe(`Error: Media upload has failed with error code ${subcode}`);
    expect(sandbox.effects('container_failed')[0]?.reason).toMatch(reason);
    const publish = await sandbox.call('POST', `/v25.0/${BAKERY}/media_publish`, { creation_id: id }, token);
    expect(publish.body.error.error_subcode).toBe(2207027);
  });

  it('accepts the reel, its cover and a frame within it', async () => {
    const video = { media_type: 'REELS', video_url: `${origin.url}/reel.mp4` };
    const good = await create({ ...video, thumb_offset: '2000', cover_url: `${origin.url}/good.jpg` });
    expect((await sandbox.settled(good.body.id, token)).body.status_code).toBe('FINISHED');
    const late = await create({ ...video, thumb_offset: '6000' });
    expect((await sandbox.settled(late.body.id, token)).body.status).toContain('2207057');
  });

  it('fetches as Meta’s crawler does, and notes every fetch without its query', async () => {
    await create({ image_url: `${origin.url}/good.jpg?signature=secret` });
    expect(origin.requests.at(-1)?.userAgent).toBe(
      'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
    );
    expect(sandbox.state.ledger.fetches).toMatchObject([
      { url: `${origin.url}/good.jpg`, status: 200, outcome: 'ok', bytes: expect.any(Number) },
    ]);
    expect(JSON.stringify(sandbox.state.ledger)).not.toContain('secret');
  });

  it('fetches nothing when it is told not to', async () => {
    sandbox.set({ fetch_media: false });
    const before = origin.requests.length;
    expect((await create({ image_url: `${origin.url}/missing.jpg` })).status).toBe(200);
    const { id } = (await create({ media_type: 'REELS', video_url: `${origin.url}/missing.mp4` })).body;
    expect((await sandbox.settled(id, token)).body.status_code).toBe('FINISHED');
    expect(origin.requests).toHaveLength(before);
  });
});
