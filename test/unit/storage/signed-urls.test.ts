import { inspect } from 'node:util';
import { SystemClock } from '../../../src/common/clock';
import type { Settings } from '../../../src/config/settings';
import { SignedUrls } from '../../../src/storage/signed-urls';

class StillClock extends SystemClock {
  constructor(public time: Date) {
    super();
  }

  override now(): Date {
    return this.time;
  }
}

const KEY = `${'a'.repeat(40)}.mp4`;
const OLD = { kid: 'k1', key: Buffer.alloc(32, 1) };
const NEW = { kid: 'k2', key: Buffer.alloc(32, 2) };
const clock = new StillClock(new Date('2026-12-01T09:00:00Z'));
const HOUR = 3_600_000;

beforeEach(() => (clock.time = new Date('2026-12-01T09:00:00Z')));

const urls = (...vaultKeys: (typeof OLD)[]) =>
  new SignedUrls({ http: { publicBaseUrl: 'https://api.example.com' }, vaultKeys } as unknown as Settings, clock);
const queryOf = (url: string) => Object.fromEntries(new URL(url).searchParams);
const check = (by: SignedUrls, url: string, changed: Record<string, unknown> = {}, verb: 'GET' | 'PUT' = 'GET') =>
  by.check(verb, KEY, { ...queryOf(url), ...changed });

describe('a URL for Meta', () => {
  const made = () => urls(OLD).forMeta(KEY, { postId: 12, item: 3 });

  it('is good for longer than a container lives, and says what it is for', () => {
    const url = made();
    expect(url.startsWith(`https://api.example.com/files/${KEY}?`)).toBe(true);
    clock.time = new Date(clock.time.getTime() + 25 * HOUR);
    expect(check(urls(OLD), url)).toEqual({ is: 'valid', purpose: { postId: 12, item: 3 }, sizeBytes: null });
    clock.time = new Date(clock.time.getTime() + HOUR);
    expect(check(urls(OLD), url)).toMatchObject({ is: 'expired', purpose: { postId: 12 } });
  });

  it.each([
    ['another expiry', { e: '99999999999' }],
    ['another post', { p: '13' }],
    ['another item', { i: '0' }],
    ['no post', { p: undefined }],
    ['a size', { n: '5' }],
    ['another key id', { k: 'k2' }],
    ['another signature', { s: 'A'.repeat(43) }],
    ['half a signature', { s: 'A' }],
    ['no signature', { s: undefined }],
    ['no expiry', { e: undefined }],
    ['two signatures', { s: ['a', 'b'] }],
  ])('is forged with %s', (_name, changed) => {
    expect(check(urls(OLD, NEW), made(), changed)).toEqual({ is: 'forged' });
  });

  it('is for that file, and for reading it', () => {
    expect(urls(OLD).check('GET', `${'b'.repeat(40)}.mp4`, queryOf(made()))).toEqual({ is: 'forged' });
    expect(check(urls(OLD), made(), {}, 'PUT')).toEqual({ is: 'forged' });
  });

  it('outlives the rotation of keys, until its own is taken away', () => {
    const url = made();
    expect(queryOf(url).k).toBe('k1');
    const rotated = urls(NEW, OLD);
    expect(check(rotated, url).is).toBe('valid');
    expect(queryOf(rotated.forMeta(KEY, { postId: 1, item: 0 })).k).toBe('k2');
    expect(check(urls(NEW), url).is).toBe('forged');
  });
});

it('a URL to show is the same all day, and good for a day at least', () => {
  const url = urls(OLD).toShow(KEY);
  clock.time = new Date('2026-12-01T23:59:59Z');
  expect(urls(OLD).toShow(KEY)).toBe(url);
  clock.time = new Date('2026-12-02T23:59:59Z');
  expect(check(urls(OLD), url)).toEqual({ is: 'valid', purpose: null, sizeBytes: null });
  clock.time = new Date('2026-12-03T00:00:00Z');
  expect(check(urls(OLD), url).is).toBe('expired');
});

it('a URL to upload to says how many bytes', () => {
  const url = urls(OLD).toUpload(KEY, 77, new Date('2026-12-01T10:00:00Z'));
  expect(check(urls(OLD), url, {}, 'PUT')).toEqual({ is: 'valid', purpose: null, sizeBytes: 77 });
  expect(check(urls(OLD), url, { n: '78' }, 'PUT')).toEqual({ is: 'forged' });
  expect(check(urls(OLD), url)).toEqual({ is: 'forged' });
});

it('keys are not shown when it is printed', () => {
  expect(JSON.stringify(urls(OLD)) + inspect(urls(OLD))).not.toContain('Buffer');
});
