import { AppError } from './app-error';

/** Lists are keyset pages, newest first: a cursor is the id of the last row seen, in a wrapping that nobody should parse. */
export function encodeCursor(list: string, lastId: number): string {
  return Buffer.from(`${list}:${lastId}`).toString('base64url');
}

/** One page of a list of which one row more than `limit` was read, and the cursor of the next; null at the end. */
export function cutPage<T extends { id: number }>(list: string, rows: T[], limit: number) {
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return { page, next_cursor: last ? encodeCursor(list, last.id) : null };
}

/** @throws AppError `invalid_cursor` for a cursor that is broken or of another list. */
export function decodeCursor(list: string, cursor: string): number {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const id = Number(text.slice(list.length + 1));
  if (!text.startsWith(`${list}:`) || !Number.isSafeInteger(id) || id < 1 || encodeCursor(list, id) !== cursor)
    throw new AppError('invalid_cursor', 'This cursor is broken or belongs to another list.', {
      action_required: 'Use next_cursor as it was answered, with the same route, or start without a cursor.',
    });
  return id;
}
