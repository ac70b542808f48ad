import { invalidParameter } from './graph-error';

/** One wanted field: `media.limit(3){id,caption}` is name `media`, arguments `{limit: '3'}` and two inner fields. */
export interface WantedField {
  name: string;
  args: Record<string, string>;
  inner: WantedField[] | null;
}

/** How each field of a node is read; undefined leaves it out of the answer, as Graph does. */
export type FieldTable<Node, View> = Record<string, (node: Node, view: View, wanted: WantedField) => unknown>;

const parsed = new Map<string, WantedField[]>();

/** Parses `fields=` (field expansion, /docs/graph-api/guides/field-expansion). Clients ask the same few: cached. */
export function parseFields(text: string): WantedField[] {
  const known = parsed.get(text);
  if (known) return known;
  const reader = { text, at: 0 };
  const wanted = readList(reader);
  if (reader.at < text.length) throw syntaxError(reader);
  if (parsed.size < 500) parsed.set(text, wanted);
  return wanted;
}

/** The node with exactly the wanted fields, and `id`, which Graph always adds. */
export function project<Node, View>(
  node: Node,
  wanted: WantedField[],
  table: FieldTable<Node, View>,
  view: View,
  type: string,
): Record<string, unknown> {
  const answer: Record<string, unknown> = {};
  for (const field of wanted) {
    const read = Object.hasOwn(table, field.name) ? table[field.name] : undefined;
    if (!read)
      throw invalidParameter(`(#100) Tried accessing nonexisting field (${field.name}) on node type (${type})`);
    const value = read(node, view, field);
    if (value !== undefined) answer[field.name] = value;
  }
  if (!('id' in answer)) answer['id'] = table['id']?.(node, view, { name: 'id', args: {}, inner: null });
  return answer;
}

interface Reader {
  text: string;
  at: number;
}

function readList(reader: Reader): WantedField[] {
  const fields: WantedField[] = [];
  do fields.push(readField(reader));
  while (take(reader, ','));
  return fields;
}

function readField(reader: Reader): WantedField {
  const name = readWord(reader);
  const args: Record<string, string> = {};
  while (take(reader, '.')) {
    const arg = readWord(reader);
    const end = reader.text.indexOf(')', reader.at);
    if (!take(reader, '(') || end < 0) throw syntaxError(reader);
    args[arg] = reader.text.slice(reader.at, end);
    reader.at = end + 1;
  }
  let inner: WantedField[] | null = null;
  if (take(reader, '{')) {
    inner = readList(reader);
    if (!take(reader, '}')) throw syntaxError(reader);
  }
  return { name, args, inner };
}

function readWord(reader: Reader): string {
  const word = /\s*([a-z_]\w*)\s*/iy;
  word.lastIndex = reader.at;
  const found = word.exec(reader.text)?.[1];
  if (found === undefined) throw syntaxError(reader);
  reader.at = word.lastIndex;
  return found;
}

function take(reader: Reader, char: string): boolean {
  if (reader.text[reader.at] !== char) return false;
  reader.at += 1;
  return true;
}

function syntaxError(reader: Reader): Error {
  const rest = reader.text.slice(reader.at, reader.at + 20);
  return invalidParameter(`Syntax error "Field expression near '${rest}'" at character ${reader.at}: ${reader.text}`);
}
