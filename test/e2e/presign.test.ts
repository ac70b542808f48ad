import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Settings } from '../../src/config/settings';
import { House, type Answer, type Client } from '../support/app';
import { startS3, type TestBucket } from '../support/s3';
import { ask, ASSETS, complete, demo, presigned, send } from './media-stage';

const MAX = 2_000_000;
const VIDEO = { content_type: 'video/mp4', title: 'Take 5', alt_text: 'Bread' };

let reel: Buffer;
let photo: Buffer;

beforeAll(async () => {
  [reel, photo] = await Promise.all([demo('reel.mp4'), demo('photo.jpg')]);
});

const errorOf = ({ status, body }: Answer) => [status, body.error_type];

describe.each(['local disk', 'bucket'])('a presigned upload to the %s', (kind) => {
  let house: House;
  let bucket: TestBucket | null = null;
  let ana: Client;

  beforeAll(async () => {
    if (kind === 'bucket') bucket = await startS3();
    const env = { MAX_UPLOAD_BYTES: String(MAX), ...bucket?.env };
    house = await House.open({ env, allow: bucket ? [bucket.url] : [] });
    ana = await house.connectedUser();
  });

  afterAll(async () => {
    await house.close();
    await bucket?.close();
    bucket = null;
  });

  /** What lies in the storage, the expected uploads among it. */
  async function stock(): Promise<string[]> {
    const { directory } = house.app.get(Settings).storage;
    const local = await readdir(join(directory, '.staging'));
    if (bucket) return [...(await bucket.keys()), ...local];
    const names = [...(await readdir(directory)), ...(await readdir(join(directory, '.incoming')))];
    return [...names.filter((name) => !name.startsWith('.')), ...local].sort();
  }

  it('is sent to a URL of its own, completed, shown, and posted', async () => {
    const ticket = await presigned(ana, { ...VIDEO, size_bytes: reel.length });
    expect(ticket).toMatchObject({ headers: { 'Content-Type': 'video/mp4' }, asset_id: expect.any(Number) });
    expect(Date.parse(ticket.expires_at) - Date.now()).toBeGreaterThan(3_500_000);
    expect(ticket.upload_url.startsWith(bucket ? `${bucket.url}/media/incoming/` : `${house.url}/uploads/`)).toBe(true);
    const waiting = (await ana.get(`${ASSETS}/${ticket.asset_id}`)).body;
    expect(waiting).toMatchObject({ status: 'uploading', url: null, kind: 'video', size_bytes: reel.length });

    expect((await send(ticket, reel)).status).toBe(200);
    const { status, body } = await complete(ana, ticket.asset_id);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...{ status: 'ready', width: 720, height: 1280, codecs: ['h264', 'aac'], problems: [] },
      ...{ title: 'Take 5', alt_text: 'Bread', url: expect.any(String) },
    });
    expect(Buffer.from(await (await fetch(body.url)).arrayBuffer()).equals(reel)).toBe(true);
    expect((await complete(ana, ticket.asset_id)).body).toEqual(body);
    expect(await stock()).toEqual([expect.stringMatching(/^[0-9a-f]{40}\.mp4$/)]);

    await house.startWorker();
    const post = await ana.post('/api/instagram/posts', { video_id: ticket.asset_id, caption: kind });
    expect(await house.until(ana, post.body.id, ['completed', 'failed'])).toMatchObject({ status: 'completed' });
    expect(house.sandbox.effects('media_published')).toMatchObject([{ caption: kind }]);
  });

  it('that has not come can neither be completed nor posted', async () => {
    const { asset_id } = await presigned(ana, { ...VIDEO, size_bytes: reel.length });
    expect(errorOf(await complete(ana, asset_id))).toEqual([409, 'asset_not_ready']);
    for (const [source, pointer] of [
      [{ video_id: asset_id }, '/video_id'],
      [{ asset_id }, '/asset_id'],
      [{ items: [{ asset_id }, { asset_id }] }, '/items/0'],
    ] as const) {
      const answer = await ana.post('/api/instagram/posts', { ...source, caption: 'too early' });
      expect(errorOf(answer)).toEqual([422, 'validation_error']);
      expect(answer.body.errors[0]).toMatchObject({
        pointer,
        message: expect.stringContaining(`POST /assets/${asset_id}/complete`),
      });
    }
    expect((await ana.send('DELETE', `${ASSETS}/${asset_id}`)).status).toBe(204);
  });

  it.each([
    ['garbage', () => Buffer.from('not a video at all')],
    ['half a video', () => reel.subarray(0, reel.length >> 1)],
    ['a web page', () => Buffer.from('<html><script>alert(1)</script></html>')],
  ])('of %s is refused with the reason, and gone', async (_name, bytes) => {
    const before = await stock();
    const ticket = await presigned(ana, { ...VIDEO, size_bytes: bytes().length });
    expect((await send(ticket, bytes())).status).toBe(200);
    const answer = await complete(ana, ticket.asset_id);
    expect(errorOf(answer)).toEqual([400, 'media_invalid_format']);
    expect(errorOf(await ana.get(`${ASSETS}/${ticket.asset_id}`))).toEqual([404, 'not_found']);
    expect(await stock()).toEqual(before);
  });

  it('is what its bytes are, whatever was said', async () => {
    const ticket = await presigned(ana, { content_type: 'video/mp4', size_bytes: photo.length, filename: 'a.mov' });
    await send(ticket, photo);
    const { body } = await complete(ana, ticket.asset_id);
    expect(body).toMatchObject({ kind: 'image', content_type: 'image/jpeg', title: 'a.mov' });
    expect(new URL(body.url).pathname).toMatch(/\.jpg$/);
  });

  it('is signed: another size, another place, and a changed signature are refused', async () => {
    const ticket = await presigned(ana, { ...VIDEO, size_bytes: reel.length });
    const changed = new URL(ticket.upload_url);
    const name = bucket ? 'X-Amz-Signature' : 's';
    const signature = changed.searchParams.get(name) ?? '';
    changed.searchParams.set(name, signature.replace(/.$/, signature.endsWith('a') ? 'b' : 'a'));
    const elsewhere = ticket.upload_url.replace(/[0-9a-f]{40}/, 'f'.repeat(40));
    expect((await send({ ...ticket, upload_url: changed.href }, reel)).status).toBe(403);
    expect((await send({ ...ticket, upload_url: elsewhere }, reel)).status).toBe(403);
    expect((await send(ticket, reel.subarray(1))).status).toBe(bucket ? 403 : 422);
    expect(errorOf(await complete(ana, ticket.asset_id))).toEqual([409, 'asset_not_ready']);
  });

  it('may be sent again until it is completed, but changes nothing afterwards', async () => {
    const ticket = await presigned(ana, { content_type: 'image/jpeg', size_bytes: photo.length });
    await send(ticket, Buffer.alloc(photo.length, 7));
    await send(ticket, photo);
    const { body } = await complete(ana, ticket.asset_id);
    const late = await send(ticket, Buffer.alloc(photo.length, 7));
    expect(late.status).toBe(bucket ? 200 : 404);
    expect(Buffer.from(await (await fetch(body.url)).arrayBuffer()).equals(photo)).toBe(true);
  });

  it('can be completed by many at once', async () => {
    const ticket = await presigned(ana, { content_type: 'image/jpeg', size_bytes: photo.length });
    await send(ticket, photo);
    const answers = await Promise.all([1, 2, 3].map(() => complete(ana, ticket.asset_id)));
    for (const { status } of answers) expect([200, 409]).toContain(status);
    const { body } = await complete(ana, ticket.asset_id);
    expect(body).toMatchObject({ status: 'ready' });
    expect(Buffer.from(await (await fetch(body.url)).arrayBuffer()).equals(photo)).toBe(true);
  });

  it('is its user’s alone', async () => {
    const ben = await house.newUser();
    const { asset_id } = await presigned(ana, { ...VIDEO, size_bytes: 5 });
    expect(errorOf(await complete(ben, asset_id))).toEqual([404, 'not_found']);
  });

  it.each([
    [{ size_bytes: 5 }, 422, 'validation_error'],
    [{ ...VIDEO }, 422, 'validation_error'],
    [{ ...VIDEO, size_bytes: 0 }, 422, 'validation_error'],
    [{ content_type: 'text/html', size_bytes: 5 }, 422, 'validation_error'],
    [{ ...VIDEO, size_bytes: 5, acl: 'public' }, 422, 'validation_error'],
    [{ ...VIDEO, size_bytes: MAX + 1 }, 413, 'payload_too_large'],
  ])('%j is refused', async (body, status, type) => {
    expect(errorOf(await ana.post(`${ASSETS}/presign`, body))).toEqual([status, type]);
  });
});

describe('the bucket', () => {
  let house: House;
  let bucket: TestBucket;
  let ana: Client;

  beforeAll(async () => {
    bucket = await startS3();
    house = await House.open({ env: bucket.env, allow: [bucket.url] });
    ana = await house.connectedUser();
  });

  afterAll(async () => {
    await house.close();
    await bucket.close();
  });

  it('takes what is uploaded through the API, in parts, and gives it to whoever has a signed URL', async () => {
    // Three parts.
    const big = Buffer.concat([reel, Buffer.alloc(11 * 1024 * 1024)]);
    big.writeUInt32BE(big.length - reel.length, reel.length);
    big.write('free', reel.length + 4, 'latin1');
    const { status, body } = await ana.upload(`${ASSETS}/upload`, big, 'big.mp4');
    expect([status, body.status, body.size_bytes]).toEqual([201, 'ready', big.length]);
    expect(await bucket.keys()).toEqual([expect.stringMatching(/^[0-9a-f]{40}\.mp4$/)]);
    expect(body.url.startsWith(`${house.url}/files/`)).toBe(true);

    const led = await ask(body.url);
    expect([led.status, led.headers.get('cache-control')]).toEqual([302, 'no-store']);
    const there = led.headers.get('location') ?? '';
    expect(there.startsWith(`${bucket.url}/media/`)).toBe(true);
    const file = await ask(there);
    expect([file.status, file.headers.get('content-type')]).toEqual([200, 'video/mp4']);
    expect(Buffer.from(await file.arrayBuffer()).equals(big)).toBe(true);
    expect((await ask(there.replace(/X-Amz-Signature=\w{4}/, 'X-Amz-Signature=0000'))).status).toBe(403);

    expect((await ana.send('DELETE', `${ASSETS}/${body.id}`)).status).toBe(204);
    expect(await bucket.keys()).toEqual([]);
  });

  it('gives Meta a fresh URL for each container', async () => {
    const { id } = (await ana.upload(`${ASSETS}/upload`, photo, 'a.jpg')).body;
    await house.startWorker();
    const { body } = await ana.post('/api/instagram/posts', { asset_id: id, caption: 'from the bucket' });
    expect(await house.until(ana, body.id, ['completed', 'failed'])).toMatchObject({ status: 'completed' });
    expect(house.sandbox.state.ledger.fetches).toMatchObject([{ url: expect.stringContaining(bucket.url) }]);
  });
});

describe('a bucket that can’t be used', () => {
  let bucket: TestBucket;

  beforeAll(async () => void (bucket = await startS3()));
  afterAll(() => bucket.close());

  it.each([
    ['is away', { S3_ENDPOINT: 'http://127.0.0.1:9' }, /does not answer as it should/],
    ['refuses our key', { R2_SECRET_ACCESS_KEY: 'canary-of-a-wrong-key' }, /refuses this installation/],
    ['is not there', { R2_BUCKET_NAME: 'nobodys' }, /refuses this installation/],
  ])('because it %s is a 503 that says so; nothing is stored', async (_name, env, detail) => {
    const house = await House.open({ env: { ...bucket.env, ...env } });
    try {
      const ana = await house.newUser();
      const answer = await ana.upload(`${ASSETS}/upload`, photo, 'a.jpg');
      expect(errorOf(answer)).toEqual([503, 'service_unavailable']);
      expect(answer.body.detail).toMatch(detail);
      expect(JSON.stringify(answer.body)).not.toContain('canary');
      expect(await house.query('SELECT FROM assets')).toEqual([]);
      expect(await readdir(join(house.app.get(Settings).storage.directory, '.staging'))).toEqual([]);
    } finally {
      await house.close();
    }
  });
});
