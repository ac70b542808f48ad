import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Secret } from '../../../src/common/secret';
import { Vault, type SealedPlace, type VaultKey } from '../../../src/common/vault';

const place: SealedPlace = { table: 'accounts', column: 'access_token', row: '17841405309211844', owner: 7 };
const key = (kid: string): VaultKey => ({ kid, key: randomBytes(32) });
const token = new Secret('EAAtoken');

/** Flips one bit of one part of a sealed value: 2 nonce, 3 ciphertext, 4 tag. */
function damaged(sealed: string, part: number): string {
  const parts = sealed.split('.');
  const bytes = Buffer.from(parts[part] ?? '', 'base64url');
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  parts[part] = bytes.toString('base64url');
  return parts.join('.');
}

describe('the vault', () => {
  const vault = new Vault([key('k1')]);

  test('opens what it sealed, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (text) => {
        expect(vault.open(vault.seal(new Secret(text), place), place).reveal()).toBe(text);
      }),
    );
  });

  test('writes a version and the key id in clear, and nothing of the secret', () => {
    const sealed = vault.seal(token, place);
    expect(sealed).toMatch(/^v1\.k1(\.[\w-]+){3}$/);
    expect(sealed).not.toContain('EAAtoken');
  });

  test('seals the same secret differently each time', () => {
    expect(vault.seal(token, place)).not.toBe(vault.seal(token, place));
  });

  test.each<[string, Partial<SealedPlace>]>([
    ['row', { row: '17841405309211845' }],
    ['user', { owner: 8 }],
    ['column', { column: 'other' }],
    ['table', { table: 'webhook_endpoints' }],
  ])('does not open a value that was moved to another %s', (_what, elsewhere) => {
    const sealed = vault.seal(token, place);
    expect(() => vault.open(sealed, { ...place, ...elsewhere })).toThrow();
  });

  test.each([
    ['nonce', 2],
    ['ciphertext', 3],
    ['tag', 4],
  ])('does not open a value whose %s was changed', (_what, part) => {
    expect(() => vault.open(damaged(vault.seal(token, place), part), place)).toThrow();
  });

  test('does not open a value whose tag was cut short', () => {
    const [version, kid, nonce, ciphertext, tag = ''] = vault.seal(token, place).split('.');
    const short = Buffer.from(tag, 'base64url').subarray(0, 4).toString('base64url');
    expect(() => vault.open([version, kid, nonce, ciphertext, short].join('.'), place)).toThrow('Not a sealed value');
  });

  test.each(['', 'EAAtoken', 'v1.k1', 'v2.k1.a.b.c', 'v1.k1.a.b.c.d'])(
    'does not take %j for a sealed value',
    (text) => {
      expect(() => vault.open(text, place)).toThrow('Not a sealed value');
    },
  );

  test('after a rotation the new key seals, and the old one still opens what it sealed', () => {
    const [old, young] = [key('2025'), key('2026')];
    const before = new Vault([old]).seal(token, place);
    const rotated = new Vault([young, old]);
    expect(rotated.open(before, place).reveal()).toBe('EAAtoken');
    expect(rotated.seal(token, place)).toMatch(/^v1\.2026\./);
  });

  test('names the key that is missing', () => {
    const sealed = new Vault([key('2025')]).seal(token, place);
    expect(() => new Vault([key('2026')]).open(sealed, place)).toThrow('"2025"');
  });

  test('a value cannot be passed off as sealed by another key of the ring', () => {
    const bytes = randomBytes(32);
    const ring = new Vault([
      { kid: 'a', key: bytes },
      { kid: 'b', key: bytes },
    ]);
    const sealed = ring.seal(token, place).replace('v1.a.', 'v1.b.');
    expect(() => ring.open(sealed, place)).toThrow();
  });

  test('needs a key', () => {
    expect(() => new Vault([])).toThrow('at least one key');
  });
});
