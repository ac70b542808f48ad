import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { postElsewhere } from '../../src/sandbox/control-pace';
import { mintToken } from '../../src/sandbox/control-world';
import { type Fault } from '../../src/sandbox/faults';
import { type Effect, type Stamped } from '../../src/sandbox/ledger';
import { openSandbox } from '../../src/sandbox/server';
import { type SandboxSettings } from '../../src/sandbox/settings';
import { type SandboxOptions, type SandboxState } from '../../src/sandbox/state';

/** Accounts of the sandbox's first day; src/sandbox/seed.ts has them all. */
export const BAKERY = '17841400000000001';
export const TRAVEL = '17841400000000003';
/** Instagram Login only: no Facebook Page. */
export const STUDIO = '17841400000000005';
/** Another person's. */
export const GALLERY = '17841400000000007';
export const PERSONAL = '17841400000000009';

export const FACEBOOK_APP = { id: '1000000000000001', secret: 'sandbox-app-secret' };
export const INSTAGRAM_APP = { id: '2000000000000001', secret: 'sandbox-instagram-secret' };

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever Meta would say; a test says what it expects
export type Json = any;

/** What a call was answered. `body` is parsed JSON, or the text where it is none. */
export interface Answered {
  status: number;
  headers: Headers;
  body: Json;
  text: string;
}

export interface TestSandbox {
  url: string;
  state: SandboxState;
  /** What really happened, oldest first. */
  effects: (kind?: Effect['kind']) => Stamped<Effect>[];
  fault: (fault: { match?: object; times?: number | null; do: object | string }) => Fault;
  /** As `POST /_sandbox/throttles`; `state.throttles.violations()` then tells who called in spite of it. */
  throttle: (window: object) => ReturnType<SandboxState['throttles']['add']>;
  /** What others put on that account, as `POST /_sandbox/accounts/{id}/media`; the ids. */
  postElsewhere: (posts?: object, accountId?: string) => string[];
  /** A working token of that account; see `POST /_sandbox/tokens` for the options. */
  token: (accountId?: string, options?: object) => string;
  set: (settings: Partial<SandboxSettings>) => void;
  advance: (ms: number) => void;
  /** One Graph call with the parameters as a form (POST) or query. */
  call: (method: string, path: string, params?: Record<string, string>, token?: string) => Promise<Answered>;
  /** Calls until the container leaves IN_PROGRESS; its last answer. */
  settled: (containerId: string, token: string) => Promise<Answered>;
  reset: () => Promise<void>;
  close: () => Promise<void>;
}

/** A sandbox in this process on a free port. Nothing takes time in it unless the settings say so. */
export async function startSandbox(options: SandboxOptions & { port?: number } = {}): Promise<TestSandbox> {
  const settings = { processing_ms: 0, image_processing_ms: 0, ...options.settings };
  const { url, state, fault, close } = await openSandbox({ ...options, settings });

  const call: TestSandbox['call'] = async (method, path, params = {}, token) => {
    const query = new URLSearchParams(params);
    const inBody = method === 'POST';
    const response = await fetch(`${url}${path}${inBody || query.size === 0 ? '' : `?${query.toString()}`}`, {
      method,
      headers: token ? { authorization: `Bearer ${token}` } : {},
      redirect: 'manual',
      ...(inBody && { body: query }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: jsonOr(text), text };
  };

  return {
    url,
    state,
    fault,
    close,
    call,
    effects: (kind) => state.ledger.effects.filter((effect) => kind === undefined || effect.kind === kind),
    throttle: (window) => state.throttles.add(window),
    postElsewhere: (posts = {}, accountId = BAKERY) => postElsewhere(state, accountId, posts),
    token: (accountId = BAKERY, more = {}) => mintToken(state, { account_id: accountId, ...more }).access_token,
    set: (part) => void Object.assign(state.settings, part),
    advance: (ms) => state.clock.advance(ms),
    settled: async (containerId, token) => {
      for (let tries = 0; ; tries += 1) {
        const answer = await call('GET', `/v25.0/${containerId}`, { fields: 'id,status_code,status' }, token);
        if (answer.body.status_code !== 'IN_PROGRESS' || tries > 200) return answer;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    },
    reset: () => state.reset(),
  };
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

export interface MediaOrigin {
  url: string;
  /** Requests so far, with their user agents. */
  requests: { path: string; userAgent: string | undefined }[];
  close: () => Promise<void>;
}

type Served = Buffer | ((request: IncomingMessage, response: ServerResponse) => void);

/** A web server that media can be fetched from; a path that is not listed is a 404. */
export async function startMediaOrigin(files: Record<string, Served>): Promise<MediaOrigin> {
  const requests: MediaOrigin['requests'] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    requests.push({ path, userAgent: request.headers['user-agent'] });
    const served = files[path.split('?')[0] ?? ''];
    if (!served) return response.writeHead(404).end('not here');
    if (typeof served === 'function') return served(request, response);
    response.writeHead(200, { etag: createHash('md5').update(served).digest('hex') }).end(served);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** An answer that somebody recorded from the real API. */
export function fixture(name: string): unknown {
  return JSON.parse(readFileSync(join(__dirname, '..', 'fixtures', name), 'utf8')) as unknown;
}

/** The value with every leaf replaced by its type, and every list by its first entry: what two answers share. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, shapeOf(part)]));
}
