import { type Readable } from 'node:stream';
import { type Secret } from '../common/secret';
import { unanswered } from './graph-error';
import { type GraphHost } from './observation';

/** How long each kind of call may take, all in all. */
export const READ_TIMEOUT_MS = 15_000;
export const CREATE_TIMEOUT_MS = 60_000;
export const PUBLISH_TIMEOUT_MS = 40_000;
/** 300 MB at 3 Mbit/s; what is cut off then goes on from where it was. */
export const UPLOAD_TIMEOUT_MS = 900_000;

/** The rest of a file, from `offset` on, as it is sent to Meta's upload host. */
export interface UploadBody {
  stream: Readable;
  offset: number;
  /** Of the whole file. */
  sizeBytes: number;
  /** How many bytes the connection has taken so far. */
  sent: number;
}

/** One call to Meta. `T` is what `parse` makes of the answer; when it throws the answer counts as malformed. */
export interface GraphCall<T> {
  method: 'GET' | 'POST';
  host: GraphHost;
  /** Template for logs, such as `/{ig-id}/media`. */
  route: string;
  /** What to fill the template with. */
  ids?: Record<string, string>;
  /** The token-exchange paths of Instagram Login have no version. Default true. */
  versioned?: boolean;
  /** Sent as `Authorization: Bearer`, with its `appsecret_proof` on graph.facebook.com. */
  token?: Secret;
  query?: Record<string, string | number | undefined>;
  json?: Record<string, unknown>;
  form?: Record<string, string>;
  /** Sent as the body, byte by byte. */
  upload?: UploadBody;
  /** What stands in `query` or `form` and must never be seen again. */
  secrets?: string[];
  /** What a repetition would do: nothing, something harmless, or a second post or comment that people see. */
  effect: 'none' | 'some' | 'publish';
  timeoutMs: number;
  signal?: AbortSignal;
  /** Runs when the connection stands, right before the first byte; what it throws comes out and nothing is sent. */
  beforeSend?: () => void;
  parse: (answer: unknown) => T;
}

/** What all reads have in common. */
export function read(host: GraphHost, route: string) {
  return { method: 'GET', host, route, effect: 'none', timeoutMs: READ_TIMEOUT_MS } as const;
}

/**
 * The route with its ids filled in. Some ids come from users, so one that would lead out of its place in the path is
 * refused. @throws GraphError `validation_error`
 */
export function pathOf({ route, ids = {} }: Pick<GraphCall<unknown>, 'route' | 'ids'>): string {
  return route.replace(/\{([a-z-]+)\}/g, (_, name: string) => {
    const id = ids[name] ?? '';
    if (/^[A-Za-z0-9_-]+$/.test(id)) return id;
    throw unanswered('validation_error', `not a ${name}`, 'This is not an id that Instagram could have given.', {
      remedy: 'fail',
    });
  });
}
