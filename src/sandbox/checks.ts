/** What came in through the control API is not what it takes; answered as a 400 that lists every problem. */
export class InvalidInput extends Error {
  constructor(readonly problems: string[]) {
    super(problems.join('; '));
  }
}

/** Reads one value or throws {@link InvalidInput} naming where (`at`, e.g. `do.ms`) it went wrong. */
export type Check<T> = (value: unknown, at: string) => T;

function refuse(at: string, wanted: string): never {
  throw new InvalidInput([`${at || 'body'} must be ${wanted}`]);
}

export const text: Check<string> = (value, at) =>
  typeof value === 'string' && value !== '' ? value : refuse(at, 'a non-empty string');

export const bool: Check<boolean> = (value, at) => (typeof value === 'boolean' ? value : refuse(at, 'true or false'));

/** A whole number of at least `min`. */
export function integer(min = 0): Check<number> {
  return (value, at) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= min
      ? value
      : refuse(at, `a whole number of at least ${min}`);
}

export function oneOf<T extends string>(...values: T[]): Check<T> {
  return (value, at) => values.find((known) => known === value) ?? refuse(at, `one of ${values.join(', ')}`);
}

export function orNull<T>(check: Check<T>): Check<T | null> {
  return (value, at) => (value === null ? null : check(value, at));
}

export function optional<T>(check: Check<T>): Check<T | undefined> {
  return (value, at) => (value === undefined ? undefined : check(value, at));
}

export function listOf<T>(check: Check<T>): Check<T[]> {
  return (value, at) =>
    Array.isArray(value) ? value.map((item, i) => check(item, `${at}[${i}]`)) : refuse(at, 'a list');
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object of values that all pass `check`, whatever their names. */
export function recordOf<T>(check: Check<T>): Check<Record<string, T>> {
  return (value, at) => {
    if (!isRecord(value)) return refuse(at, 'an object');
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, check(item, `${at}.${name}`)]));
  };
}

type Shape<C extends Record<string, Check<unknown>>> = { [K in keyof C]: ReturnType<C[K]> };

/** An object with exactly these fields; all its problems are told at once. */
export function shape<C extends Record<string, Check<unknown>>>(checks: C): Check<Shape<C>> {
  return (value, at) => {
    if (!isRecord(value)) return refuse(at, 'an object');
    const problems = Object.keys(value)
      .filter((name) => !Object.hasOwn(checks, name))
      .map((name) => `${at ? `${at}.` : ''}${name} is not known here`);
    const read: Record<string, unknown> = {};
    for (const [name, check] of Object.entries(checks)) {
      try {
        const item = check(value[name], at ? `${at}.${name}` : name);
        if (item !== undefined) read[name] = item;
      } catch (error) {
        if (!(error instanceof InvalidInput)) throw error;
        problems.push(...error.problems);
      }
    }
    if (problems.length > 0) throw new InvalidInput(problems);
    return read as Shape<C>;
  };
}

/** Not by `URL.canParse`, which Node.js 20 gets wrong for letters of Latin-1 once it has been called often. */
export function isUrl(text: string): boolean {
  try {
    return new URL(text).href !== '';
  } catch {
    return false;
  }
}
