import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { mediaProblems } from '../../src/assets/media-rules';
import { MediaProbe } from '../../src/assets/media-probe';
import { RobotsCheck } from '../../src/assets/meta-crawler';
import { SystemClock } from '../../src/common/clock';
import type { Settings } from '../../src/config/settings';
import { GuardedHttp } from '../../src/net/guarded-http';
import { SystemResolver } from '../../src/net/resolver';
import { LocalDisk } from '../../src/storage/local-disk';
import { SignedUrls } from '../../src/storage/signed-urls';
import { Staging } from '../../src/storage/staging';

const demo = (name: string) => readFile(resolve(__dirname, '../../demo', name));
const MAX = 20 * 1024 * 1024;

/** Durations can be made longer than they are. */
class JumpingClock extends SystemClock {
  skippedMs = 0;

  override monotonicMs(): number {
    return super.monotonicMs() + this.skippedMs;
  }
}

let directory: string;
let allowedPrivateHosts: Set<string>;
let probe: MediaProbe;
let clock: JumpingClock;
/** What every site's robots.txt says; none: there is none. */
let robots: string | undefined;
let reel: Buffer;
let photo: Buffer;
const servers: Server[] = [];

beforeAll(async () => {
  reel = await demo('reel.mp4');
  photo = await demo('photo.jpg');
});

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'probe-'));
  allowedPrivateHosts = new Set();
  const settings = {
    net: { allowedPrivateHosts },
    storage: { directory, maxUploadBytes: MAX },
    http: { publicBaseUrl: 'https://api.example.com' },
    vaultKeys: [{ kid: 'k1', key: Buffer.alloc(32, 7) }],
  } as unknown as Settings;
  clock = new JumpingClock();
  const disk = new LocalDisk(settings, new Staging(settings, clock), new SignedUrls(settings, clock));
  const http = new GuardedHttp(settings, new SystemResolver());
  probe = new MediaProbe(http, disk, new RobotsCheck(http), clock, settings);
  robots = undefined;
});

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  expect(await readdir(join(directory, '.staging')).catch(() => [])).toEqual([]);
  await rm(directory, { recursive: true });
});

async function serve(handler: RequestListener): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url !== '/robots.txt') return handler(request, response);
    return robots === undefined ? response.writeHead(404).end() : response.end(robots);
  });
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  allowedPrivateHosts.add(host);
  return `http://${host}`;
}

/** Serves bytes whole, as any web server without ranges. */
const whole =
  (bytes: Buffer, headers = {}): RequestListener =>
  (_request, response) =>
    response.writeHead(200, { 'content-length': bytes.length, ...headers }).end(bytes);

/** Serves bytes by ranges and counts what it was asked for. */
function ranged(bytes: Buffer, headers = {}) {
  const asked = { requests: 0, bytes: 0 };
  const handler: RequestListener = (request, response) => {
    asked.requests++;
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    if (from === undefined) {
      asked.bytes += bytes.length;
      return response.end(bytes);
    }
    const part = bytes.subarray(Number(from), Number(to) + 1);
    asked.bytes += part.length;
    return response
      .writeHead(206, {
        ...headers,
        'content-range': `bytes ${from}-${Number(from) + part.length - 1}/${bytes.length}`,
      })
      .end(part);
  };
  return { handler, asked };
}

async function probeBytes(bytes: Buffer | string, name = 'file.bin') {
  const path = join(directory, name);
  await writeFile(path, bytes);
  return probe.probeFile(path);
}

/** The top-level boxes of an MP4, so that a test can move them about. */
function boxes(mp4: Buffer): { type: string; bytes: Buffer }[] {
  const found = [];
  for (let at = 0; at < mp4.length;) {
    const size = mp4.readUInt32BE(at);
    found.push({ type: mp4.toString('latin1', at + 4, at + 8), bytes: mp4.subarray(at, at + size) });
    at += size;
  }
  return found;
}

const only = (mp4: Buffer, ...types: string[]) =>
  Buffer.concat(types.flatMap((type) => boxes(mp4).filter((box) => box.type === type)).map(({ bytes }) => bytes));

describe('the bytes of a file', () => {
  it('of a reel tell everything that the rules want to know', async () => {
    const media = await probeBytes(reel);
    expect(media).toMatchObject({
      kind: 'video',
      contentType: 'video/mp4',
      extension: 'mp4',
      sizeBytes: reel.length,
      width: 720,
      height: 1280,
      codecs: ['h264', 'aac'],
      video: {
        frameRate: 30,
        interlaced: false,
        chroma: '4:2:0',
        moovAtFront: true,
        audio: { channels: expect.any(Number) },
      },
    });
    expect(media.durationSeconds).toBeCloseTo(6, 1);
    expect(mediaProblems(media, 'reel')).toEqual([]);
  });

  it('of a photo tell its size', async () => {
    const media = await probeBytes(photo);
    expect(media).toMatchObject({
      kind: 'image',
      contentType: 'image/jpeg',
      extension: 'jpg',
      width: 1080,
      height: 1350,
    });
    expect(media).toMatchObject({ durationSeconds: null, codecs: [], video: null, sizeBytes: photo.length });
    expect(mediaProblems(media, 'feed_image')).toEqual([]);
  });

  it('count, not the name: a PNG called .mp4 is an image', async () => {
    const png = await sharp(photo).png().toBuffer();
    expect(await probeBytes(png, 'reel.mp4')).toMatchObject({
      kind: 'image',
      contentType: 'image/png',
      extension: 'png',
    });
  });

  it.each(['webp', 'gif', 'avif', 'tiff'] as const)('are understood in %s too', async (format) => {
    const bytes = await sharp(photo).resize(320).toFormat(format).toBuffer();
    expect(await probeBytes(bytes)).toMatchObject({ kind: 'image', width: 320, height: 400 });
  });

  it('are seen as shown: a photo taken upright on a turned sensor is upright', async () => {
    const turned = await sharp(photo).resize(400, 300, { fit: 'fill' }).withMetadata({ orientation: 6 }).toBuffer();
    expect(await probeBytes(turned)).toMatchObject({ width: 300, height: 400 });
  });

  it('are seen as shown: a video with a rotation is turned', async () => {
    const turned = Buffer.from(reel);
    // The picture track's matrix (tkhd): 90° clockwise instead of none.
    const matrix = turned.indexOf('tkhd') + 4 + 40;
    for (const [i, value] of [0, 0x10000, 0, -0x10000, 0, 0].entries()) turned.writeInt32BE(value, matrix + i * 4);
    expect(await probeBytes(turned)).toMatchObject({ width: 1280, height: 720 });
  });

  it('tell where the index of a video stands', async () => {
    const media = await probeBytes(only(reel, 'ftyp', 'mdat', 'moov'));
    expect(media.video?.moovAtFront).toBe(false);
  });

  it.each([
    ['a video cut off in the middle', () => reel.subarray(0, reel.length >> 1), /cut off/],
    ['a video cut off by one byte', () => reel.subarray(0, -1), /cut off/],
    ['a video without an index', () => only(reel, 'ftyp', 'mdat'), /no index/],
    ['an index without its video', () => only(reel, 'ftyp', 'moov'), /cut off|damaged/],
    ['an image cut off in the middle', () => photo.subarray(0, photo.length >> 1), /damaged or cut off/],
    ['an image cut off by two bytes', () => photo.subarray(0, -2), /damaged or cut off/],
    ['the first bytes of an image', () => photo.subarray(0, 100), /damaged or cut off/],
    ['a web page', () => Buffer.from('\n<!DOCTYPE html><html><body>Sign in</body></html>'), /web page \(HTML\)/],
    ['an SVG', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"></svg>'), /SVG/],
    ['JSON', () => Buffer.from('{"error": "not found"}'), /text/],
    ['a PDF', () => Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj'), /application\/pdf/],
    ['noise', () => Buffer.alloc(5000, 7), /neither an image nor a video/],
    ['nothing', () => Buffer.alloc(0), /not an image/],
    ['a HEIC photo', () => Buffer.from('\0\0\0\x18ftypheic\0\0\0\0heicmif1', 'latin1'), /HEIC image is damaged/],
  ])('of %s are refused with the reason', async (_name, bytes, reason) => {
    await expect(probeBytes(bytes())).rejects.toMatchObject({
      errorType: 'media_invalid_format',
      detail: expect.stringMatching(reason),
    });
  });

  it('can be probed many at a time', async () => {
    const path = join(directory, 'reel.mp4');
    await writeFile(path, reel);
    const all = await Promise.all(Array.from({ length: 8 }, () => probe.probeFile(path)));
    expect(new Set(all.map(({ width }) => width))).toEqual(new Set([720]));
  });
});

describe('media behind a URL', () => {
  it('is downloaded from a server without ranges, and deleted again', async () => {
    const origin = await serve(whole(reel, { 'content-type': 'text/html' }));
    expect(await probe.probeUrl(`${origin}/x.png`)).toMatchObject({
      kind: 'video',
      width: 720,
      sizeBytes: reel.length,
    });
  });

  it('is read in pieces where it is a video and the server can do that', async () => {
    const padding = Buffer.alloc(8 * 1024 * 1024);
    padding.writeUInt32BE(padding.length, 0);
    padding.write('free', 4, 'latin1');
    const { handler, asked } = ranged(Buffer.concat([reel, padding]));
    const media = await probe.probeUrl(`${await serve(handler)}/reel.mp4`);
    expect(media).toMatchObject({ kind: 'video', width: 720, sizeBytes: reel.length + padding.length });
    expect(media.durationSeconds).toBeCloseTo(6, 1);
    expect(asked.bytes).toBeLessThan(2 * 1024 * 1024);
  });

  it('is seen to be cut off even when it is read in pieces', async () => {
    const { handler } = ranged(reel.subarray(0, -1000));
    await expect(probe.probeUrl(await serve(handler))).rejects.toMatchObject({ errorType: 'media_invalid_format' });
  });

  it('is downloaded where it is an image, since only decoding shows that it is whole', async () => {
    const { handler, asked } = ranged(photo);
    expect(await probe.probeUrl(await serve(handler))).toMatchObject({ kind: 'image', width: 1080 });
    expect(asked.requests).toBe(2);
  });

  it.each([[404], [401], [403], [500], [503], [204]])('is unreachable when the server answers %d', async (status) => {
    const origin = await serve((_request, response) => response.writeHead(status).end());
    await expect(probe.probeUrl(`${origin}/secret/path?sig=hunter2`)).rejects.toMatchObject({
      errorType: 'media_unreachable',
      detail: `We could not fetch ${origin}/…: it answered ${status}.`,
    });
  });

  it('is unreachable when nobody listens', async () => {
    const origin = await serve(() => undefined);
    await new Promise((closed) => servers.pop()?.close(closed));
    await expect(probe.probeUrl(origin)).rejects.toMatchObject({
      errorType: 'media_unreachable',
      detail: `We could not fetch ${origin}/…: it refused the connection.`,
    });
  });

  it('is unreachable when the connection breaks off', async () => {
    const origin = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': photo.length });
      response.write(photo.subarray(0, 1000), () => response.socket?.destroy());
    });
    await expect(probe.probeUrl(origin)).rejects.toMatchObject({ errorType: 'media_unreachable' });
  });

  it.each([
    ['its length', (response: Parameters<RequestListener>[1]) => response.writeHead(200, { 'content-length': 5e9 })],
    [
      'its range',
      (response: Parameters<RequestListener>[1]) =>
        response.writeHead(206, { 'content-range': 'bytes 0-65535/5000000000', 'content-length': 65_536 }),
    ],
  ])('of 5 GB is refused by %s, without a download', async (_name, answer) => {
    const origin = await serve((_request, response) => void answer(response).write('x'));
    await expect(probe.probeUrl(origin)).rejects.toMatchObject({
      errorType: 'media_too_large',
      detail: expect.stringContaining('5000000000 bytes'),
    });
  });

  it('that goes on and on is cut at the limit', async () => {
    const origin = await serve((_request, response) => {
      const more = (): unknown => response.write(Buffer.alloc(1 << 20), (gone) => void (gone ?? setImmediate(more)));
      more();
    });
    await expect(probe.probeUrl(origin)).rejects.toMatchObject({ errorType: 'media_too_large' });
  });

  it('that is nothing is not media', async () => {
    await expect(probe.probeUrl(await serve(whole(Buffer.alloc(0))))).rejects.toMatchObject({
      errorType: 'media_invalid_format',
      detail: expect.stringMatching(/What http:\/\/127.*answers cannot be used.*empty/),
    });
  });

  it.each([
    ['says so', 'text/html; charset=utf-8', '<p>Please accept our cookies'],
    ['claims to be a video', 'video/mp4', '\n<!DOCTYPE html><html><title>Sign in\n to Drive</title></html>'],
  ])('that is a web page which %s could not be had', async (_name, type, body) => {
    for (const answer of [whole, (bytes: Buffer, headers: object) => ranged(bytes, headers).handler]) {
      const origin = await serve(answer(Buffer.from(body), { 'content-type': type }));
      await expect(probe.probeUrl(`${origin}/a.mp4?token=hunter2`)).rejects.toMatchObject({
        errorType: 'media_unreachable',
        detail: `${origin}/… answers a web page (${type}${body.includes('title') ? ', “Sign in to Drive”' : ''}), no media.`,
      });
    }
  });

  it("is asked for by the name of Meta's crawler, and by no other", async () => {
    const names = new Set<string | undefined>();
    const { handler } = ranged(reel);
    const origin = await serve((request, response) => {
      names.add(request.headers['user-agent']);
      expect(request.headers.accept).toBe('*/*');
      handler(request, response);
    });
    expect((await probe.probeUrl(origin)).warnings).toEqual([]);
    expect([...names]).toEqual(['facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)']);
  });

  it.each([
    ['everybody', 'User-agent: *\nDisallow: /', ['facebookexternalhit and meta-externalfetcher']],
    ['one of them', 'User-agent: facebookexternalhit\nDisallow: /private/', ['facebookexternalhit']],
    ['others', 'User-agent: GPTBot\nDisallow: /', []],
    ['other places', 'User-agent: *\nDisallow: /elsewhere/', []],
  ])(
    'on a site whose robots.txt keeps %s off is taken, with a warning where that is Meta',
    async (_name, said, kept) => {
      robots = said;
      const origin = await serve(whole(photo));
      const { warnings } = await probe.probeUrl(`${origin}/private/a.jpg`);
      expect(warnings).toEqual(kept.map((names) => expect.stringContaining(`${origin}/robots.txt keeps ${names} off`)));
    },
  );

  it('on a slow server is taken, with a warning', async () => {
    const origin = await serve((_request, response) => {
      clock.skippedMs += 7_000;
      response.end(photo);
    });
    const { warnings } = await probe.probeUrl(origin);
    expect(warnings).toEqual([expect.stringMatching(/took 7\.\d s to answer/)]);
  });

  it('on a private host is not even asked for', async () => {
    const asked = jest.fn();
    const origin = await serve(asked);
    allowedPrivateHosts.clear();
    await expect(probe.probeUrl(origin)).rejects.toMatchObject({ errorType: 'url_not_allowed' });
    expect(asked).not.toHaveBeenCalled();
  });

  it('on a server that stops answering ranges halfway is unreachable', async () => {
    const { handler } = ranged(only(reel, 'ftyp', 'mdat', 'moov'));
    let requests = 0;
    const origin = await serve((request, response) =>
      ++requests === 1 ? handler(request, response) : response.writeHead(429).end(),
    );
    await expect(probe.probeUrl(origin)).rejects.toMatchObject({
      errorType: 'media_unreachable',
      detail: expect.stringContaining('429'),
    });
  });

  it('on a server that hides the whole size is downloaded', async () => {
    const origin = await serve((request, response) =>
      request.headers.range
        ? response.writeHead(206, { 'content-range': 'bytes 0-65535/*' }).end(reel.subarray(0, 65_536))
        : response.end(reel),
    );
    expect(await probe.probeUrl(origin)).toMatchObject({ kind: 'video', sizeBytes: reel.length });
  });
});
