import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { SystemClock } from '../../src/common/clock';
import type { Settings } from '../../src/config/settings';
import { LocalDisk } from '../../src/storage/local-disk';
import { SignedUrls } from '../../src/storage/signed-urls';
import { Staging } from '../../src/storage/staging';

let directory: string;
let disk: LocalDisk;
let staged: Staging;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'storage-'));
  const settings = {
    http: { publicBaseUrl: 'https://api.example.com' },
    storage: { directory, maxUploadBytes: 100 },
    vaultKeys: [{ kid: 'k1', key: Buffer.alloc(32, 7) }],
  } as unknown as Settings;
  const clock = new SystemClock();
  staged = new Staging(settings, clock);
  disk = new LocalDisk(settings, staged, new SignedUrls(settings, clock));
  await staged.onModuleInit();
  await disk.onModuleInit();
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const bytes = (...chunks: string[]) => Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
const staging = () => readdir(join(directory, '.staging'));
const kept = async () => (await readdir(directory)).filter((name) => !name.startsWith('.'));

async function keep(content: string, extension: string): Promise<string> {
  return disk.keep(await disk.stage(bytes(content)), extension);
}

describe('a kept file', () => {
  it('is read from the start, or from any byte on, and says how large it is', async () => {
    const key = await keep('hello world', 'mp4');
    const whole = await disk.open(key);
    expect(whole.sizeBytes).toBe(11);
    expect(await text(whole.stream)).toBe('hello world');
    const rest = await disk.open(key, 6);
    expect(rest.sizeBytes).toBe(11);
    expect(await text(rest.stream)).toBe('world');
    expect(await text((await disk.open(key, 11)).stream)).toBe('');
  });

  it('that is gone cannot be opened', async () => {
    const key = await keep('hello world', 'mp4');
    await disk.remove(key);
    await expect(disk.open(key)).rejects.toThrow();
    await expect(disk.open('../passwd')).rejects.toThrow('Not a key of ours');
  });
});

describe('a file that comes in', () => {
  it('is staged, then kept under an unguessable key', async () => {
    const staged = await disk.stage(bytes('hello ', 'world'));
    expect(staged.sizeBytes).toBe(11);
    expect(await readFile(staged.path, 'utf8')).toBe('hello world');
    expect(await kept()).toEqual([]);

    const key = await disk.keep(staged, 'mp4');

    expect(key).toMatch(/^[0-9a-f]{40}\.mp4$/);
    expect(disk.publicUrl(key)).toMatch(
      new RegExp(`^https://api.example.com/files/${key}\\?e=\\d+&k=k1&s=[\\w-]{43}$`),
    );
    expect(await readFile(join(directory, key), 'utf8')).toBe('hello world');
    expect(await staging()).toEqual([]);
    expect(await keep('hello world', 'mp4')).not.toBe(key);
  });

  it('may be as large as the limit and not a byte larger', async () => {
    expect((await disk.stage(bytes('x'.repeat(100)))).sizeBytes).toBe(100);
    await expect(disk.stage(bytes('x'.repeat(60), 'x'.repeat(41)))).rejects.toMatchObject({
      errorType: 'payload_too_large',
    });
    expect(await staging()).toHaveLength(1);
  });

  it('is refused when it is empty', async () => {
    await expect(disk.stage(bytes())).rejects.toMatchObject({ errorType: 'media_invalid_format' });
    expect(await staging()).toEqual([]);
  });

  it('leaves nothing behind when its sender goes away', async () => {
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('half');
        await Promise.resolve();
        throw new Error('gone');
      })(),
    );
    await expect(disk.stage(broken)).rejects.toThrow('gone');
    expect(await staging()).toEqual([]);
  });

  it('can be discarded, once or twice', async () => {
    const staged = await disk.stage(bytes('x'));
    await disk.discard(staged);
    await disk.discard(staged);
    expect(await staging()).toEqual([]);
  });

  it('is not kept as anything that a browser would run', async () => {
    const staged = await disk.stage(bytes('<script>'));
    await expect(disk.keep(staged, 'html')).rejects.toThrow();
    await expect(disk.keep(staged, '../x')).rejects.toThrow();
  });
});

it('a kept file can be removed, once or twice', async () => {
  const key = await keep('x', 'jpg');
  await disk.remove(key);
  await disk.remove(key);
  expect(await kept()).toEqual([]);
});

it('nothing but a key of ours can be removed', async () => {
  await expect(disk.remove('../../etc/passwd')).rejects.toThrow();
  await expect(disk.remove('.staging')).rejects.toThrow();
});

it('what a crashed process left is cleared after a day, not before', async () => {
  const old = join(directory, '.staging', 'old');
  await writeFile(old, 'x');
  await writeFile(join(directory, '.staging', 'young'), 'x');
  const yesterday = new Date(Date.now() - 25 * 3_600_000);
  await utimes(old, yesterday, yesterday);
  await staged.onModuleInit();
  expect(await staging()).toEqual(['young']);
});

describe('a kept file that is opened', () => {
  it('is read whole, or from a byte on; its size is always that of the whole', async () => {
    const key = await keep('hello world', 'mp4');
    const whole = await disk.open(key);
    expect([whole.sizeBytes, await text(whole.stream)]).toEqual([11, 'hello world']);
    const rest = await disk.open(key, 6);
    expect([rest.sizeBytes, await text(rest.stream)]).toEqual([11, 'world']);
    expect(await text((await disk.open(key, 11)).stream)).toBe('');
  });

  it('has to be there', async () => {
    await expect(disk.open(`${'0'.repeat(40)}.mp4`)).rejects.toMatchObject({ errorType: 'not_found' });
    await expect(disk.open('../../etc/passwd')).rejects.toThrow('Not a key of ours');
  });
});
