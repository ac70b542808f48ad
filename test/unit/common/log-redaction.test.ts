import { Log, redactText } from '../../../src/common/log';
import { Secret } from '../../../src/common/secret';

// Obviously false, and shaped like the real ones.
const PAGE_TOKEN = 'EAAcanary0000000000000000000000000000000ZDZD';
const INSTAGRAM_TOKEN = 'IGAAcanary0000000000000000_0000-0000ZD';
const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeQ';

function logged(write: (log: Log) => void): string {
  const lines: string[] = [];
  write(new Log('debug', 'api', { write: (line) => lines.push(line) }));
  return lines.join('');
}

test.each([
  ['a Page token', `token ${PAGE_TOKEN} refused`],
  ['an Instagram token', `token ${INSTAGRAM_TOKEN} refused`],
  ['a JWT', `jwt ${JWT}`],
  ['a bearer header', 'Authorization: Bearer canary'],
  ['a token in a URL', 'GET /me?fields=id&access_token=canary&limit=1'],
  ['an app secret in a URL', 'GET /oauth/access_token?client_secret=canary&grant_type=x'],
  ['a login code in a URL', 'GET /callback?code=canary&state=x'],
  ['a long-lived exchange', 'GET /oauth/access_token?fb_exchange_token=canary'],
])('%s is taken out of a sentence', (_what, text) => {
  expect(redactText(text)).not.toContain('canary');
  expect(redactText(text)).toContain('[redacted]');
});

test('a sentence without secrets stays as it is', () => {
  const text = 'post 12 of account 17841405309211844 published as 18000000000000000 in 1200 ms';
  expect(redactText(text)).toBe(text);
});

const levels = ['debug', 'info', 'warn', 'error'] as const;

test.each(levels)('no secret passes through %s, however it is handed over', (level) => {
  const line = logged((log) =>
    log[level]('account.connected', {
      access_token: 'canary-1',
      password: 'canary-2',
      authorization: 'canary-3',
      url: `https://graph.facebook.com/me?access_token=canary-4`,
      nested: { client_secret: 'canary-5', text: `Bearer canary-6` },
      error: new Error(`failed with ${PAGE_TOKEN}`),
      secret: new Secret('canary-7'),
      other: new Secret('canary-8'),
      account_id: '17841405309211844',
    }),
  );
  expect(line).not.toContain('canary');
  expect(line).toContain('17841405309211844');
});

test('an error handed over with its stack keeps the stack and loses the secret', () => {
  const line = logged((log) => log.error('request failed', `Error: ${PAGE_TOKEN}\n    at somewhere.ts:1:2`, 'Router'));
  expect(line).not.toContain('canary');
  expect(line).toContain('somewhere.ts');
});

test("an event's own name is looked through as well", () => {
  for (const level of levels) expect(logged((log) => log[level](`saw ${JWT}`))).not.toContain(JWT);
});

test('lists are looked through as well', () => {
  const line = logged((log) => log.info('graph.called', { urls: ['/me?access_token=canary'], tokens: ['canary'] }));
  expect(line).not.toContain('canary');
});

test('a line is one JSON object with time, level, process and event', () => {
  const line: unknown = JSON.parse(logged((log) => log.info('post.published', { post_id: 12, duration_ms: 40 })));
  expect(line).toMatchObject({ level: 'info', process: 'api', event: 'post.published', post_id: 12, duration_ms: 40 });
  expect(line).toHaveProperty('time');
});
