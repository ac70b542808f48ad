import { readSubject } from '../../../src/auth/jwt-claims';

const exp = 2_000_000_000;

test('a token names its issuer and its subject', () => {
  expect(readSubject({ iss: 'https://id.example.com', sub: 'auth0|5f', exp })).toEqual({
    issuer: 'https://id.example.com',
    subject: 'auth0|5f',
  });
});

test('a token may leave out who issued it', () => {
  expect(readSubject({ sub: 'ana', exp })).toEqual({ issuer: null, subject: 'ana' });
});

test.each<[string, unknown]>([
  ['that never ends', { sub: 'ana' }],
  ['of nobody', { exp }],
  ['of an empty name', { sub: '', exp }],
  ['whose subject is a number', { sub: 5, exp }],
  ['whose subject is endless', { sub: 'a'.repeat(256), exp }],
  ['whose subject no database can hold', { sub: 'a\0b', exp }],
  ['whose issuer is no name', { iss: 5, sub: 'ana', exp }],
  ['whose issuer is the installation itself', { iss: 'installation', sub: 'installation', exp }],
  ['whose issuer is empty', { iss: '', sub: 'ana', exp }],
  ['without claims', 'text'],
  ['that is null', null],
])('a token %s names nobody', (_what, payload) => {
  expect(readSubject(payload)).toBeNull();
});
