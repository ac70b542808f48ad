import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Answer, type Outcome, play, sleep, type Struck } from './fault-play';
import { type EffectTweaks, type GraphCall, type GraphEndpoint, type Method, RawJson } from './graph-call';
import { errorEnvelope, flatEnvelope, FlatOauthError, GraphError, type Login } from './graph-error';
import { type GraphPath, readGraphPath } from './graph-path';
import { GraphRoutes, NO_ENDPOINT, requireToken, type RouteMatch, routeTemplate, subjectOf } from './graph-routes';
import { type Call, type Stamped } from './ledger';
import { Params } from './params';
import { type SandboxState } from './state';
import { checkProof, loginOf } from './tokens';
import { UploadRefused } from './upload-session';
import { accountUsage, appUsage } from './usage-headers';

type Incoming = Omit<GraphCall, 'tweaks'>;

/** Answers every Graph and OAuth request: finds the endpoint, lets faults strike, and writes the ledger. */
export class GraphServer {
  readonly routes: GraphRoutes;

  constructor(
    private readonly state: SandboxState,
    endpoints: GraphEndpoint[],
  ) {
    this.routes = new GraphRoutes(state, endpoints);
  }

  async serve(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const started = performance.now();
    const { call, match } = this.read(request);
    const subject = subjectOf(this.state, call);
    const endpoint = 'endpoint' in match ? match.endpoint.name : NO_ENDPOINT;
    const arriving = { method: call.method, route: routeTemplate(match), endpoint, account_id: subject.account_id };
    const entry = this.state.ledger.call({ ...arriving, user_agent: request.headers['user-agent'] ?? null });
    const throttled = this.state.throttles.strike({ ...arriving, node: match.node?.kind ?? null });
    if (this.state.settings.latency_ms > 0) await sleep(this.state.settings.latency_ms);
    if (throttled) {
      entry.fault = 'throttled';
      reply.raw.once('finish', throttled.sent);
      const outcome = { ...this.struck(call, match).write(throttled.error), usage: throttled.usage };
      return this.send(request, reply, call, entry, { outcome, subject: subject.account_id, started });
    }
    const fault = this.state.faults.strike({ endpoint, ...subject });
    entry.fault = fault?.kind ?? null;
    const struck = this.struck(call, match);
    const outcome = fault ? await play(fault, struck) : await struck.run();
    return this.send(request, reply, call, entry, { outcome, subject: subject.account_id, started });
  }

  private read(request: FastifyRequest): { call: Incoming; match: RouteMatch } {
    const cut = request.url.indexOf('?');
    const pathname = cut < 0 ? request.url : request.url.slice(0, cut);
    const params = Params.from(cut < 0 ? '' : request.url.slice(cut + 1), request.body);
    const tokenText = tokenTextOf(request, params);
    const token = tokenText === undefined ? undefined : this.state.tokens.find(tokenText);
    const login: Login = tokenText?.startsWith('IGAA') ? 'instagram' : loginOf(token);
    const method = request.method as Method;
    const given = { method, login, params, token, tokenText, request: request.raw };
    let at: GraphPath = { versioned: false, version: 'v25.0', segments: [], path: '' };
    let match: RouteMatch;
    try {
      at = readGraphPath(pathname);
      match = this.routes.match(method, at, token);
    } catch (error) {
      if (!(error instanceof GraphError)) throw error;
      match = { problem: error, node: undefined };
    }
    const call = { ...given, version: at.version, path: at.path, rest: at.segments.slice(2), node: match.node };
    return { call, match };
  }

  private struck(call: Incoming, match: RouteMatch): Struck {
    const errors = 'endpoint' in match ? match.endpoint.errors : undefined;
    return {
      method: call.method,
      id: call.path.split('/')[0] ?? '',
      run: (tweaks = {}) => this.run(call, match, tweaks),
      write: (error) => writeError(error, errors, call.login),
      later: (ms, run) => this.state.clock.after(ms, run),
    };
  }

  private async run(call: Incoming, match: RouteMatch, tweaks: EffectTweaks): Promise<Answer> {
    const errors = 'endpoint' in match ? match.endpoint.errors : undefined;
    try {
      this.authenticate(call, match);
      if ('problem' in match) throw match.problem;
      const body = await match.endpoint.answer({ ...call, tweaks });
      if (body instanceof RawJson) return { status: 200, body: body.text, content_type: 'application/json' };
      return { status: 200, body };
    } catch (error) {
      if (error instanceof GraphError || error instanceof FlatOauthError) return writeError(error, errors, call.login);
      throw error;
    }
  }

  /** Graph looks at the token before it looks at the path, so a dead token beats an unknown id. */
  private authenticate(call: Incoming, match: RouteMatch): void {
    const proof = call.params.text('appsecret_proof');
    if ('endpoint' in match && match.endpoint.needsToken === false) return;
    if (call.tokenText === undefined && 'problem' in match && match.problem.facts.code === 2500) return;
    const token = requireToken(this.state, call.tokenText);
    // For graph.instagram.com the proof is undocumented, and ignored (§1a).
    // Uploads carry nothing but headers, and none of them is for a proof.
    const isUpload = 'endpoint' in match && match.endpoint.errors === 'upload';
    if (token.kind !== 'instagram' && !isUpload) checkProof(proof, token, this.state.settings.require_proof);
  }

  private send(
    request: FastifyRequest,
    reply: FastifyReply,
    call: Incoming,
    entry: Stamped<Call>,
    result: { outcome: Outcome; subject: string | null; started: number },
  ): FastifyReply {
    const { outcome } = result;
    entry.latency_ms = Math.round((performance.now() - result.started) * 10) / 10;
    if (outcome === 'drop' || outcome === 'hang') {
      entry.answered = outcome === 'drop' ? 'dropped' : 'hung';
      reply.hijack();
      if (outcome === 'drop') request.raw.socket.destroy();
      return reply;
    }
    entry.status = outcome.status;
    entry.answered = entry.fault === null ? 'normal' : 'altered';
    const error = (outcome.body as { error?: { code?: number; error_subcode?: number } } | null)?.error;
    entry.error_code = error?.code ?? null;
    entry.error_subcode = error?.error_subcode ?? null;
    const { app_usage, account_usage } = this.state.settings;
    const scripted = outcome.usage;
    reply.code(outcome.status).header('facebook-api-version', call.version);
    const ofApp = scripted?.scope === 'app' ? scripted.values : app_usage;
    if (ofApp) reply.header('x-app-usage', appUsage(ofApp));
    const { subject } = result;
    const ofAccount = scripted?.scope === 'account' ? scripted.values : (account_usage[subject ?? ''] ?? {});
    if (subject !== null && ofAccount) reply.header('x-business-use-case-usage', accountUsage(subject, ofAccount));
    return reply.type(outcome.content_type ?? 'application/json; charset=UTF-8').send(outcome.body);
  }
}

function tokenTextOf(request: FastifyRequest, params: Params): string | undefined {
  const header = request.headers.authorization;
  // rupload.facebook.com wants the scheme word OAuth; Graph takes either.
  const fromHeader = header && /^(?:Bearer|OAuth)\s+(\S+)$/i.exec(header)?.[1];
  return fromHeader || params.text('access_token');
}

function writeError(error: GraphError | FlatOauthError, errors: GraphEndpoint['errors'], login: Login): Answer {
  if (error instanceof FlatOauthError) return { status: 400, body: flatEnvelope(error) };
  const { facts } = error;
  if (errors === 'flat') return { status: facts.http, body: flatEnvelope(new FlatOauthError(facts.message)) };
  if (errors === 'upload') {
    const isItsOwn = error instanceof UploadRefused;
    const message = isItsOwn ? error.message : JSON.stringify(errorEnvelope(facts, login).error);
    const type = isItsOwn ? error.debugType : 'ProcessingFailedError';
    const debug_info = { retriable: facts.is_transient ?? false, type, message };
    return { status: facts.http, body: { debug_info } };
  }
  return { status: facts.http, body: errorEnvelope(facts, login) };
}
