import { format, inspect } from 'node:util';
import { Secret } from '../../../src/common/secret';

const secret = new Secret('EAAcanary');

test.each<[string, string]>([
  ['a template', `${String(secret)}`],
  ['String()', String(secret)],
  ['JSON', JSON.stringify({ secret })],
  ['inspect', inspect({ deep: { secret } }, { depth: 9, showHidden: true })],
  ['format', format('%s %o %j', secret, secret, secret)],
  ['its own keys', JSON.stringify(Object.entries(secret))],
  ['an error', String(new Error('bad', { cause: secret }).cause)],
])('a secret in %s is not seen', (_where, text) => {
  expect(text).not.toContain('EAAcanary');
});

test('is opened on purpose only', () => {
  expect(secret.reveal()).toBe('EAAcanary');
});

test('cannot be empty', () => {
  expect(() => new Secret('')).toThrow();
});
