import { invalidParameter } from './graph-error';
import { type GraphCall } from './graph-call';

const DEFAULT_LIMIT = 25;
const MAX_LIMIT = 100;

/**
 * One page of a list that is kept oldest first and shown newest first, with Graph's cursors (§2.8). A cursor is a
 * position in the kept list, so it stays good while new entries come in.
 */
export function pageOf<T>(
  call: GraphCall,
  baseUrl: string,
  list: readonly T[],
  shown: (item: T) => boolean,
  write: (item: T) => unknown,
): Record<string, unknown> {
  const limit = Math.min(Math.max(call.params.integer('limit') ?? DEFAULT_LIMIT, 1), MAX_LIMIT);
  const before = positionOf(call.params.text('before'));
  const after = positionOf(call.params.text('after')) ?? list.length;
  const positions =
    before === null ? walk(list, shown, after - 1, -1, limit + 1) : walk(list, shown, before + 1, 1, limit + 1);
  const more = positions.length > limit;
  positions.length = Math.min(positions.length, limit);
  if (before !== null) positions.reverse();

  const first = positions[0];
  const last = positions.at(-1);
  if (first === undefined || last === undefined) return { data: [] };
  const hasNext = before === null ? more : walk(list, shown, last - 1, -1, 1).length > 0;
  const hasPrevious = before === null ? walk(list, shown, first + 1, 1, 1).length > 0 : more;
  return {
    data: positions.map((position) => write(list[position] as T)),
    paging: {
      cursors: { before: cursorAt(first), after: cursorAt(last) },
      ...(hasPrevious && { previous: address(call, baseUrl, 'before', cursorAt(first)) }),
      ...(hasNext && { next: address(call, baseUrl, 'after', cursorAt(last)) }),
    },
  };
}

function walk<T>(
  list: readonly T[],
  shown: (item: T) => boolean,
  from: number,
  step: 1 | -1,
  wanted: number,
): number[] {
  const found: number[] = [];
  for (let at = from; at >= 0 && at < list.length && found.length < wanted; at += step) {
    if (shown(list[at] as T)) found.push(at);
  }
  return found;
}

function cursorAt(position: number): string {
  return Buffer.from(`cursor:${position}`).toString('base64url');
}

function positionOf(cursor: string | undefined): number | null {
  if (cursor === undefined) return null;
  const position = /^cursor:(\d{1,9})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1];
  if (position === undefined) throw invalidParameter('(#100) The provided cursor is invalid.');
  return Number(position);
}

/** As on Meta, the address carries the access token: whoever logs or stores it has a leak. */
function address(call: GraphCall, baseUrl: string, direction: 'before' | 'after', cursor: string): string {
  const rest = call.params.withoutCredentials();
  rest.delete('before');
  rest.delete('after');
  const query = new URLSearchParams([['access_token', call.tokenText ?? ''], ...rest, [direction, cursor]]);
  return `${baseUrl}/${call.version}/${call.path}?${query.toString()}`;
}
