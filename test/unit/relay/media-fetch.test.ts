import { findingOf, isMeta, storyOf, type SeenFetch } from '../../../src/relay/media-fetch';

const META = 'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)';
const BASE = 'https://api.example.com';

const fetched = (part: Partial<SeenFetch> = {}): SeenFetch => ({
  at: new Date('2026-12-01T09:00:00Z'),
  method: 'GET',
  userAgent: META,
  range: null,
  status: 200,
  bytesSent: 8_000_000,
  bytesWanted: 8_000_000,
  durationMs: 1_234,
  isWhole: true,
  ...part,
});

describe('the story of a fetch', () => {
  it.each([
    ['a whole file', {}, 'Meta read all 8.0 MB (1.2 s)'],
    ['a part', { range: 'bytes=0-999999', status: 206, bytesSent: 1e6 }, 'Meta read bytes 0-999999: 1.0 MB (1.2 s)'],
    [
      'a broken one',
      { bytesSent: 3_000_000, isWhole: false },
      'Meta read 3.0 of 8.0 MB, then the connection broke (1.2 s)',
    ],
    ['a look', { method: 'HEAD', bytesSent: 0 }, 'Meta asked for the size (1.2 s)'],
    ['an expired URL', { status: 410 }, 'Meta got 410 (the URL had expired) (1.2 s)'],
    ['a wrong signature', { status: 403 }, /^Meta got 403 \(the signature of the URL was wrong/],
    ['a fault', { status: 500 }, 'Meta got 500 (1.2 s)'],
    ['somebody else', { userAgent: 'curl/8.5' }, /^Somebody who does not call themselves Meta read all/],
  ])('of %s', (_name, part, story) => {
    expect(storyOf(fetched(part))).toEqual(story instanceof RegExp ? expect.stringMatching(story) : story);
  });

  it.each([
    [META, true],
    ['facebookexternalhit/1.1', true],
    ['meta-externalfetcher/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)', true],
    ['Mozilla/5.0', false],
    [null, false],
  ])('%s is Meta: %s', (name, is) => expect(isMeta(name)).toBe(is));
});

describe('the finding', () => {
  it('is that Meta never came', () => {
    expect(findingOf([], BASE)).toMatch(/^Meta never came for the file: can https:\/\/api\.example\.com be reached/);
  });

  it('is what stopped it last', () => {
    const broken = fetched({ isWhole: false, bytesSent: 3e6 });
    expect(findingOf([fetched({ status: 403 }), broken], BASE)).toBe(
      'Meta read 3.0 of 8.0 MB, then the connection broke (1.2 s).',
    );
    expect(findingOf([broken, fetched({ status: 410 })], BASE)).toMatch(/^Meta got 410/);
  });

  it('is that the file is to blame, when it was read', () => {
    expect(findingOf([fetched({ method: 'HEAD' }), fetched()], BASE)).toMatch(/^Meta did read the file.*8\.0 MB/);
  });

  it('knows a look from a read', () => {
    expect(findingOf([fetched({ method: 'HEAD' })], BASE)).toBe('Meta asked for the size (1.2 s).');
  });
});
