import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { House } from '../scripts/chaos/house.mjs';
import { signIn } from '../scripts/chaos/people.mjs';
import { ROOT } from '../scripts/install.mjs';
import { atEnd } from '../scripts/shutdown.mjs';

const S3rver = createRequire(import.meta.url)('@20minutes/s3rver');

const MIB = 1024 * 1024;
const SIZE = 300 * MIB;
const AT_ONCE = 10;
const LIMIT_MB = 300;
const ASSETS = '/api/instagram/assets';

/** Ten files of 300 MiB at once through one API process: uploaded, served, and with a bucket as the storage. */
export async function memory(servers, note) {
  const folder = mkdtempSync(join(tmpdir(), 'igp-memory-'));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  try {
    return [...(await onDisk(servers, folder, note)), ...(await inABucket(servers, folder, note))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function onDisk(servers, folder, note) {
  const house = await open(servers, join(folder, 'disk'), {});
  try {
    const idle = await peak(house, 'idle', note, () => sleep(2_000));
    const assets = [];
    const up = await peak(house, 'uploading', note, async () => {
      assets.push(...(await tenTimes(() => upload(house))));
    });
    const down = await peak(house, 'serving', note, () => tenTimes((i) => download(assets[i].url)));
    const direct = await peak(house, 'presigned uploads', note, () => tenTimes(() => presigned(house)));
    return [
      { what: 'RSS of the idle API', measured: idle, unit: 'MB' },
      figure('disk: ten uploads', up),
      figure('disk: ten downloads from the relay', down),
      figure('disk: ten presigned uploads, completed', direct),
    ];
  } finally {
    await house.close();
  }
}

async function inABucket(servers, folder, note) {
  const server = new S3rver({
    ...{ address: '127.0.0.1', port: 0, silent: true, vhostBuckets: false },
    ...{ directory: join(folder, 's3'), configureBuckets: [{ name: 'media' }] },
  });
  const { port } = await server.run();
  const house = await open(servers, join(folder, 'staging'), {
    S3_ENDPOINT: `http://127.0.0.1:${port}`,
    ...{ R2_BUCKET_NAME: 'media', R2_ACCESS_KEY_ID: 'S3RVER', R2_SECRET_ACCESS_KEY: 'S3RVER' },
  });
  try {
    const up = await peak(house, 'uploading to a bucket', note, async () => {
      for (const { id } of await tenTimes(() => upload(house))) await remove(house, id);
    });
    const direct = await peak(house, 'presigned uploads to a bucket', note, () => tenTimes(() => presigned(house)));
    return [figure('bucket: ten uploads', up), figure('bucket: ten presigned uploads, completed', direct)];
  } finally {
    await house.close();
    await server.close();
  }
}

async function open(servers, STORAGE_DIR, env) {
  const house = await House.open({ ...servers, workers: 0, env: { STORAGE_DIR, ...env } });
  await signIn(house);
  return house;
}

function figure(what, measured) {
  return { what: `${what} of 300 MiB: RSS at most`, goal: LIMIT_MB, measured, unit: 'MB' };
}

const tenTimes = (work) => Promise.all(Array.from({ length: AT_ONCE }, (_, i) => work(i)));

/** The most memory (MB) that the API process had in hand while `work` was done: asked 50 times a second. */
async function peak(house, what, note, work) {
  const { pid } = house.children.get('api');
  let most = 0;
  let isOver = false;
  const watching = (async () => {
    for (; !isOver; await sleep(20)) {
      const rss = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      most = Math.max(most, Number(rss ?? NaN) / 1_000);
      note(`${what}: ${Math.round(most)} MB`);
    }
  })();
  await work();
  isOver = true;
  await watching;
  return most;
}

/** A real video with nothing in it after its end, made as it is sent. */
function* video() {
  const reel = readFileSync(join(ROOT, 'demo', 'reel.mp4'));
  const head = Buffer.alloc(8);
  head.writeUInt32BE(SIZE - reel.length, 0);
  head.write('free', 4, 'latin1');
  yield reel;
  yield head;
  const nothing = Buffer.alloc(64 * 1024);
  for (let left = SIZE - reel.length - 8; left > 0; left -= nothing.length) yield nothing.subarray(0, left);
}

async function upload(house) {
  const before = Buffer.from('--b\r\ncontent-disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n');
  const after = Buffer.from('\r\n--b--\r\n');
  const form = function* () {
    yield before;
    yield* video();
    yield after;
  };
  return send('POST', `${house.api}${ASSETS}/upload`, form(), {
    authorization: `Bearer ${house.client.token}`,
    'content-type': 'multipart/form-data; boundary=b',
    'content-length': before.length + SIZE + after.length,
  });
}

async function presigned(house) {
  const wanted = { content_type: 'video/mp4', size_bytes: SIZE };
  const { upload_url, headers, asset_id } = await house.client.post(`${ASSETS}/presign`, wanted);
  await send('PUT', upload_url, video(), { ...headers, 'content-length': SIZE });
  const authorization = `Bearer ${house.client.token}`;
  return send('POST', `${house.api}${ASSETS}/${asset_id}/complete`, [], { authorization });
}

async function remove(house, id) {
  await send('DELETE', `${house.api}${ASSETS}/${id}`, [], { authorization: `Bearer ${house.client.token}` });
}

/** Read as fast as it comes, and thrown away. */
function download(url) {
  return new Promise((resolve, reject) => {
    http
      .get(url, { agent: false }, (response) => {
        let size = 0;
        response.on('data', (chunk) => (size += chunk.length));
        response.on('end', () => (size === SIZE ? resolve() : reject(new Error(`${size} bytes of ${SIZE} came`))));
      })
      .on('error', reject);
  });
}

function send(method, url, body, headers) {
  return new Promise((resolve, reject) => {
    const asking = http.request(url, { method, headers, agent: false }, async (response) => {
      const text = Buffer.concat(await response.toArray()).toString();
      if (response.statusCode < 300) resolve(text ? JSON.parse(text) : null);
      else reject(new Error(`${method} answered ${response.statusCode}: ${text.slice(0, 300)}`));
    });
    asking.on('error', reject);
    Readable.from(body).pipe(asking);
  });
}
