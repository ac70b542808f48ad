import sharp from 'sharp';
import { House, type Client } from '../support/app';
import { BAD_IMAGES, heic, noisyJpeg } from '../support/bad-media';
import { startMediaOrigin, type MediaOrigin } from '../support/sandbox';

jest.setTimeout(60_000);

const ASSETS = '/api/instagram/assets';

let house: House;
let ana: Client;
let origin: MediaOrigin;
const files: Record<string, Buffer> = {};

beforeAll(async () => {
  origin = await startMediaOrigin(files);
  house = await House.open({ allow: [origin.url] });
  ana = await house.connectedUser();
  await house.startWorker();
});
afterAll(async () => {
  await house.close();
  await origin.close();
});

const upload = async (bytes: Buffer, fields: Record<string, string> = {}) =>
  (await ana.upload(`${ASSETS}/upload`, bytes, 'file', fields)).body;
const bad = (name: string) => BAD_IMAGES[name]?.() ?? Promise.reject(new Error(`No ${name}`));
const flat = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: '#38c' } });
const bytesAt = async (url: string) => Buffer.from(await (await fetch(url)).arrayBuffer());

async function goesLive(assetId: number, more: object = {}): Promise<void> {
  const { body } = await ana.post('/api/instagram/post', { asset_id: assetId, caption: `No. ${assetId}`, ...more });
  expect(await house.until(ana, body.post_id, ['completed', 'failed'])).toMatchObject({ status: 'completed' });
}

describe('an upload just works', () => {
  it('a PNG that one sees through becomes a JPEG on white, and goes live', async () => {
    const asset = await upload(await bad('a PNG that one sees through'), { title: 'Logo' });
    expect(asset).toMatchObject({
      kind: 'image',
      status: 'ready',
      title: 'Logo',
      content_type: 'image/jpeg',
      url: expect.stringMatching(/\.jpg\?/),
      mended: ['converted from PNG to JPEG', 'transparency laid on white'],
      problems: [],
      progress: null,
      error_message: null,
    });
    const { data } = await sharp(await bytesAt(asset.url))
      .raw()
      .toBuffer({ resolveWithObject: true });
    // Half a red on white.
    expect([...data.subarray(0, 3)].map((value) => Math.round(value / 32))).toEqual([8, 4, 4]);
    await goesLive(asset.id);
  });

  it.each([
    ['a PNG of 16 bits', 'PNG'],
    ['a WebP', 'WebP'],
    ['a GIF', 'GIF'],
    ['an AVIF', 'AVIF'],
    ['a TIFF', 'TIFF'],
    ['a HEIC', 'HEIC'],
  ])('%s becomes a JPEG', async (name, format) => {
    const before = await bad(name);
    const asset = await upload(before);
    expect(asset).toMatchObject({ content_type: 'image/jpeg', mended: [`converted from ${format} to JPEG`] });
    expect(await sharp(await bytesAt(asset.url)).metadata()).toMatchObject({ format: 'jpeg', space: 'srgb' });
    expect(asset.problems.filter(({ code }: { code: string }) => code !== 'media_aspect_ratio_error')).toEqual([]);
  });

  it('a HEIC looks as before, and goes live once it has a shape that the feed takes', async () => {
    const asset = await upload(await heic());
    expect(asset).toMatchObject({ width: 96, height: 64, problems: [] });
    const { channels } = await sharp(await bytesAt(asset.url)).stats();
    // The means of the picture that it was made of.
    [95, 73, 73].forEach((mean, index) => expect(Math.abs((channels[index]?.mean ?? 0) - mean)).toBeLessThan(8));
    await goesLive(asset.id);
  });

  it('a photo from a phone stands upright, and tells nobody where it was taken', async () => {
    const exif = { IFD3: { GPSLatitude: '52/1 31/1 0/1', GPSLatitudeRef: 'N' } };
    const photo = await flat(900, 720).jpeg().withExif(exif).withMetadata({ orientation: 6 }).toBuffer();
    expect((await sharp(photo).metadata()).exif).toBeDefined();
    const asset = await upload(photo);
    expect(asset).toMatchObject({ width: 720, height: 900, problems: [] });
    expect(asset.mended).toEqual(['turned upright', expect.stringMatching(/^metadata removed \(EXIF/)]);
    const kept = await sharp(await bytesAt(asset.url)).metadata();
    expect([kept.width, kept.height, kept.exif, kept.xmp, kept.orientation]).toEqual([
      720,
      900,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('a large photo is scaled and compressed until Instagram takes it', async () => {
    const large = await noisyJpeg(2700, 2700, 100);
    expect(large.length).toBeGreaterThan(8 * 1024 * 1024);
    const asset = await upload(large);
    expect(asset).toMatchObject({ width: 1440, height: 1440, problems: [] });
    expect(asset.mended).toEqual(['compressed', 'scaled from 2700 × 2700 to 1440 × 1440']);
    expect(asset.size_bytes).toBeLessThan(8 * 1024 * 1024);
  });

  it.each([
    ['a CMYK JPEG', 'colours converted from CMYK to sRGB'],
    ['a JPEG that is a ZIP', 'bytes behind the picture removed'],
  ])('%s is rewritten', async (name, done) => {
    const asset = await upload(await bad(name));
    expect(asset.mended).toContain(done);
    expect((await bytesAt(asset.url)).includes('PK')).toBe(false);
  });

  it('a good JPEG stays the very bytes that it is', async () => {
    const good = await bad('a good JPEG');
    const asset = await upload(good);
    expect(asset.mended).toEqual([]);
    expect((await bytesAt(asset.url)).equals(good)).toBe(true);
  });
});

describe('the shape', () => {
  it('is mended only when asked for', async () => {
    const wide = await bad('a wide JPEG');
    const asset = await upload(wide);
    expect(asset).toMatchObject({ width: 1000, height: 200, mended: [] });
    expect(asset.problems).toEqual([
      { code: 'media_aspect_ratio_error', message: expect.any(String), remedy: expect.stringContaining('mend=pad') },
    ]);
    await goesLive(asset.id, { media_type: 'STORIES', caption: undefined });
  });

  it.each([
    ['pad', 1000, 524],
    ['crop', 382, 200],
  ])('mend=%s makes it fit', async (mend, width, height) => {
    const asset = await upload(await bad('a wide JPEG'), { mend });
    expect(asset).toMatchObject({ width, height, problems: [], mended: [expect.stringMatching(/to 1\.91:1$/)] });
    const [corner] = await sharp(await bytesAt(asset.url))
      .raw()
      .toBuffer();
    expect((corner ?? 0) > 240).toBe(mend === 'pad');
  });
});

describe('what is left alone', () => {
  it('mend=off keeps the file, whatever Instagram would say', async () => {
    const png = await bad('a PNG');
    const asset = await upload(png, { mend: 'off' });
    expect(asset).toMatchObject({ content_type: 'image/png', mended: [] });
    expect(asset.problems).toMatchObject([
      { code: 'media_invalid_format', remedy: expect.stringContaining('mend=off') },
    ]);
    expect((await bytesAt(asset.url)).equals(png)).toBe(true);
    const heif = await upload(await heic(), { mend: 'off' });
    expect(heif).toMatchObject({ content_type: 'image/heic', url: expect.stringMatching(/\.heic\?/) });
  });

  it.each(['a GIF that moves', 'a WebP that moves'])(
    '%s, since one of its pictures is not what was sent',
    async (name) => {
      const asset = await upload(await bad(name));
      expect(asset.problems).toMatchObject([{ remedy: expect.stringContaining('It moves') }]);
    },
  );

  it('an unknown wish is refused', async () => {
    const answer = await ana.upload(`${ASSETS}/upload`, await bad('a PNG'), 'file', { mend: 'gently' });
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([422, '/mend']);
  });

  it.each([
    'a PNG that is a bomb',
    'a ZIP',
    'an SVG',
    'an SVG that is a bomb',
    'a GIF that is a script',
    'half a JPEG',
    'a text',
  ])('%s is refused, and takes no time', async (name) => {
    const started = performance.now();
    const answer = await ana.upload(`${ASSETS}/upload`, await bad(name), 'file');
    expect([answer.status, answer.body.error_type]).toEqual([400, 'media_invalid_format']);
    expect(performance.now() - started).toBeLessThan(3_000);
  });

  it('a HEIC that is cut off', async () => {
    const answer = await ana.upload(`${ASSETS}/upload`, (await heic()).subarray(0, 900), 'file');
    expect([answer.status, answer.body.error_type]).toEqual([400, 'media_invalid_format']);
  });
});

describe('media by URL', () => {
  it('that Instagram would refuse is fetched, mended and kept here', async () => {
    files['/logo.png'] = await bad('a PNG');
    const { status, body } = await ana.post(ASSETS, { url: `${origin.url}/logo.png` });
    expect(status).toBe(201);
    expect(body).toMatchObject({ content_type: 'image/jpeg', mended: ['converted from PNG to JPEG'], problems: [] });
    expect(body.url).toMatch(new RegExp(`^${house.url}/files/`));
    await goesLive(body.id);
  });

  it('that Instagram takes stays where it is', async () => {
    files['/large.jpg'] = await flat(2000, 2000).jpeg().toBuffer();
    const { body } = await ana.post(ASSETS, { url: `${origin.url}/large.jpg` });
    expect(body).toMatchObject({ url: `${origin.url}/large.jpg`, width: 2000, mended: [], problems: [] });
  });

  it('stays where it is with mend=off', async () => {
    files['/logo.png'] = await bad('a PNG');
    const { body } = await ana.post(ASSETS, { url: `${origin.url}/logo.png`, mend: 'off' });
    expect(body).toMatchObject({ url: `${origin.url}/logo.png`, content_type: 'image/png', mended: [] });
  });
});
