import type { FieldProblem } from './app-error';

/** No body of ours is nested nearly as deep; what reads it recurses, and would run out of stack. */
const DEEPEST = 32;
/** Nor has any as many values: class-transformer would hold up everybody for a second with what fits into 1 MiB. */
const MOST_VALUES = 20_000;

/** PostgreSQL stores neither U+0000 nor half of a surrogate pair; with `u`, \p{Cs} matches only halves. */
const UNSTORABLE = /[\0\p{Cs}]/u;

/**
 * What JSON can say and nobody downstream can take: told here, before class-transformer drops it without a word and
 * PostgreSQL fails on it. A single problem with an empty pointer: nothing else should even look at it.
 */
export function unusableParts(value: unknown): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const parts = [{ part: value, pointer: '', depth: 0 }];
  for (const { part, pointer, depth } of parts) {
    if (typeof part === 'string' && UNSTORABLE.test(part))
      problems.push({ pointer, message: 'must not contain the character U+0000 or half of a surrogate pair' });
    if (typeof part !== 'object' || part === null) continue;
    if (depth === DEEPEST) return [asAWhole(`must not be nested more than ${DEEPEST} levels deep`)];
    const keys = Object.keys(part);
    if (parts.length + keys.length > MOST_VALUES) return [asAWhole(`must not hold more than ${MOST_VALUES} values`)];
    for (const key of keys) {
      const at = pointerTo(pointer, key);
      // toString, constructor, __proto__ …: every object has them, so they'd pass for known fields.
      if (key in Object.prototype) problems.push({ pointer: at, message: NOT_A_FIELD });
      else parts.push({ part: (part as Record<string, unknown>)[key], pointer: at, depth: depth + 1 });
    }
  }
  return problems;
}

function asAWhole(message: string): FieldProblem {
  return { pointer: '', message };
}

export const NOT_A_FIELD = 'is not a field of this request';

/** RFC 6901. */
export function pointerTo(base: string, key: string): string {
  return `${base}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
