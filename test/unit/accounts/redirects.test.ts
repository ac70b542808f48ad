import { browserEnd, isAllowedRedirect } from '../../../src/accounts/redirects';

const redirects = {
  redirectUri: 'https://api.example.com/api/instagram/callback',
  frontendUrls: ['https://app.example.com/settings', 'http://localhost:3000'],
};

test.each([
  'https://api.example.com/api/instagram/callback',
  'https://app.example.com/instagram/callback?from=settings',
  'http://localhost:3000/',
])('a browser may be sent to %s', (asked) => {
  expect(isAllowedRedirect(asked, redirects)).toBe(true);
});

test.each([
  'https://api.example.com/api/instagram/callback/',
  'https://app.example.com.evil.example/',
  'https://evil.example/https://app.example.com/',
  'https://app.example.com@evil.example/',
  'https://user:secret@app.example.com/',
  'https://app.example.com\\@evil.example/',
  'https://evil.example\\.app.example.com/',
  'http://app.example.com/',
  'https://app.example.com:8443/',
  'https://app.example.com/#token',
  'https://app.example.com/#',
  '//app.example.com/',
  '/callback',
  'javascript:alert(1)//https://app.example.com',
  'https://app.example.com/a b',
  'https://app.example.com/\n',
  '',
])('a browser may not be sent to %j', (asked) => {
  expect(isAllowedRedirect(asked, redirects)).toBe(false);
});

test('the browser ends at the page of the front end that the login was begun for', () => {
  expect(browserEnd('http://localhost:3000/done', redirects)?.href).toBe('http://localhost:3000/done');
});

test.each([null, redirects.redirectUri, 'https://evil.example/'])(
  'begun for %j, it ends at the usual front end',
  (begunFor) => {
    expect(browserEnd(begunFor, redirects)?.href).toBe('https://app.example.com/settings');
  },
);

test('a callback at the origin of a front end does not go round in circles', () => {
  const both = { redirectUri: 'https://app.example.com/callback', frontendUrls: ['https://app.example.com/'] };
  expect(browserEnd(both.redirectUri, both)?.href).toBe('https://app.example.com/');
});

test('without a front end there is nowhere to go', () => {
  expect(browserEnd(null, { ...redirects, frontendUrls: [] })).toBeNull();
});
