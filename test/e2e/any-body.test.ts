import fc from 'fast-check';
import { House, type Client } from '../support/app';
import { BAKERY } from '../support/sandbox';
import { expectError } from './http-stage';

const RUNS = 150;

let house: House;
let user: Client;

beforeAll(async () => {
  house = await House.open();
  user = await house.connectedUser();
}, 60_000);
afterAll(() => house.close());

/** Nothing here leads off this machine. */
const url = () =>
  fc.constantFrom(
    `${house.url}/health/live`,
    `${house.url}/nope`,
    'http://127.0.0.1/',
    'https://user:pw@localhost/',
    'https://[::1]/a.jpg',
    'http://x.internal/a',
    'javascript:alert(1)',
    'http://',
    `http://${'a'.repeat(3_000)}`,
  );

const text = () =>
  fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.constantFrom(
      '\0',
      '\ud800',
      '',
      ' ',
      BAKERY,
      '1'.repeat(40),
      'a@b.example',
      '2099-01-01T00:00:00Z',
      '#a '.repeat(40),
    ),
    fc.constantFrom(
      'x'.repeat(3_000),
      '🥖'.repeat(2_201),
      'REELS',
      'IMAGE',
      'STORIES',
      'image',
      'facebook',
      'EAAB.c|d-e',
    ),
    url(),
  );

const anything = () =>
  fc.oneof(
    { weight: 4, arbitrary: text() },
    { weight: 2, arbitrary: fc.oneof(fc.integer(), fc.double(), fc.constantFrom(1, 0, -1, 2 ** 53, 1e300)) },
    { weight: 1, arbitrary: fc.constantFrom(null, true, false, [], {}) },
    { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  );

/** The route's own fields with anything in them, and sometimes more. */
const bodyOf = (fields: string[]) =>
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record(Object.fromEntries(fields.map((name) => [name, anything()])), { requiredKeys: [] }),
    },
    {
      weight: 1,
      arbitrary: fc.dictionary(fc.oneof(text(), fc.constantFrom(...fields, 'toString')), anything(), { maxKeys: 5 }),
    },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 4 }) },
  );

const POST_FIELDS = [
  'video_id',
  'asset_id',
  'video_url',
  'image_url',
  'items',
  'media_type',
  'caption',
  'share_to_feed',
  'location_id',
  'cover_url',
  'thumb_offset',
  'audio_name',
  'alt_text',
  'account_id',
  'hashtags',
  'user_tags',
  'collaborators',
  'trial_params',
  'is_ai_generated',
  'external_id',
  'allow_duplicate',
];

describe.each([
  ['/api/instagram/post', POST_FIELDS],
  ['/api/instagram/schedule', [...POST_FIELDS, 'scheduled_time']],
  ['/api/instagram/posts/batch', ['posts', 'account_ids', ...POST_FIELDS]],
  ['/api/instagram/assets', ['url', 'kind', 'title', 'alt_text']],
  ['/api/instagram/connect', ['code', 'redirect_uri', 'login', 'account_id']],
  ['/api/instagram/manual-connect', ['account_id', 'access_token']],
  ['/api/instagram/disconnect', ['account_id']],
  ['/api/auth/login', ['email', 'password']],
  ['/api/auth/register', ['email', 'password']],
])('whatever is sent to %s', (path, fields) => {
  it('is taken or refused in the one shape, and never breaks anything', async () => {
    await fc.assert(
      fc.asyncProperty(bodyOf(fields), async (body) => {
        const answer = await user.send('POST', path, JSON.stringify(body), { 'content-type': 'application/json' });
        if (answer.status >= 300) expectError(answer);
        expect(answer.status).toBeLessThan(500);
      }),
      { numRuns: RUNS },
    );
    expect(await house.query('SELECT id FROM posts')).toEqual([]);
    expect(await house.query('SELECT id FROM assets')).toEqual([]);
  }, 60_000);
});

it('an account_id of null is as good as none when disconnecting', async () => {
  const { status } = await user.post('/api/instagram/disconnect', { account_id: null });
  expect(status).toBeLessThan(500);
});

describe('whatever is asked for', () => {
  it.each(['/api/instagram/posts', '/api/instagram/assets', '/api/instagram/account'])(
    'at %s is answered',
    async (path) => {
      const names = ['limit', 'cursor', 'status', 'account_id', 'external_id', 'from', 'to', '__proto__', ''];
      const query = fc.array(fc.tuple(fc.constantFrom(...names), text().map(String)), { maxLength: 4 });
      await fc.assert(
        fc.asyncProperty(query, async (pairs) => {
          const asked = pairs
            .map(([name, value]) => `${name}=${encodeURIComponent(value.replace(/\p{Cs}/gu, ''))}`)
            .join('&');
          const answer = await user.get(`${path}?${asked.slice(0, 4_000)}`);
          if (answer.status !== 200) expectError(answer);
          expect(answer.status).toBeLessThan(500);
        }),
        { numRuns: RUNS },
      );
    },
    60_000,
  );
});
