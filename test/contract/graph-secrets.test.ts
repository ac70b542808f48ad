import { createHmac } from 'node:crypto';
import { Readable } from 'node:stream';
import { inspect } from 'node:util';
import { Secret } from '../../src/common/secret';
import { GraphError, InstagramGraph, type GraphCallObservation } from '../../src/graph';
import { clock, graphSettings, MetaServer, type Answerer } from '../unit/graph/meta-server';

const TOKEN = 'EAAcanary-token_of+the/test=0123456789';
const CODE = 'AQcanaryCodeOfTheTest0123456789';
const PROOF = createHmac('sha256', 'meta-app-secret-canary').update(TOKEN).digest('hex');
const SECRETS = [TOKEN, CODE, PROOF, 'meta-app-secret-canary', 'instagram-app-secret-canary'];

const envelope = (message: string) =>
  JSON.stringify({ error: { code: 190, message, error_user_msg: message, fbtrace_id: message } });
const answers: Record<string, Answerer> = {
  'an error that repeats what was sent': (request, response) => {
    const everything = [request.headers.authorization, JSON.stringify(request.query), request.body].join(' ');
    response.writeHead(400).end(envelope(`${everything} ${everything}`));
  },
  'the flat error envelope that repeats what was sent': (request, response) => {
    const body = {
      error_type: 'OAuthException',
      code: 400,
      error_message: `${request.body} ${JSON.stringify(request.query)}`,
    };
    response.writeHead(400).end(JSON.stringify(body));
  },
  'an error page': (request, response) => response.writeHead(502).end(`<html>${request.headers.authorization}</html>`),
  'a malformed success': (request, response) => response.end(`{"access_token": "${TOKEN}", ${request.body}`),
  'a success of another shape': (_request, response) => response.end(JSON.stringify({ data: [{ token: TOKEN }] })),
  'a redirect': (_request, response) => response.writeHead(302, { location: `/x?access_token=${TOKEN}` }).end(),
  'a broken connection': (_request, _response, raw) => raw.socket.destroy(),
  'too much': (_request, response) => response.end(TOKEN.repeat(200_000)),
};

describe('nothing secret leaves the graph room', () => {
  const meta = new MetaServer();
  beforeAll(() => meta.start());
  afterAll(() => meta.stop());

  it.each(Object.entries(answers))('after %s', async (_, answer) => {
    meta.answer = answer;
    const observed: GraphCallObservation[] = [];
    await tryEverything(meta.url, observed);
  });

  it('when there is nobody to answer', async () => {
    await tryEverything('http://127.0.0.1:1', []);
  });

  it('but in the address of the calls for which Meta documents nothing else', async () => {
    const withSecret = new Set<string>();
    meta.answer = (request, response) => {
      const written = JSON.stringify(request.query);
      const address = new URLSearchParams(Object.entries(request.query)).toString();
      const here = SECRETS.filter(
        (secret) => secret !== PROOF && (written.includes(secret) || address.includes(secret)),
      );
      if (here.length > 0) withSecret.add(`${request.method} ${request.path}`);
      response.writeHead(500).end('{}');
    };
    await tryEverything(meta.url, []);
    expect([...withSecret].sort()).toEqual([
      'GET /access_token',
      'GET /refresh_access_token',
      'GET /v25.0/debug_token',
      'GET /v25.0/oauth/access_token',
    ]);
  });

  async function tryEverything(url: string, observed: GraphCallObservation[]): Promise<void> {
    const graph = new InstagramGraph(graphSettings(url), clock, (call) => observed.push(call));
    const token = new Secret(TOKEN);
    const login = { code: CODE, redirectUri: 'https://app.test/callback' };
    const since = new Date(0);
    const calls: (() => Promise<unknown>)[] = (['facebook', 'instagram'] as const)
      .map((name) => ({ login: name, accessToken: token }))
      .flatMap((credential) => [
        () => graph.readAccount(credential, '1'),
        () => graph.createContainer(credential, '1', { kind: 'image', imageUrl: 'https://media.test/1.jpg?key=k' }),
        () => graph.containerStatus(credential, '2'),
        () => graph.uploadVideo(credential, '2', { stream: Readable.from([Buffer.from('v')]), sizeBytes: 1 }),
        () => graph.publish(credential, '1', '2'),
        () => graph.recentMedia(credential, '1', { since, limit: 5 }),
        () => graph.recentStories(credential, '1', { since, limit: 5 }),
        () => graph.readMedia(credential, '3'),
        () => graph.publishingLimit(credential, '1'),
      ]);
    calls.push(
      () => graph.exchangeFacebookCode(login),
      () => graph.extendFacebookToken(token),
      () => graph.listPages(token),
      () => graph.inspectToken(token),
      () => graph.exchangeInstagramCode(login),
      () => graph.extendInstagramToken(token),
      () => graph.refreshInstagramToken(token),
      () => graph.identifyInstagramUser(token),
    );
    let failures = 0;
    for (const call of calls) {
      const error: unknown = await call().then(
        () => null,
        (reason: unknown) => reason,
      );
      if (error === null) continue;
      failures += 1;
      expect(error).toBeInstanceOf(GraphError);
      const seen = [
        inspect(error, { depth: 10, showHidden: true }),
        JSON.stringify(error),
        String((error as Error).stack),
      ];
      for (const secret of SECRETS)
        for (const written of [secret, encodeURIComponent(secret)])
          expect(seen.filter((text) => text.includes(written))).toEqual([]);
      expect(seen.join()).not.toMatch(/(Bearer|OAuth) (?!\[redacted\])|127\.0\.0\.1|axios/i);
      expect((error as Error).cause).toBeUndefined();
    }
    graph.onModuleDestroy();
    expect(failures).toBeGreaterThan(15);
    const told = JSON.stringify(observed);
    for (const secret of [...SECRETS, ...SECRETS.map(encodeURIComponent), '127.0.0.1', '?'])
      expect(told).not.toContain(secret);
  }
});
