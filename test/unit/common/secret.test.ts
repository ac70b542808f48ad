import { format, inspect } from 'node:util';
import { Vault } from '../../../src/common/vault';
import { Secret } from '../../../src/common/secret';

function thrown(work: () => never): string {
  try {
    return work();
  } catch (error) {
    return inspect(error, { depth: 9, showHidden: true }) + String((error as Error).stack);
  }
}

const secret = new Secret('EAAcanary');
/** What the compiler and the linter keep anybody from doing. */
const careless = secret as unknown as string;

test.each<[string, string]>([
  ['a template', `${String(secret)}`],
  ['String()', String(secret)],
  ['JSON', JSON.stringify({ secret })],
  ['inspect', inspect({ deep: { secret } }, { depth: 9, showHidden: true })],
  ['format', format('%s %o %j', secret, secret, secret)],
  ['its own keys', JSON.stringify(Object.entries(secret))],
  ['a template with text around', `Bearer ${careless}!`],
  ['a sum', 'Bearer ' + careless],
  ['concat and join', 'x'.concat(String(secret), [secret, [secret]].join(), [secret].toString())],
  [
    'an error that was thrown',
    thrown(() => {
      throw new Error(`bad ${careless}`, { cause: { secret } });
    }),
  ],
  [
    'an error that carries it',
    thrown(() => {
      throw Object.assign(new Error('bad'), { secret, config: { secret } });
    }),
  ],
  ['several errors', inspect(new AggregateError([new Error(String(secret))], 'bad', { cause: secret }))],
  [
    'a map, a set and a list',
    inspect([new Map([[secret, secret]]), new Set([secret])], { depth: 9, showHidden: true }),
  ],
  ['a copy', JSON.stringify({ ...secret }) + inspect(structuredClone(Object.assign({}, secret)))],
  ['its properties', JSON.stringify(Object.getOwnPropertyDescriptors(secret)) + Reflect.ownKeys(secret).join()],
  [
    'console formats',
    format('%s %d %i %f %j %o %O %c', secret, secret, secret, secret, secret, secret, secret, secret),
  ],
  ['a search query', new URLSearchParams({ token: String(secret) }).toString()],
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

test('a vault shows none of its keys', () => {
  const key = Buffer.from('canary of a key of 32 bytes, yes');
  const seen = inspect(new Vault([{ kid: 'k1', key }]), { depth: 9, showHidden: true });
  for (const written of ['utf8', 'base64', 'hex'] as const) expect(seen).not.toContain(key.toString(written));
  expect(seen).not.toContain('63 61 6e');
});
