import { connect } from 'node:net';
import { HTTP_STATUS, type ErrorType } from '../../src/common/app-error';
import type { Answer } from '../support/app';

/** The contract's error body, and the one extra that an error type of today adds. */
const FIELDS = [
  'detail',
  'error_type',
  'request_id',
  'action_required',
  'instagram_error_code',
  'instagram_error_subcode',
  'fbtrace_id',
  'retry_after',
  'errors',
  'available_accounts',
  'selection_token',
  'checks',
  'post_id',
];

/** Stacks, SQL, paths of ours, the driver's words. */
const LEAKS =
  /\bat \S+ \(|node_modules|\/src\/|\.ts:\d|SELECT |INSERT |UPDATE |relation "|syntax error at|ECONN|postgres:/;

/** Whatever was asked: an answer that is not a success has the one shape, and says nothing about our insides. */
export function expectError(answer: Answer, type?: ErrorType, exceptionally?: number): void {
  const status = exceptionally ?? (type && HTTP_STATUS[type]);
  expect([answer.status, answer.body.error_type]).toEqual([status ?? answer.status, type ?? expect.any(String)]);
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  expect(answer.headers['x-request-id']).toBe(answer.body.request_id);
  expect(answer.body).toEqual(expect.objectContaining({ detail: expect.any(String), request_id: expect.any(String) }));
  expect(Object.keys(answer.body).filter((name) => !FIELDS.includes(name))).toEqual([]);
  expect(JSON.stringify(answer.body)).not.toMatch(LEAKS);
  for (const problem of answer.body.errors ?? [])
    expect(problem).toEqual({ pointer: expect.stringMatching(/^(\/|\?|$)/), message: expect.any(String) });
}

/** The pointers of what is wrong, each once. */
export function pointersOf({ body }: Answer): string[] {
  const problems: { pointer: string }[] = body.errors ?? [];
  return [...new Set(problems.map(({ pointer }) => pointer))].sort();
}

/** Writes these bytes to a connection of its own, and reads until the other end is quiet. */
export async function sendBytes(base: string, bytes: string): Promise<Answer[]> {
  const socket = connect(Number(new URL(base).port), '127.0.0.1');
  let received = '';
  await new Promise<void>((quiet) => {
    let timer = setTimeout(quiet, 3_000);
    socket.on('data', (chunk) => {
      received += chunk.toString();
      clearTimeout(timer);
      timer = setTimeout(quiet, 300);
    });
    socket.on('close', () => quiet());
    socket.on('error', () => quiet());
    socket.write(bytes);
  });
  socket.destroy();
  return answersIn(received);
}

/** Every answer on a connection; all of ours say their length. */
function answersIn(text: string): Answer[] {
  const answers: Answer[] = [];
  for (let rest = text; rest.startsWith('HTTP/1.1 ');) {
    const end = rest.indexOf('\r\n\r\n');
    const [first = '', ...lines] = rest.slice(0, end).split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    ) as Record<string, string>;
    const length = Number(headers['content-length'] ?? 0);
    const body = rest.slice(end + 4, end + 4 + length);
    answers.push({
      status: Number(first.split(' ')[1]),
      headers,
      body: headers['content-type']?.includes('json') ? JSON.parse(body) : body,
    });
    rest = rest.slice(end + 4 + length);
  }
  return answers;
}
