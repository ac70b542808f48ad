import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Settings } from '../../src/config/settings';
import { eventually, House, type Client } from '../support/app';
import { clip, describeWithFfmpeg, moovLast, webm } from '../support/bad-media';
import { startMediaOrigin, type MediaOrigin } from '../support/sandbox';
import { endWorkerProcesses, startWorkerProcess } from '../support/worker-process';

jest.setTimeout(60_000);

const ASSETS = '/api/instagram/assets';

let directory: string;
let origin: MediaOrigin;
const files: Record<string, Buffer> = {};

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ffmpegs-'));
  origin = await startMediaOrigin(files);
});
afterAll(async () => {
  await origin.close();
  await rm(directory, { recursive: true });
});

/** A program that stands before the real ffmpeg. */
async function inFrontOfFfmpeg(name: string, does: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, `#!/bin/sh\n[ "$1" = -version ] && exec ffmpeg -version\n${does}\n`);
  await chmod(path, 0o755);
  return path;
}

async function withHouse(env: Partial<NodeJS.ProcessEnv>, work: (house: House, ana: Client) => Promise<void>) {
  const house = await House.open({ allow: [origin.url], env });
  try {
    await work(house, await house.connectedUser());
  } finally {
    await endWorkerProcesses();
    await house.close();
  }
}

const upload = async (user: Client, bytes: Buffer, fields = {}) =>
  (await user.upload(`${ASSETS}/upload`, bytes, 'clip', fields)).body;
const read = async (user: Client, id: number) => (await user.get(`${ASSETS}/${id}`)).body;
const mended = (user: Client, id: number) =>
  eventually(
    () => read(user, id),
    ({ status }) => status !== 'processing',
  );

/** ffmpeg processes that work on this house's files. */
function atWork(house: House): string[] {
  const { directory: files } = house.app.get(Settings).storage;
  return execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(files) && line.includes('-protocol_whitelist') && !line.includes('/bin/sh'));
}

const filesOf = async (house: House) =>
  (await readdir(house.app.get(Settings).storage.directory, { recursive: true })).filter(
    (name) => !name.startsWith('.'),
  );

const isBegun = ({ progress }: { progress: number | null }) => (progress ?? 0) > 0;

describeWithFfmpeg('a video', () => {
  it('with its index at the end is mended by a worker, and goes live', async () => {
    await withHouse({}, async (house, ana) => {
      const asset = await upload(ana, await moovLast());
      expect(asset).toMatchObject({ status: 'processing', progress: 0, mended: [], error_message: null });
      expect(asset.problems).toMatchObject([{ code: 'media_invalid_format', remedy: null }]);

      const refused = await ana.post('/api/instagram/post', { video_id: asset.id });
      expect([refused.status, refused.body.error_type]).toEqual([409, 'asset_not_ready']);
      expect([refused.body.retry_after, refused.headers['retry-after']]).toEqual([10, '10']);

      await house.startWorker();
      const ready = await mended(ana, asset.id);
      expect(ready).toMatchObject({
        status: 'ready',
        progress: null,
        problems: [],
        mended: ['index moved to the front'],
      });
      expect(ready.url).not.toBe(asset.url);
      // The original is gone with its problems.
      expect((await fetch(asset.url)).status).toBe(404);
      expect(await filesOf(house)).toHaveLength(1);

      const { body } = await ana.post('/api/instagram/post', { video_id: asset.id });
      expect(await house.until(ana, body.post_id, ['completed', 'failed'])).toMatchObject({ status: 'completed' });
    });
  });

  it('on another server, that wants encoding, is fetched, mended and kept here', async () => {
    await withHouse({}, async (house, ana) => {
      files['/clip.webm'] = await webm();
      const { body: asset } = await ana.post(ASSETS, { url: `${origin.url}/clip.webm` });
      expect(asset).toMatchObject({ status: 'processing', url: `${origin.url}/clip.webm` });
      await house.startWorker();
      const ready = await mended(ana, asset.id);
      expect(ready).toMatchObject({
        status: 'ready',
        content_type: 'video/mp4',
        codecs: ['h264', 'aac'],
        problems: [],
      });
      expect(ready.url).toMatch(new RegExp(`^${house.url}/files/.*\\.mp4\\?`));
    });
  });

  it('wrong in many ways is right in all of them', async () => {
    await withHouse({ MEND_CONCURRENCY: '2' }, async (house, ana) => {
      await house.startWorker();
      const clips = [
        await clip({
          size: '1984x208',
          seconds: 3,
          rate: 120,
          video: ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv444p'],
        }),
        await clip({ rate: 10, audio: ['-c:a', 'aac', '-ac', '6', '-ar', '96000'] }),
        await clip({ video: ['-c:v', 'prores_ks', '-profile:v', '0'], extension: 'mov' }),
        await clip({ video: ['-c:v', 'mpeg4'], audio: ['-c:a', 'mp3'], extra: [], extension: 'avi' }),
        await clip({ sound: null, extra: [], extension: 'mkv' }),
      ];
      const sent = await Promise.all(clips.map((bytes) => upload(ana, bytes)));
      expect(sent.map(({ status }) => status)).toEqual(sent.map(() => 'processing'));
      for (const { id } of sent)
        expect(await mended(ana, id)).toMatchObject({ status: 'ready', problems: [], error_message: null });
    });
  });

  it('of two seconds is left alone: no encoding makes it longer', async () => {
    await withHouse({}, async (_house, ana) => {
      const asset = await upload(ana, await moovLast({ seconds: 2 }));
      expect(asset).toMatchObject({ status: 'ready', mended: [] });
      expect(asset.problems).toMatchObject([{ remedy: expect.stringContaining('other problems') }, { remedy: null }]);
      expect(await upload(ana, await moovLast(), { mend: 'off' })).toMatchObject({ status: 'ready', mended: [] });
    });
  });

  it('that ffmpeg cannot read ends as failed, with the reason and its original', async () => {
    const FFMPEG_PATH = await inFrontOfFfmpeg('no', 'echo "secret words: /etc/passwd" >&2; exit 1');
    await withHouse({ FFMPEG_PATH }, async (house, ana) => {
      await house.startWorker();
      const { id, url } = await upload(ana, await moovLast());
      const failed = await mended(ana, id);
      expect(failed).toMatchObject({ status: 'failed', url, progress: null, mended: [] });
      expect(failed.error_message).toMatch(/could not be converted/);
      expect(failed.problems).toHaveLength(1);
      expect((await fetch(url)).status).toBe(200);
      const post = await ana.post('/api/instagram/post', { video_id: id });
      expect([post.status, post.body.error_type]).toEqual([400, 'media_invalid_format']);
    });
  });

  it('that takes longer than it may ends as failed', async () => {
    const FFMPEG_PATH = await inFrontOfFfmpeg('stuck', 'exec sleep 60');
    await withHouse({ FFMPEG_PATH, MEND_TIMEOUT_SECONDS: '2' }, async (house, ana) => {
      await house.startWorker();
      const { id } = await upload(ana, await moovLast());
      expect(await mended(ana, id)).toMatchObject({
        status: 'failed',
        error_message: expect.stringMatching(/took too long/),
      });
    });
  });
});

describeWithFfmpeg('a worker that goes away in the middle of it', () => {
  /** As long as the clip lasts, at first; at once afterwards. */
  const slowAtFirst = (name: string) => {
    const flag = join(directory, `${name}-begun`);
    return inFrontOfFfmpeg(name, `[ -e ${flag} ] && exec ffmpeg "$@"\ntouch ${flag}\nexec ffmpeg -re "$@"`);
  };
  const long = () =>
    moovLast({
      seconds: 20,
      size: '64x64',
      rate: 24,
      video: ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8'],
    });

  it('by a power cut: its ffmpeg ends with it, and another worker finishes', async () => {
    const FFMPEG_PATH = await slowAtFirst('killed');
    await withHouse({ FFMPEG_PATH, LEASE_SECONDS: '2' }, async (house, ana) => {
      const { id } = await upload(ana, await long());
      const worker = await startWorkerProcess(house.env);
      await eventually(() => read(ana, id), isBegun);
      expect(atWork(house)).toHaveLength(1);
      worker.kill('SIGKILL');
      await worker.exited;
      await eventually(
        () => Promise.resolve(atWork(house)),
        (left) => left.length === 0,
        5_000,
      );

      await house.startWorker();
      expect(await mended(ana, id)).toMatchObject({ status: 'ready', problems: [] });
      expect(await house.query('SELECT mend_attempts FROM assets')).toEqual([{ mend_attempts: 2 }]);
    });
  });

  it('by a deploy: it stops at once, and another worker finishes', async () => {
    const FFMPEG_PATH = await slowAtFirst('stopped');
    await withHouse({ FFMPEG_PATH }, async (house, ana) => {
      const worker = await house.startWorker();
      const { id } = await upload(ana, await long());
      await eventually(() => read(ana, id), isBegun);
      const started = performance.now();
      await house.stopWorker(worker);
      expect(performance.now() - started).toBeLessThan(5_000);
      expect(atWork(house)).toEqual([]);
      await house.startWorker();
      expect(await mended(ana, id)).toMatchObject({ status: 'ready', problems: [] });
    });
  });

  it('or an asset that does: nothing is left of it', async () => {
    const FFMPEG_PATH = await slowAtFirst('deleted');
    await withHouse({ FFMPEG_PATH }, async (house, ana) => {
      await house.startWorker();
      const { id } = await upload(ana, await long());
      await eventually(() => read(ana, id), isBegun);
      expect((await ana.send('DELETE', `${ASSETS}/${id}`)).status).toBe(204);
      await eventually(
        () => Promise.resolve(atWork(house)),
        (left) => left.length === 0,
      );
      await eventually(
        () => filesOf(house),
        (left) => left.length === 0,
      );
    });
  });
});

describeWithFfmpeg('a wake-up that is lost', () => {
  it('is made up for by the sweep', async () => {
    await withHouse({}, async (house, ana) => {
      const { id } = await upload(ana, await moovLast());
      await house.query(`UPDATE assets SET mend_attempts = 1, mend_at = now() - interval '1 hour' WHERE id = ${id}`);
      await house.startWorker();
      expect(await mended(ana, id)).toMatchObject({ status: 'ready' });
    });
  });

  it('does not last for ever: who was interrupted time and again, or waited for a day, has failed', async () => {
    await withHouse({}, async (house, ana) => {
      const [first, second] = [await upload(ana, await moovLast()), await upload(ana, await moovLast())];
      await house.query(`UPDATE assets SET mend_attempts = 5 WHERE id = ${first.id}`);
      await house.query(`UPDATE assets SET mend_at = now() - interval '25 hours' WHERE id = ${second.id}`);
      await house.startWorker();
      expect((await mended(ana, first.id)).error_message).toMatch(/interrupted/);
      expect((await mended(ana, second.id)).status).toMatch(/ready|failed/);
    });
  });
});

describe('without ffmpeg', () => {
  it('a video is taken as it is, and says that ffmpeg would mend it', async () => {
    await withHouse({ FFMPEG_PATH: '/nowhere/ffmpeg' }, async (house, ana) => {
      await house.startWorker();
      files['/last.mp4'] = withMoovLast();
      const { body } = await ana.post(ASSETS, { url: `${origin.url}/last.mp4` });
      expect(body).toMatchObject({ status: 'ready', mended: [] });
      expect(body.problems).toMatchObject([{ remedy: expect.stringContaining('if ffmpeg were installed') }]);
      const health = await ana.get('/health/ready');
      expect([health.status, health.body.status]).toEqual([200, 'ok']);
      expect(health.body.checks).toContainEqual({
        name: 'ffmpeg',
        ok: false,
        detail: expect.stringContaining('optional'),
      });
    });
  });
});

/** The demo's reel with its index moved to the end, as this needs no ffmpeg. */
function withMoovLast(): Buffer {
  const reel = readFileSync(resolve(__dirname, '../../demo/reel.mp4'));
  const boxes: { type: string; bytes: Buffer }[] = [];
  for (let at = 0; at < reel.length;) {
    const size = reel.readUInt32BE(at);
    boxes.push({ type: reel.toString('latin1', at + 4, at + 8), bytes: reel.subarray(at, at + size) });
    at += size;
  }
  const last = (type: string) => (type === 'moov' ? 1 : 0);
  return Buffer.concat(boxes.sort((one, other) => last(one.type) - last(other.type)).map(({ bytes }) => bytes));
}
