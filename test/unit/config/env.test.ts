import { randomBytes } from 'node:crypto';
import { loadEnv } from '../../../src/config/env';
import { Settings } from '../../../src/config/settings';

const goodKey = randomBytes(32).toString('base64');
const good: NodeJS.ProcessEnv = {
  DATABASE_URL: 'postgres://me:pw@localhost:5432/instagram',
  JWT_SECRET: randomBytes(48).toString('base64'),
  ENCRYPTION_KEYS: `k1:${goodKey}`,
};

function complaint(changes: NodeJS.ProcessEnv): string {
  try {
    loadEnv({ ...good, ...changes });
    return 'nothing';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

test('three variables are enough', () => {
  expect(loadEnv(good)).toMatchObject({ PORT: 8000, GRAPH_API_VERSION: 'v25.0', LEASE_SECONDS: 60, LOG_LEVEL: 'info' });
});

test('one error names every bad variable at once', () => {
  const text = complaint({
    DATABASE_URL: undefined,
    REDIS_URL: 'http://redis',
    PORT: '80a',
    JWT_SECRET: 'short',
    ENCRYPTION_KEYS: 'k1:abc',
    FACEBOOK_GRAPH_URL: 'https://graph.facebook.com/v25.0',
    DISPATCH_CRON: '* * * * *',
    PUBLISH_VERIFY_DELAYS_MS: '5000,1000',
    ALLOWED_PRIVATE_HOSTS: 'localhost',
    INSTAGRAM_APP_ID: '123',
  });
  const names = [
    'DATABASE_URL',
    'REDIS_URL',
    'PORT',
    'JWT_SECRET',
    'ENCRYPTION_KEYS',
    'FACEBOOK_GRAPH_URL',
    'DISPATCH_CRON',
    'PUBLISH_VERIFY_DELAYS_MS',
    'ALLOWED_PRIVATE_HOSTS',
    'INSTAGRAM_APP_ID',
  ];
  for (const name of names) expect(text).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
  expect(text).toContain(`${names.length} problem(s)`);
});

test('a value is never repeated: it may be a secret', () => {
  const text = complaint({
    DATABASE_URL: 'mysql://me:canary@localhost/db',
    REDIS_URL: 'http://:canary@redis',
    JWT_SECRET: 'canary',
    ENCRYPTION_KEYS: 'k1:canary',
    INSTAGRAM_APP_SECRET: 'canary',
    PORT: 'canary',
  });
  expect(text).not.toContain('canary');
});

test('what is missing is said to be missing, with how to make one', () => {
  const text = complaint({ ENCRYPTION_KEYS: undefined, JWT_SECRET: undefined });
  expect(text).toContain('ENCRYPTION_KEYS is missing');
  expect(text).toContain('openssl rand -base64 32');
  expect(text).toContain('JWT_SECRET or JWT_JWKS_URL is missing');
});

test('an empty variable counts as left out', () => {
  expect(loadEnv({ ...good, REDIS_URL: '', PORT: '', JWT_ISSUER: '' })).toMatchObject({ PORT: 8000 });
  expect(complaint({ DATABASE_URL: '' })).toContain('DATABASE_URL is missing');
});

test('a key set is enough to know who may call', () => {
  expect(complaint({ JWT_SECRET: undefined, JWT_JWKS_URL: 'https://id.example.com/jwks' })).toBe('nothing');
});

describe('ENCRYPTION_KEYS', () => {
  test.each([
    ['not 32 bytes', `k1:${randomBytes(16).toString('base64')}`, 'must hold 32 bytes, but holds 16'],
    ['all zero', `k1:${Buffer.alloc(32).toString('base64')}`, 'guessable'],
    ['repeating', `k1:${Buffer.alloc(32, 'abcd').toString('base64')}`, 'guessable'],
    ['without a key id', goodKey, 'must look like kid:base64'],
    ['with one id twice', `k1:${goodKey},k1:${goodKey}`, 'same key id twice'],
    ['bad in the second entry', `k1:${goodKey},k2:x`, 'entry 2'],
  ])('refuses keys that are %s', (_what, value, problem) => {
    expect(complaint({ ENCRYPTION_KEYS: value })).toContain(problem);
  });

  test('the first key seals, all are kept', () => {
    const other = randomBytes(32);
    const { vaultKeys } = new Settings(
      loadEnv({ ...good, ENCRYPTION_KEYS: `k1:${goodKey}, k2:${other.toString('base64')}` }),
    );
    expect(vaultKeys.map(({ kid }) => kid)).toEqual(['k1', 'k2']);
    expect(vaultKeys[1]?.key.equals(other)).toBe(true);
  });
});

describe('JWT_SECRET', () => {
  test.each([
    ['too short', 'x1Y2'],
    ['an example', 'change-me-change-me-change-me-change-me-1234'],
    ['one letter over and over', 'a'.repeat(64)],
  ])('refuses one that is %s', (_what, value) => {
    expect(complaint({ JWT_SECRET: value })).toContain('JWT_SECRET');
  });
});

test.each([
  ['https://graph.facebook.com', true],
  ['http://127.0.0.1:8800', true],
  ['https://graph.facebook.com/', false],
  ['graph.facebook.com', false],
  ['ftp://graph.facebook.com', false],
])('an origin of Meta such as %s: %s', (origin, fine) => {
  expect(complaint({ INSTAGRAM_GRAPH_URL: origin }) === 'nothing').toBe(fine);
});

test('settings hold secrets so that printing them shows none', () => {
  const settings = new Settings(loadEnv({ ...good, INSTAGRAM_APP_ID: '1', INSTAGRAM_APP_SECRET: 'canary' }));
  const printed = JSON.stringify({ auth: settings.auth, graph: settings.graph });
  expect(printed).not.toContain('canary');
  expect(printed).not.toContain(good.JWT_SECRET);
});

test("Instagram Login's own pair defaults to the Meta app's", () => {
  const app = { INSTAGRAM_APP_ID: '1', INSTAGRAM_APP_SECRET: 's' };
  const own = { INSTAGRAM_LOGIN_APP_ID: '2', INSTAGRAM_LOGIN_APP_SECRET: 't' };
  expect(new Settings(loadEnv({ ...good, ...app })).graph.instagramLoginApp?.id).toBe('1');
  expect(new Settings(loadEnv({ ...good, ...app, ...own })).graph.instagramLoginApp?.id).toBe('2');
  expect(new Settings(loadEnv(good)).graph.instagramLoginApp).toBeNull();
});

test.each([
  'app.example.com',
  'javascript:alert(1)',
  'https://me:pw@app.example.com',
  'https://a.example/#x',
  'https://a.example,',
])('no browser is sent to a front end at %s', (FRONTEND_URL) => {
  expect(complaint({ FRONTEND_URL })).toMatch(/^ {2}FRONTEND_URL must be http\(s\) URLs/m);
});

test('front ends are a list, and the callback is ours unless another is set', () => {
  const FRONTEND_URL = 'https://app.example.com/settings, http://localhost:3000';
  const { http, graph } = new Settings(loadEnv({ ...good, FRONTEND_URL, PUBLIC_BASE_URL: 'https://api.example.com/' }));
  expect(http.frontendUrls).toEqual(['https://app.example.com/settings', 'http://localhost:3000']);
  expect(graph.redirectUri).toBe('https://api.example.com/api/instagram/callback');
  const INSTAGRAM_REDIRECT_URI = 'https://app.example.com/instagram/callback';
  expect(new Settings(loadEnv({ ...good, INSTAGRAM_REDIRECT_URI })).graph.redirectUri).toBe(INSTAGRAM_REDIRECT_URI);
});
