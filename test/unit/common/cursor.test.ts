import fc from 'fast-check';
import { AppError } from '../../../src/common/app-error';
import { decodeCursor, encodeCursor } from '../../../src/common/cursor';

const refused = (cursor: string) => {
  try {
    return decodeCursor('posts', cursor);
  } catch (error) {
    return error instanceof AppError ? error.errorType : error;
  }
};

test('a cursor names the row it was made of', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (id) => {
      expect(decodeCursor('posts', encodeCursor('posts', id))).toBe(id);
    }),
  );
});

test('a cursor fits into a URL as it is', () => {
  expect(encodeCursor('posts', 123456789)).toMatch(/^[\w-]+$/);
});

test.each([
  ['of another list', encodeCursor('assets', 5)],
  ['of a list whose name starts alike', encodeCursor('posts:x', 5)],
  ['that is empty', ''],
  ['that is no base64', '%%%'],
  ['that says nothing', Buffer.from('posts:').toString('base64url')],
  ['of row zero', Buffer.from('posts:0').toString('base64url')],
  ['of a negative row', Buffer.from('posts:-5').toString('base64url')],
  ['of a fraction', Buffer.from('posts:1.5').toString('base64url')],
  ['past the safe integers', Buffer.from('posts:9007199254740993').toString('base64url')],
  ['written another way', Buffer.from('posts:05').toString('base64url')],
  ['with padding', `${encodeCursor('posts', 5)}=`],
])('a cursor %s is refused', (_what, cursor) => {
  expect(refused(cursor)).toBe('invalid_cursor');
});

test('whatever text comes in, it is a row or a refusal', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const answer = refused(text);
      expect(answer === 'invalid_cursor' || Number.isSafeInteger(answer)).toBe(true);
    }),
  );
});
