import { rm } from 'node:fs/promises';
import { request } from 'node:http';
import { basename, join } from 'node:path';
import { SystemClock } from '../../src/common/clock';
import { Settings } from '../../src/config/settings';
import { SignedUrls } from '../../src/storage/signed-urls';
import { eventually, House, type Client } from '../support/app';
import { startMediaOrigin, type MediaOrigin } from '../support/sandbox';
import { ask, ASSETS, demo, fetchesOf, hurried, uploaded } from './media-stage';

let house: House;
let ana: Client;
let photo: Buffer;
let reel: Buffer;
let site: MediaOrigin;

beforeAll(async () => {
  [photo, reel] = await Promise.all([demo('photo.jpg'), demo('reel.mp4')]);
  const robots = Buffer.from('User-agent: *\nDisallow: /kept-off/');
  site = await startMediaOrigin({ '/robots.txt': robots, '/kept-off/a.jpg': photo, '/a.jpg': photo });
  house = await House.open({ allow: [site.url] });
  ana = await house.connectedUser();
});

afterAll(async () => {
  await house.close();
  await site.close();
});

const posts = '/api/instagram/posts';
const keyOf = (url: string) => basename(new URL(url).pathname);
const META = { 'user-agent': 'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)' };

/** As the API would have signed it so long ago. */
function signedAgo(key: string, hours: number): string {
  const then = new (class extends SystemClock {
    override now(): Date {
      return new Date(Date.now() - hours * 3_600_000);
    }
  })();
  return new SignedUrls(house.app.get(Settings), then).forMeta(key, { postId: 1, item: 0 });
}

async function refusal(answer: Response): Promise<[number, string]> {
  const body = (await answer.json()) as { error_type: string; request_id: string; detail: string };
  expect(body).toMatchObject({ detail: expect.any(String), request_id: answer.headers.get('x-request-id') });
  return [answer.status, body.error_type];
}

/** Its first bytes only; then the connection is gone. */
async function readABit(url: string): Promise<void> {
  await new Promise<void>((gone) => {
    const asking = request(url, { agent: false, headers: META }, (response) =>
      response.once('data', () => {
        asking.destroy();
        gone();
      }),
    );
    asking.on('error', () => gone()).end();
  });
}

describe('a file of ours', () => {
  it('comes whole and in parts to whoever has its URL, as the medium it is', async () => {
    const { url } = await uploaded(ana, photo);
    const whole = await ask(url);
    expect([whole.status, Buffer.from(await whole.arrayBuffer()).equals(photo)]).toEqual([200, true]);
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'content-length': String(photo.length),
      'accept-ranges': 'bytes',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
    });
    const part = await ask(url, { range: 'bytes=2-4' });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 2-4/${photo.length}`]);
    expect(Buffer.from(await part.arrayBuffer()).equals(photo.subarray(2, 5))).toBe(true);
    const tail = await ask(url, { range: 'bytes=-3' });
    expect(Buffer.from(await tail.arrayBuffer()).equals(photo.subarray(-3))).toBe(true);
    expect(await refusal(await ask(url, { range: `bytes=${photo.length}-` }))).toEqual([416, 'validation_error']);
    const head = await ask(url, {}, 'HEAD');
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([
      200,
      String(photo.length),
      '',
    ]);
  });

  it('is nobody’s without the signature, with a wrong one, or after its time', async () => {
    const { url } = await uploaded(ana, photo);
    const key = keyOf(url);
    const forged = new URL(url);
    forged.searchParams.set('e', '99999999999');
    expect(await refusal(await ask(`${house.url}/files/${key}`))).toEqual([403, 'forbidden']);
    expect(await refusal(await ask(forged.href))).toEqual([403, 'forbidden']);
    expect(await refusal(await ask(signedAgo(key, 27)))).toEqual([410, 'not_found']);
    expect((await ask(signedAgo(key, 25))).status).toBe(200);
  });

  it.each([
    '/files/',
    '/files/.staging',
    '/files/x.mp4',
    '/files/..%2f..%2fetc%2fpasswd',
    '/files/%00',
    '/files/%2e%2e/a',
  ])('%s is no file', async (path) => expect(await refusal(await ask(house.url + path))).toEqual([404, 'not_found']));

  it('that is not there is a 404, and so is a key that never was, with its signature', async () => {
    const url = signedAgo(`${'0'.repeat(40)}.mp4`, 0);
    expect(await refusal(await ask(url))).toEqual([404, 'not_found']);
  });
});

describe('the log of fetches', () => {
  it('has each request as it ended', async () => {
    const { id, url } = await uploaded(ana, reel);
    await (await ask(url, META)).arrayBuffer();
    await (await ask(url, { ...META, range: 'bytes=0-99' })).arrayBuffer();
    await ask(url, {}, 'HEAD');
    await ask(url, { range: 'bytes=99999999-' });
    await ask(`${house.url}/files/${keyOf(url)}`, META);
    const rows = await fetchesOf(house, id, 5);
    const all = { post_id: null, item: null, is_whole: true };
    expect(rows).toMatchObject([
      { ...all, ...{ status: 200, bytes_sent: reel.length, bytes_wanted: reel.length, byte_range: null } },
      { ...all, ...{ status: 206, bytes_sent: 100, bytes_wanted: 100, byte_range: 'bytes=0-99' } },
      { ...all, ...{ method: 'HEAD', status: 200, bytes_sent: 0, bytes_wanted: reel.length } },
      { ...all, ...{ status: 416, bytes_sent: 0 } },
      { ...all, ...{ status: 403, bytes_sent: 0, user_agent: META['user-agent'] } },
    ]);
  });

  it('tells where a connection broke', async () => {
    // More than any socket holds.
    const big = Buffer.concat([reel, Buffer.alloc(60 * 1024 * 1024)]);
    big.writeUInt32BE(big.length - reel.length, reel.length);
    big.write('free', reel.length + 4, 'latin1');
    const { id, url } = await uploaded(ana, big);
    await readABit(url);
    const [row] = await fetchesOf(house, id, 1);
    expect(row).toMatchObject({ status: 200, bytes_wanted: big.length, is_whole: false });
    expect(row?.bytes_sent).toBeLessThan(big.length);
  });

  it('neither fails nor holds up the serving when it can’t be written', async () => {
    const { id, url } = await uploaded(ana, photo);
    await house.query('ALTER TABLE media_fetches RENAME TO away');
    try {
      const answers = await Promise.all(Array.from({ length: 20 }, () => ask(url)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      for (const answer of answers) await answer.arrayBuffer();
    } finally {
      await house.query('ALTER TABLE away RENAME TO media_fetches');
    }
    await eventually(
      async () => {
        await (await ask(url)).arrayBuffer();
        return house.query('SELECT FROM media_fetches WHERE asset_id = $1', [id]);
      },
      (rows) => rows.length > 0,
    );
  });
});

describe('a post of a file of ours', () => {
  beforeAll(async () => void (await house.startWorker()));

  const timeline = async (id: number) => (await ana.get(`${posts}/${id}/timeline`)).body.timeline;

  it('tells in its timeline that Meta came, and what it read', async () => {
    const { id: asset_id, url } = await uploaded(ana, photo);
    const { body } = await ana.post(posts, { asset_id, caption: 'fetched' });
    await house.until(ana, body.id, ['completed']);
    const [row] = await fetchesOf(house, asset_id, 1);
    expect(row).toMatchObject({ post_id: body.id, item: 0, status: 200, bytes_sent: photo.length });
    const told = await timeline(body.id);
    expect(told.filter(({ kind }: { kind: string }) => kind === 'fetch')).toMatchObject([
      { summary: expect.stringMatching(/^Item 1: Meta read all \d\.\d MB/), detail: { status: 200, whole: true } },
    ]);
    expect(JSON.stringify(told)).not.toContain(new URL(url).searchParams.get('s'));
  });

  it('says which item of a carousel was fetched, each by a URL of its own', async () => {
    const [one, two] = [await uploaded(ana, photo), await uploaded(ana, photo)];
    const items = [{ asset_id: one.id }, { asset_id: two.id }];
    const { body } = await ana.post(posts, { items, caption: 'two' });
    await house.until(ana, body.id, ['completed']);
    expect((await fetchesOf(house, one.id, 1))[0]).toMatchObject({ post_id: body.id, item: 0 });
    expect((await fetchesOf(house, two.id, 1))[0]).toMatchObject({ post_id: body.id, item: 1 });
  });

  it('that Meta could not get says what Meta got', async () => {
    const { id: asset_id, url } = await uploaded(ana, photo);
    await rm(join(house.app.get(Settings).storage.directory, keyOf(url)));
    const { body } = await ana.post(posts, { asset_id, caption: 'gone' });
    const ended = await hurried(house, ana, body.id, ['failed']);
    expect(ended).toMatchObject({ error_type: 'media_unreachable' });
    expect(ended.error_message).toMatch(/Meta got 404 \(the file is gone\)/);
  });

  it('that Meta never came for says so', async () => {
    const { id: asset_id } = await uploaded(ana, photo);
    const act = { kind: 'error_before_effect', http: 400, code: 9004, subcode: 2207052 };
    house.sandbox.fault({
      match: { endpoint: 'create_container', caption_includes: 'never came' },
      times: null,
      do: act,
    });
    const { body } = await ana.post(posts, { asset_id, caption: 'never came' });
    const ended = await hurried(house, ana, body.id, ['failed']);
    expect(ended.error_message).toContain(`Meta never came for the file: can ${house.url} be reached`);
  });

  it('is told when robots.txt keeps Meta off a URL, as is an asset', async () => {
    const told = expect.stringMatching(/robots\.txt keeps facebookexternalhit and meta-externalfetcher off/);
    const kept = (await ana.post(ASSETS, { url: `${site.url}/kept-off/a.jpg` })).body;
    expect(kept).toMatchObject({ status: 'ready', warnings: [told] });
    for (const [source, expected] of [
      [{ image_url: `${site.url}/kept-off/a.jpg` }, [told]],
      [{ asset_id: kept.id }, [told]],
      [{ image_url: `${site.url}/a.jpg` }, []],
    ] as const) {
      const { body } = await ana.post(posts, { ...source, caption: 'robots', status: 'draft' });
      const summaries = (await timeline(body.id)).map(({ summary }: { summary: string }) => summary);
      expect(summaries).toEqual(['accepted as draft', ...expected]);
    }
  });

  it('with media elsewhere says nothing of us', async () => {
    const act = { kind: 'error_before_effect', http: 400, code: 9004, subcode: 2207052 };
    house.sandbox.fault({
      match: { endpoint: 'create_container', caption_includes: 'elsewhere' },
      times: null,
      do: act,
    });
    const { url } = await uploaded(ana, photo);
    const { body } = await ana.post(posts, { image_url: url, caption: 'elsewhere' });
    const ended = await hurried(house, ana, body.id, ['failed']);
    expect(ended.error_message).not.toMatch(/Meta never came|Meta got/);
  });
});
