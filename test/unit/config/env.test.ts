import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
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

describe('a bucket', () => {
  const whole = {
    R2_ACCOUNT_ID: '0123456789abcdef0123456789abcdef',
    R2_ACCESS_KEY_ID: 'key-id',
    R2_SECRET_ACCESS_KEY: 'canary-of-a-key',
    R2_BUCKET_NAME: 'media',
  };
  const bucket = (changes: NodeJS.ProcessEnv) => new Settings(loadEnv({ ...good, ...changes })).storage.bucket;

  test('is none where nothing is set', () => expect(bucket({})).toBeNull());

  test("is Cloudflare's by its account id", () => {
    const endpoint = 'https://0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com';
    expect(bucket(whole)).toMatchObject({ endpoint, region: 'auto', name: 'media', publicUrl: null });
    expect(bucket({ ...whole, R2_PUBLIC_URL: 'https://media.example.com/' })?.publicUrl).toBe(
      'https://media.example.com',
    );
  });

  test('is anywhere else by its endpoint', () => {
    const at = (S3_ENDPOINT: string) => bucket({ ...whole, R2_ACCOUNT_ID: undefined, S3_ENDPOINT });
    expect(at('http://minio:9000')).toMatchObject({ endpoint: 'http://minio:9000', region: 'us-east-1' });
    expect(at('https://s3.eu-central-1.amazonaws.com')).toMatchObject({ region: 'eu-central-1' });
  });

  test.each(Object.keys(whole))('without %s is none: that is said at the start', (name) => {
    const text = complaint({ ...whole, [name]: undefined });
    expect(text).toMatch(new RegExp(`^  ${name}.* missing beside R2_`, 'm'));
    expect(text).not.toContain('canary');
  });
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
    ['half a key twice', `k1:${Buffer.alloc(32, randomBytes(16)).toString('base64')}`, 'it repeats itself'],
    ['counting', `k1:${Buffer.from(Array.from({ length: 32 }, (_, i) => i)).toString('base64')}`, 'it counts'],
    ['text', `k1:${Buffer.from('this-is-my-very-own-32-byte-key!').toString('base64')}`, 'it is text'],
    ['of few bytes', `k1:${Buffer.from(randomBytes(32).map((byte) => byte % 8)).toString('base64')}`, 'guessable'],
    ['the same under two ids', `k1:${goodKey},k2:${goodKey}`, 'entry 2 is the key of entry 1'],
    ['an example that no shell has filled in', '"k1:$(openssl rand -base64 32)"', 'must look like kid:base64'],
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
    ['a random half twice', randomBytes(18).toString('base64').repeat(2)],
    ['the one of jwt.io', 'a-string-secret-at-least-256-bits-long'],
    ['the one of many a tutorial', 'your-256-bit-secret-your-256-bit-secret-x7'],
    ['a password', 'P4ssw0rd-password-for-the-Jwt-of-2026-#xyz'],
    ['a command that no shell has run', '$(openssl rand -base64 48)-and-more-of-it'],
  ])('refuses one that is %s', (_what, value) => {
    expect(complaint({ JWT_SECRET: value })).toContain('JWT_SECRET');
  });
});

describe('notifications', () => {
  const SMTP_URL = 'smtps://ops%40example.com:p%2Fw@mail.example.com';
  const notify = (more: NodeJS.ProcessEnv) => new Settings(loadEnv({ ...good, ...more })).notify;

  test('are off when left out, e-mail without its address too', () => {
    const off = { slackWebhookUrl: null, email: null, sheet: null };
    expect([notify({}), notify({ SMTP_URL }), notify({ NOTIFY_EMAIL: 'ops@example.com' })]).toEqual([off, off, off]);
  });

  test('keep their URLs secret', () => {
    const set = notify({
      SMTP_URL,
      NOTIFY_EMAIL: 'ops@example.com',
      SLACK_WEBHOOK_URL: 'https://hooks.example.com/canary',
    });
    expect(set.email?.smtpUrl.reveal()).toBe(SMTP_URL);
    expect(JSON.stringify(set)).toBe(
      '{"slackWebhookUrl":"[redacted]","email":{"smtpUrl":"[redacted]","operators":"ops@example.com"},"sheet":null}',
    );
  });

  test.each([
    ['SMTP_URL', 'https://mail.example.com'],
    ['SMTP_URL', 'smtp://'],
    ['SMTP_URL', 'smtp://me:100%canary@mail.example.com'],
    ['SLACK_WEBHOOK_URL', 'hooks.example.com/canary'],
    ['NOTIFY_EMAIL', 'ops'],
    ['NOTIFY_EMAIL', 'a@example.com,b@example.com'],
  ])('%s refuses %s', (name, value) => {
    expect(complaint({ [name]: value })).toContain(name);
    expect(complaint({ [name]: value })).not.toContain('canary');
  });
});

test('good random values are taken, whatever they are', () => {
  for (let i = 0; i < 300; i++) {
    const drawn = {
      JWT_SECRET: randomBytes(48).toString('base64'),
      ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')},k_2:${randomBytes(32).toString('base64')}`,
    };
    expect(complaint(drawn)).toBe('nothing');
  }
});

test('a key does not serve as JWT_SECRET as well', () => {
  expect(complaint({ JWT_SECRET: goodKey })).toContain('JWT_SECRET is one of ENCRYPTION_KEYS');
});

describe('.env.example', () => {
  const lines = readFileSync('.env.example', 'utf8').split('\n');
  const valueOf = (line: string) => line.replace(/^#\s*/, '').split(/=(.*)/s) as [string, string];
  const asItIs = Object.fromEntries(lines.filter((line) => /^[A-Z0-9_]+=/.test(line)).map(valueOf));

  test('is not enough to start with: whoever copies it has to draw secrets', () => {
    const text = complaint({ JWT_SECRET: undefined, ENCRYPTION_KEYS: undefined, ...asItIs });
    expect(text).toContain('JWT_SECRET or JWT_JWKS_URL is missing');
    expect(text).toContain('ENCRYPTION_KEYS is missing');
  });

  test('no value that stands in it, in comments too, is taken for a secret', () => {
    const settings = lines.filter((line) => /^(# ?)?[A-Z0-9_]+=/.test(line));
    const values = settings.map((line) => valueOf(line)[1] ?? '').filter((value) => value !== '');
    expect(values.length).toBeGreaterThan(20);
    for (const value of values) {
      expect(complaint({ JWT_SECRET: value })).toContain('JWT_SECRET');
      expect(complaint({ ENCRYPTION_KEYS: value })).toContain('ENCRYPTION_KEYS');
    }
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

test('settings printed as a whole show nothing, keys and addresses with passwords included', () => {
  const settings = new Settings(loadEnv(good));
  for (const printed of [inspect(settings, { depth: 9, showHidden: true }), JSON.stringify({ settings })])
    for (const secret of [goodKey, Buffer.from(goodKey, 'base64').toString('hex').slice(0, 6), 'me:pw', 'data'])
      expect(printed).not.toContain(secret);
});

test("Instagram Login's own pair defaults to the Meta app's", () => {
  const app = { INSTAGRAM_APP_ID: '1', INSTAGRAM_APP_SECRET: 's' };
  const own = { INSTAGRAM_LOGIN_APP_ID: '2', INSTAGRAM_LOGIN_APP_SECRET: 't' };
  expect(new Settings(loadEnv({ ...good, ...app })).graph.instagramLoginApp?.id).toBe('1');
  expect(new Settings(loadEnv({ ...good, ...app, ...own })).graph.instagramLoginApp?.id).toBe('2');
  expect(new Settings(loadEnv(good)).graph.instagramLoginApp).toBeNull();
});

test("the installation's own account needs its id and its token, and crons a time zone", () => {
  const text = complaint({
    INSTAGRAM_ACCESS_TOKEN: 'IGAAcanary1',
    CRON_TIMEZONE: 'Mars/Olympus',
    TOKEN_REFRESH_CRON: 'daily',
  });
  expect(text).toContain('INSTAGRAM_ACCESS_TOKEN and INSTAGRAM_BUSINESS_ACCOUNT_ID belong together');
  expect(text).toMatch(/^ {2}CRON_TIMEZONE must be a time zone/m);
  expect(text).toMatch(/^ {2}TOKEN_REFRESH_CRON must be a cron expression/m);
  expect(text).not.toContain('canary');
  const { tokens } = new Settings(
    loadEnv({ ...good, INSTAGRAM_ACCESS_TOKEN: 'IGAAcanary1', INSTAGRAM_BUSINESS_ACCOUNT_ID: '17841400000000001' }),
  );
  expect(tokens).toMatchObject({ refreshBeforeMs: 7 * 86_400_000, installation: { accountId: '17841400000000001' } });
  expect(JSON.stringify(tokens)).not.toContain('canary');
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

test('a Google Sheet needs its id and a service account with a key, and shows neither', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = {
    type: 'service_account',
    client_email: 'me@project.iam.gserviceaccount.com',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
  const GOOGLE_SHEETS_ID = '1AbCdEfGhIjKlMnOp';
  const GOOGLE_SERVICE_ACCOUNT_JSON = JSON.stringify(key);
  expect(complaint({ GOOGLE_SHEETS_ID, GOOGLE_SERVICE_ACCOUNT_JSON })).toBe('nothing');
  for (const one of [{ GOOGLE_SHEETS_ID }, { GOOGLE_SERVICE_ACCOUNT_JSON }])
    expect(complaint(one)).toContain('GOOGLE_SHEETS_ID and GOOGLE_SERVICE_ACCOUNT_JSON belong together');
  const wrong = ['canary', '{}', JSON.stringify({ ...key, private_key: 'canary' })];
  for (const json of [...wrong, JSON.stringify({ ...key, token_uri: 'ftp://canary' })]) {
    const text = complaint({ GOOGLE_SHEETS_ID, GOOGLE_SERVICE_ACCOUNT_JSON: json });
    expect(text).toContain('GOOGLE_SERVICE_ACCOUNT_JSON must be the JSON of a service account');
    expect(text).not.toContain('canary');
  }
  const settings = new Settings(loadEnv({ ...good, GOOGLE_SHEETS_ID, GOOGLE_SERVICE_ACCOUNT_JSON }));
  expect(settings.notify.sheet?.account.tokenUri).toBe('https://oauth2.googleapis.com/token');
  expect(JSON.stringify(settings.notify)).not.toContain('PRIVATE KEY');
});
