/** What `JSON.parse` can give, before anybody looked at it. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** An answer that is not of the shape that Meta documents. Says which field, never what stood in it. */
export class ShapeError extends Error {
  constructor(what: string) {
    super(`Meta's answer has no usable ${what}`);
    this.name = 'ShapeError';
  }
}

/**
 * `JSON.parse` that keeps ids whole: Meta writes some 17-digit ids as bare numbers, and a double holds 15 to 16 digits.
 * Integers that a double cannot hold exactly come out as strings of their digits; everything else is as JSON says.
 * Reference §0.2: 27640875392278831 would become …830.
 * @throws SyntaxError when the text is not JSON.
 */
export function parseJson(text: string): unknown {
  return JSON.parse(quoteLongIntegers(text));
}

function quoteLongIntegers(text: string): string {
  const number = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
  const colon = /\s*:/y;
  let result = '';
  let copied = 0;
  let at = 0;
  while (at < text.length) {
    if (text[at] === '"') {
      at = endOfString(text, at);
      continue;
    }
    number.lastIndex = at;
    const match = number.exec(text);
    if (!match) {
      at += 1;
      continue;
    }
    const end = at + match[0].length;
    const isInteger = match[1] === undefined && match[2] === undefined;
    colon.lastIndex = end;
    // A number for a key is no JSON, and must not become JSON by being quoted.
    if (isInteger && !Number.isSafeInteger(Number(match[0])) && !colon.test(text)) {
      result += `${text.slice(copied, at)}"${match[0]}"`;
      copied = end;
    }
    at = end;
  }
  return result + text.slice(copied);
}

/** The index behind the closing quote of the string that opens at `start`, or the text's end when it never closes. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function record(value: unknown, what: string): JsonRecord {
  if (!isRecord(value)) throw new ShapeError(what);
  return value;
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A non-empty string, else null. */
export function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

export function requiredText(value: unknown, what: string): string {
  const found = text(value);
  if (found === null) throw new ShapeError(what);
  return found;
}

/** A whole number, also when it was quoted; else null. */
export function integer(value: unknown): number | null {
  const candidate = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  return typeof candidate === 'number' && Number.isSafeInteger(candidate) ? candidate : null;
}

export function requiredInteger(value: unknown, what: string): number {
  const found = integer(value);
  if (found === null) throw new ShapeError(what);
  return found;
}

/** An id as a string, whether Meta quoted it or not; else null. */
export function id(value: unknown): string | null {
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : text(value);
}

export function requiredId(value: unknown, what: string): string {
  const found = id(value);
  if (found === null) throw new ShapeError(what);
  return found;
}

/** Unix seconds; 0 and absence give null. */
export function unixTime(value: unknown): Date | null {
  const seconds = integer(value);
  return seconds === null || seconds <= 0 || seconds > 8.64e12 ? null : new Date(seconds * 1000);
}

/** `2019-09-26T22:36:43+0000`: ISO-8601 whose offset has no colon (reference §2.7); else null. */
export function isoTime(value: unknown): Date | null {
  const written = text(value)?.replace(/([+-]\d{2})(\d{2})$/, '$1:$2');
  const time = written === undefined ? NaN : Date.parse(written);
  return Number.isNaN(time) ? null : new Date(time);
}
