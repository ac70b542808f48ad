import { createHmac } from 'node:crypto';
import { type Readable } from 'node:stream';
import axios, { isAxiosError, type AxiosInstance, type AxiosResponse } from 'axios';
import { type Clock } from '../common/clock';
import { type Secret } from '../common/secret';
import { type GraphSettings } from '../config/settings';
import { Departure, freshAgents, pooledAgents } from './connection';
import { readAnswer } from './graph-answer';
import { pathOf, type GraphCall } from './graph-call';
import { GraphError, unanswered } from './graph-error';
import { type GraphHost, type OnGraphCall } from './observation';
import { redactor } from './redact';
import { counted, uploadHeaders } from './upload-body';
import { parseUsage, type GraphUsage } from './usage';

/** Far above any answer of Meta's, far below what would hurt us. */
const LONGEST_ANSWER_BYTES = 4 * 1024 * 1024;

/** An upload over which not a byte moves for so long is dead. */
const UPLOAD_STALL_MS = 60_000;

interface Outcome {
  status: number | null;
  usage: GraphUsage;
}

/** The only place that speaks HTTP to Meta. Sends every call once: no retry, no redirect, no proxy from the environment. */
export class GraphHttp {
  private readonly axios: AxiosInstance = axios.create({
    proxy: false,
    transitional: { clarifyTimeoutError: true },
    maxRedirects: 0,
    maxContentLength: LONGEST_ANSWER_BYTES,
    responseType: 'text',
    // Bodies stay text: our own parser keeps 17-digit numbers whole.
    transformRequest: [(data: unknown) => data],
    transformResponse: [(data: unknown) => data],
    validateStatus: () => true,
  });
  private readonly pooled = pooledAgents();
  private readonly fresh = freshAgents();

  constructor(
    private readonly settings: GraphSettings,
    private readonly clock: Clock,
  ) {}

  async call<T>(call: GraphCall<T>, onCall?: OnGraphCall): Promise<T> {
    const startedMs = this.clock.monotonicMs();
    const outcome: Outcome = { status: null, usage: { appUsage: null, businessUsage: [] } };
    const tell = (error: GraphError | null): void =>
      notify(onCall, {
        method: call.method,
        host: call.host,
        route: call.route,
        status: outcome.status,
        durationMs: Math.round(this.clock.monotonicMs() - startedMs),
        kind: error?.kind ?? null,
        code: error?.code ?? null,
        subcode: error?.subcode ?? null,
        fbtraceId: error?.fbtraceId ?? null,
        usage: outcome.usage,
        ...uploaded(call),
      });
    try {
      const answer = await this.send(call, outcome);
      tell(null);
      return answer;
    } catch (error) {
      if (error instanceof GraphError) tell(error);
      throw error;
    }
  }

  /** Closes the sockets that are kept open. */
  close(): void {
    for (const { httpAgent, httpsAgent } of [this.pooled, this.fresh]) {
      httpAgent.destroy();
      httpsAgent.destroy();
    }
  }

  private async send<T>(call: GraphCall<T>, outcome: Outcome): Promise<T> {
    const request = { method: call.method, url: this.url(call), ...this.bodyAndHeaders(call) };
    const departure = new Departure(call.beforeSend);
    const deadline = AbortSignal.timeout(call.timeoutMs);
    let response: AxiosResponse<unknown>;
    try {
      response = await this.axios.request<unknown>({
        ...request,
        ...(call.effect === 'publish' || call.upload ? this.fresh : this.pooled),
        // Of a socket that stands still: an upload as a whole may take minutes.
        timeout: call.upload ? UPLOAD_STALL_MS : 0,
        transport: departure.transport,
        signal: call.signal ? AbortSignal.any([deadline, call.signal]) : deadline,
      });
    } catch (error) {
      if (departure.stopped) throw departure.stopped;
      throw noAnswer(call, error, departure.sent, deadline);
    } finally {
      if (call.upload) departure.end();
      call.upload?.stream.destroy();
    }
    const header = headerReader(response);
    outcome.status = response.status;
    outcome.usage = parseUsage(header);
    return readAnswer(call, {
      status: response.status,
      body: typeof response.data === 'string' ? response.data : '',
      usage: outcome.usage,
      retryAfter: header('retry-after'),
      now: this.clock.now(),
      redact: redactor(this.secretsOf(call)),
    });
  }

  private url(call: GraphCall<unknown>): string {
    const origins: Record<GraphHost, string> = {
      facebook: this.settings.facebookGraphUrl,
      instagram: this.settings.instagramGraphUrl,
      instagram_oauth: this.settings.instagramOauthUrl,
      rupload: this.settings.ruploadUrl,
    };
    const { version } = this.settings;
    const path = pathOf({ ...call, route: call.route.replace('{version}', version) });
    const url = new URL(call.versioned === false ? path : `/${version}${path}`, origins[call.host]);
    const query = call.method === 'GET' ? { ...call.query, ...this.proof(call) } : (call.query ?? {});
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value));
    return url.href;
  }

  private bodyAndHeaders(call: GraphCall<unknown>): { data?: string | Readable; headers: Record<string, string> } {
    const headers: Record<string, string> = { Accept: 'application/json', 'User-Agent': 'instagram-publisher' };
    if (call.token) headers.Authorization = `${call.upload ? 'OAuth' : 'Bearer'} ${bearer(call.token)}`;
    if (call.upload) return { data: counted(call.upload), headers: { ...headers, ...uploadHeaders(call.upload) } };
    if (call.form)
      return {
        data: new URLSearchParams(call.form).toString(),
        headers: { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' },
      };
    if (call.json)
      return {
        data: JSON.stringify({ ...call.json, ...this.proof(call) }),
        headers: { ...headers, 'Content-Type': 'application/json' },
      };
    return { headers };
  }

  /** Meta: appsecret_proof; undocumented for graph.instagram.com, so not sent there (reference §1a). */
  private proof({ host, token }: GraphCall<unknown>): Record<string, string> {
    const app = this.settings.app;
    if (host !== 'facebook' || !token || !app) return {};
    return { appsecret_proof: createHmac('sha256', app.secret.reveal()).update(token.reveal()).digest('hex') };
  }

  private secretsOf(call: GraphCall<unknown>): string[] {
    const ours = [call.token, this.settings.app?.secret, this.settings.instagramLoginApp?.secret];
    return [
      ...ours.flatMap((secret) => (secret ? [secret.reveal()] : [])),
      ...Object.values(this.proof(call)),
      ...(call.secrets ?? []),
    ];
  }
}

/** A pasted token with a line break or a letter of another script can be no token, and no header either. */
function bearer(token: Secret): string {
  const value = token.reveal();
  if (/^[\x21-\x7e]+$/.test(value)) return value;
  const advice = 'This is no access token: it has characters that no token has. Copy it again, without line breaks.';
  throw unanswered('invalid_token', 'not a token', advice, { remedy: 'account' });
}

/** Only a code of Node's leaves here: axios errors carry the URL, the headers and the body along. */
function noAnswer(call: GraphCall<unknown>, error: unknown, sent: boolean, deadline: AbortSignal): GraphError {
  const ambiguous = sent && call.effect !== 'none';
  const doubt = { ambiguous, remedy: ambiguous ? 'verify' : 'retry' } as const;
  const phase = sent ? 'after the call was sent' : 'before anything was sent';
  if (deadline.aborted) {
    const detail = `no answer within ${call.timeoutMs} ms, ${phase}`;
    return unanswered('timeout_error', detail, 'Meta did not answer in time.', doubt);
  }
  if (call.signal?.aborted)
    return unanswered('network_error', `given up by us ${phase}`, 'We gave the call up ourselves.', doubt);
  const code = isAxiosError(error) && /^[A-Z0-9_]+$/.test(error.code ?? '') ? error.code : 'no code';
  return unanswered(
    code === 'ETIMEDOUT' ? 'timeout_error' : 'network_error',
    `${code} ${phase}`,
    sent ? 'The connection to Meta broke before its answer was complete.' : 'No connection to Meta could be made.',
    doubt,
  );
}

function headerReader({ headers }: AxiosResponse<unknown>): (name: string) => string | null {
  return (name) => {
    const value: unknown = headers[name];
    return typeof value === 'string' ? value : null;
  };
}

function uploaded({ upload }: GraphCall<unknown>): Pick<Parameters<OnGraphCall>[0], 'upload'> {
  return upload ? { upload: { offset: upload.offset, sent: upload.sent, total: upload.sizeBytes } } : {};
}

/** A listener that fails must not turn a success into a failure: the post may be live by now. */
function notify(onCall: OnGraphCall | undefined, observation: Parameters<OnGraphCall>[0]): void {
  try {
    onCall?.(observation);
  } catch {
    // Watching is not part of the call.
  }
}
