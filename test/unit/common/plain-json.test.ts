import { unusableParts } from '../../../src/common/plain-json';

const pointers = (value: unknown) => unusableParts(value).map(({ pointer }) => pointer);

it('plain data has nothing unusable in it', () => {
  expect(pointers({ caption: '🥖 “Bread” \n', list: [1, null, true, { a: '' }], 'a/b': {} })).toEqual([]);
});

it('text that cannot be stored is found wherever it is', () => {
  expect(pointers({ a: 'x\0', b: ['ok', { 'c/d~': '\ud83e' }], e: '\udd56\ud83e', f: '\ud83e\udd56' })).toEqual([
    '/a',
    '/e',
    '/b/1/c~1d~0',
  ]);
});

it('keys that every object has are no fields', () => {
  expect(pointers(JSON.parse('{"__proto__":1,"a":{"toString":{}},"constructor":{}}'))).toEqual([
    '/__proto__',
    '/constructor',
    '/a/toString',
  ]);
});

it('a tower of lists or objects is told once, as a whole', () => {
  const tower = (levels: number): unknown => JSON.parse('[{"a":'.repeat(levels) + '1' + '}]'.repeat(levels));
  expect(pointers(tower(16))).toEqual([]);
  expect(pointers(tower(17))).toEqual(['']);
  expect(pointers(tower(10_000))).toEqual(['']);
});

it('more values than any request of ours has are told as a whole, and fast', () => {
  expect(pointers({ list: Array(19_000).fill(1) })).toEqual([]);
  expect(pointers({ list: Array(500_000).fill('\0') })).toEqual(['']);
});
