import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { parseUrl } from '../common/parse-url';
import { Settings } from '../config/settings';
import { asFetchError, FetchError, nameAndCode } from './fetch-error';
import { Resolver } from './resolver';
import { checkAddresses, readDestination, type Destination } from './url-policy';

export interface FetchOptions {
  headers?: Record<string, string>;
  /** First and last byte wanted, both included. A server may ignore it and answer 200. */
  range?: { start: number; end: number };
  /** The most that the body may have; one byte more fails it with `too_large`. */
  maxBytes: number;
  /** The deadline of everything: names, connections, redirects and the body. `AbortSignal.timeout(ms)`. */
  signal: AbortSignal;
}

export interface PostOptions extends Omit<FetchOptions, 'range'> {
  body: string | Buffer;
}

export interface FetchedResponse {
  status: number;
  headers: IncomingHttpHeaders;
  /** Where the redirects ended. */
  url: URL;
  /** Read it to the end or destroy it. Fails with a FetchError. */
  body: Readable;
}

const MAX_REDIRECTS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * The only way to a URL that a user gave us (SSRF guard). Each hop is read by the URL policy, resolved once, judged by all
 * its addresses, and connected to exactly those: a name that changes its answer in between changes nothing. Proxies of
 * the environment are not used, since they would resolve the name again.
 */
@Injectable()
export class GuardedHttp {
  constructor(
    private readonly settings: Settings,
    private readonly resolver: Resolver,
  ) {}

  /**
   * GETs a URL. Any status but a redirect is an answer.
   * @throws AppError `url_not_allowed`, before anything is connected
   * @throws FetchError
   */
  async open(url: string, options: FetchOptions): Promise<FetchedResponse> {
    let next = url;
    for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
      const destination = readDestination(next, this.settings.net.allowedPrivateHosts);
      const addresses = await this.addressesOf(destination, options.signal);
      const response = await request(destination, addresses, options);
      const location = REDIRECTS.has(response.statusCode ?? 0) ? response.headers.location : undefined;
      if (location === undefined) return answer(destination, response, options);
      response.destroy();
      const target = parseUrl(location, destination.url);
      if (!target)
        throw new FetchError('redirects', destination.url.origin, 'it redirects to something that is not a URL');
      next = target.href;
    }
    throw new FetchError('redirects', new URL(url).origin, `it redirects more than ${MAX_REDIRECTS} times`);
  }

  /**
   * POSTs a body to a URL, once. Any status is an answer, a redirect too: nobody may send what was said to one elsewhere.
   * @throws AppError `url_not_allowed`, before anything is connected
   * @throws FetchError after which the body may have arrived, unless `failure` is `unresolved` or `unconnected`
   */
  async post(url: string, options: PostOptions): Promise<FetchedResponse> {
    const destination = readDestination(url, this.settings.net.allowedPrivateHosts);
    const addresses = await this.addressesOf(destination, options.signal);
    return answer(destination, await request(destination, addresses, options), options);
  }

  private async addressesOf(destination: Destination, signal: AbortSignal): Promise<string[]> {
    const { host } = destination;
    const { origin } = destination.url;
    if (isIP(host) !== 0) return [host];
    const addresses = await withinDeadline(this.resolver.resolve(host), signal).catch((error: unknown) => {
      if (signal.aborted) throw asFetchError(signal.reason, origin, 'unconnected');
      const detail =
        nameAndCode(error).code === 'ENOTFOUND' ? 'there is no such name' : 'its name could not be resolved';
      throw new FetchError('unresolved', origin, detail);
    });
    if (addresses.length === 0) throw new FetchError('unresolved', origin, 'its name has no address');
    checkAddresses(destination, addresses);
    return addresses;
  }
}

async function request(
  to: Destination,
  addresses: string[],
  options: FetchOptions & Partial<PostOptions>,
): Promise<IncomingMessage> {
  const { range, body, signal } = options;
  try {
    signal.throwIfAborted();
    const call = (to.url.protocol === 'https:' ? https : http).request(to.url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        accept: '*/*',
        'accept-encoding': 'identity',
        ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
        ...(range ? { range: `bytes=${range.start}-${range.end}` } : {}),
        ...options.headers,
      },
      lookup: onlyTo(addresses),
      // A fresh connection each time: one that was kept could have been opened under another judgement.
      agent: false,
      signal,
    });
    return await new Promise((resolve, reject) => {
      // The listener stays: an abort in the middle of the body is reported here too.
      call.on('error', reject);
      call.once('response', resolve);
      call.end(body);
    });
  } catch (error) {
    throw asFetchError(signal.aborted ? signal.reason : error, to.url.origin, 'unconnected');
  }
}

/** Answers the addresses that were judged, whatever name is asked. Node skips it for IP literals, which need no answer. */
function onlyTo(addresses: string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, { all, family }, callback) => {
    const fitting = found.filter((entry) => (family === 4 || family === 6 ? entry.family === family : true));
    const [first] = fitting;
    if (!first) callback(new Error('No address of the wanted family'), '', 0);
    else if (all) callback(null, fitting);
    else callback(null, first.address, first.family);
  };
}

function answer(from: Destination, response: IncomingMessage, options: FetchOptions): FetchedResponse {
  const length = Number(response.headers['content-length'] ?? 0);
  const body = Readable.from(capped(response, from.url.origin, options), { objectMode: false });
  // A generator that was never started has nothing to clean up by itself.
  body.once('close', () => response.destroy());
  if (length > options.maxBytes) {
    body.destroy();
    throw tooLarge(from.url.origin, length, options.maxBytes);
  }
  return { status: response.statusCode ?? 0, headers: response.headers, url: from.url, body };
}

async function* capped(response: IncomingMessage, origin: string, { maxBytes, signal }: FetchOptions) {
  let received = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      received += chunk.length;
      if (received > maxBytes) throw tooLarge(origin, null, maxBytes);
      yield chunk;
    }
    // An aborted request may end its response as if it were whole.
    if (!response.complete) throw new FetchError('broken', origin, 'the connection broke off');
  } catch (error) {
    throw asFetchError(signal.aborted ? signal.reason : error, origin, 'broken');
  }
}

function tooLarge(origin: string, bytes: number | null, maxBytes: number): FetchError {
  const found = bytes === null ? 'it sends more' : `it offers ${bytes} bytes`;
  return new FetchError('too_large', origin, `${found}; at most ${maxBytes} bytes are taken`);
}

function withinDeadline<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(new Error('deadline'));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
