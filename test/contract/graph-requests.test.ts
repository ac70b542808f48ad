import { createHmac } from 'node:crypto';
import { Secret } from '../../src/common/secret';
import { InstagramGraph, type GraphCallObservation } from '../../src/graph';
import { clock, facebook, graphSettings, instagram, MetaServer } from '../unit/graph/meta-server';

const proofOf = (token: string) => createHmac('sha256', 'meta-app-secret-canary').update(token).digest('hex');

describe('what is sent to Meta', () => {
  const meta = new MetaServer();
  let graph: InstagramGraph;
  let observed: GraphCallObservation[];
  beforeAll(() => meta.start());
  afterAll(() => meta.stop());
  beforeEach(() => {
    meta.seen.splice(0);
    observed = [];
    graph = new InstagramGraph(graphSettings(meta.url), clock, (call) => observed.push(call));
  });
  afterEach(() => graph.onModuleDestroy());

  it('carries the token as a bearer header, with its proof on graph.facebook.com', async () => {
    meta.says({ id: '17900' });
    await graph.createContainer(facebook, '17841', {
      kind: 'image',
      imageUrl: 'https://media.test/1.jpg',
      caption: 'é',
    });
    const token = facebook.accessToken.reveal();
    expect(meta.last).toMatchObject({ method: 'POST', path: '/v25.0/17841/media', query: {} });
    expect(meta.last.headers).toMatchObject({ authorization: `Bearer ${token}`, 'content-type': 'application/json' });
    expect(JSON.parse(meta.last.body)).toEqual({
      image_url: 'https://media.test/1.jpg',
      caption: 'é',
      appsecret_proof: proofOf(token),
    });
  });

  it('sends the proof of a read in its query, and none to graph.instagram.com', async () => {
    meta.says({ id: '17900', status_code: 'FINISHED', status: '' });
    await graph.containerStatus(facebook, '17900');
    expect(meta.last.query).toEqual({
      fields: 'id,status_code,status',
      appsecret_proof: proofOf(facebook.accessToken.reveal()),
    });
    await graph.containerStatus(instagram, '17900');
    expect(meta.last.query).toEqual({ fields: 'id,status_code,status' });
    expect(meta.last.headers.authorization).toBe(`Bearer ${instagram.accessToken.reveal()}`);
    await new InstagramGraph(graphSettings(meta.url, { app: null }), clock).containerStatus(facebook, '17900');
    expect(meta.last.query).toEqual({ fields: 'id,status_code,status' });
  });

  it('publishes by the id of the container', async () => {
    meta.says({ id: '17920238422030506' });
    await expect(graph.publish(instagram, '17841', '17900')).resolves.toEqual({ mediaId: '17920238422030506' });
    expect(meta.last).toMatchObject({ path: '/v25.0/17841/media_publish', body: '{"creation_id":"17900"}' });
  });

  it('says what a failed container died of', async () => {
    meta.says({ id: '1', status_code: 'ERROR', status: 'Error: Media upload has failed with error code 2207026' });
    await expect(graph.containerStatus(facebook, '1')).resolves.toMatchObject({
      statusCode: 'ERROR',
      subcode: 2207026,
      failure: { kind: 'media_invalid_format', permanent: true },
    });
  });

  it('exchanges, extends and inspects a token of Facebook Login', async () => {
    meta.says({ access_token: 'EAAshort', token_type: 'bearer', expires_in: 3600 });
    const short = await graph.exchangeFacebookCode({ code: 'AQcode', redirectUri: 'https://app.test/callback' });
    expect(meta.last).toMatchObject({
      method: 'GET',
      path: '/v25.0/oauth/access_token',
      query: {
        client_id: '1000',
        client_secret: 'meta-app-secret-canary',
        redirect_uri: 'https://app.test/callback',
        code: 'AQcode',
      },
    });
    expect(short.expiresAt).toEqual(new Date('2026-11-20T13:00:00Z'));

    meta.says({ access_token: 'EAAlong', token_type: 'bearer' });
    const long = await graph.extendFacebookToken(short.accessToken);
    expect(meta.last.query).toMatchObject({ grant_type: 'fb_exchange_token', fb_exchange_token: 'EAAshort' });
    expect([long.accessToken.reveal(), long.expiresAt]).toEqual(['EAAlong', null]);

    meta.says({ data: { app_id: '1000', type: 'USER', is_valid: true, expires_at: 0 } });
    await expect(graph.inspectToken(long.accessToken)).resolves.toMatchObject({ isValid: true, neverExpires: true });
    expect(meta.last).toMatchObject({
      path: '/v25.0/debug_token',
      query: { input_token: 'EAAlong', access_token: '1000|meta-app-secret-canary' },
    });
  });

  it('walks all Pages by cursor and never follows the address that carries the token', async () => {
    const page = (id: number) => ({
      id: String(id),
      name: `Page ${id}`,
      access_token: `EAApage${id}`,
      tasks: ['MANAGE'],
    });
    meta.answer = (request, response) => {
      const [from, after] = request.query.after === undefined ? [1, 'two'] : [2, 'three'];
      const next = from === 1 ? `${meta.url}/stolen?access_token=EAA` : undefined;
      response.end(JSON.stringify({ data: [page(from)], paging: { cursors: { before: 'x', after }, next } }));
    };
    const pages = await graph.listPages(facebook.accessToken);
    expect(pages.map(({ id }) => id)).toEqual(['1', '2']);
    expect(meta.seen.map(({ path, query }) => [path, query.after])).toEqual([
      ['/v25.0/me/accounts', undefined],
      ['/v25.0/me/accounts', 'two'],
    ]);
  });

  it('stops at a cursor that comes back', async () => {
    meta.says({ data: [], paging: { cursors: { after: 'same' }, next: 'https://x' } });
    await expect(graph.listPages(facebook.accessToken)).resolves.toEqual([]);
    expect(meta.seen).toHaveLength(2);
  });

  it('exchanges, extends and refreshes a token of Instagram Login, with its own app and no version', async () => {
    meta.says('{"access_token":"IGshort","user_id":27640875392278831,"permissions":["instagram_business_basic"]}');
    const short = await graph.exchangeInstagramCode({ code: 'AQcode#_', redirectUri: 'https://app.test/callback' });
    expect(short).toMatchObject({ appScopedId: '27640875392278831' });
    expect(meta.last).toMatchObject({ method: 'POST', path: '/oauth/access_token', query: {} });
    expect(Object.fromEntries(new URLSearchParams(meta.last.body))).toEqual({
      client_id: '2000',
      client_secret: 'instagram-app-secret-canary',
      grant_type: 'authorization_code',
      redirect_uri: 'https://app.test/callback',
      code: 'AQcode',
    });

    meta.says({ access_token: 'IGlong', token_type: 'bearer', expires_in: 5_183_944 });
    const long = await graph.extendInstagramToken(short.accessToken);
    expect(meta.last).toMatchObject({
      path: '/access_token',
      query: { grant_type: 'ig_exchange_token', client_secret: 'instagram-app-secret-canary', access_token: 'IGshort' },
    });
    expect(long.expiresAt).toEqual(new Date(Date.parse('2026-11-20T12:00:00Z') + 5_183_944_000));

    await graph.refreshInstagramToken(long.accessToken);
    expect(meta.last).toMatchObject({
      path: '/refresh_access_token',
      query: { grant_type: 'ig_refresh_token', access_token: 'IGlong' },
    });
  });

  it('reads an account with the fields that each host has', async () => {
    meta.says({ id: '17841', username: 'shop', media_count: 3 });
    await expect(graph.readAccount(facebook, '17841')).resolves.toMatchObject({ id: '17841', accountType: null });
    expect(meta.last.query.fields).toContain('biography');
    expect(meta.last.query.fields).not.toContain('account_type');

    meta.says('{"id":27640875392278831,"user_id":17841405309211844,"username":"shop","account_type":"Business"}');
    await expect(graph.readAccount(instagram, '17841405309211844')).resolves.toMatchObject({
      id: '17841405309211844',
      accountType: 'BUSINESS',
    });
    expect(meta.last.query.fields).toContain('account_type');
    await expect(graph.identifyInstagramUser(instagram.accessToken)).resolves.toMatchObject({
      id: '17841405309211844',
      appScopedId: '27640875392278831',
    });
    expect(meta.last.path).toBe('/v25.0/me');

    meta.says({ user_id: '1', username: 'me', account_type: 'PERSONAL' });
    await expect(graph.readAccount(instagram, '1')).rejects.toMatchObject({ kind: 'account_not_business' });
  });

  it('lists recent media since a moment, page by page, at most as many as asked', async () => {
    const media = (id: number, timestamp: string) => ({ id: String(id), media_type: 'IMAGE', timestamp });
    meta.answer = (request, response) => {
      const first = request.query.after === undefined;
      const data = first
        ? [media(5, '2026-11-20T11:59:59+0000'), media(4, '2026-11-20T11:00:00+0000')]
        : [media(3, '2026-11-20T10:59:59+0000'), media(2, '2026-11-20T10:00:00+0000')];
      response.end(JSON.stringify({ data, paging: { cursors: { after: first ? 'b' : 'c' }, next: 'https://x' } }));
    };
    const since = new Date('2026-11-20T11:00:00.500Z');
    const found = await graph.recentMedia(instagram, '17841', { since, limit: 3 });
    expect(found.map(({ id }) => id)).toEqual(['5', '4']);
    expect(meta.seen.map(({ query }) => [query.limit, query.since, query.after])).toEqual([
      ['3', '1795172400', undefined],
      ['3', '1795172400', 'b'],
    ]);
    await graph.recentStories(instagram, '17841', { since, limit: 1 });
    expect(meta.last.path).toBe('/v25.0/17841/stories');
    expect(meta.last.query).not.toHaveProperty('since');
  });

  it('reads one media and the publishing limit', async () => {
    meta.says({
      id: '7',
      media_type: 'VIDEO',
      media_product_type: 'REELS',
      permalink: 'https://www.instagram.com/reel/a/',
    });
    await expect(graph.readMedia(facebook, '7')).resolves.toMatchObject({ productType: 'REELS' });
    meta.says({ data: [{ quota_usage: 2, config: { quota_total: 50, quota_duration: 86400 } }] });
    await expect(graph.publishingLimit(facebook, '17841')).resolves.toEqual({
      quotaTotal: 50,
      quotaUsed: 2,
      windowSeconds: 86_400,
    });
    expect(meta.last.path).toBe('/v25.0/17841/content_publishing_limit');
  });

  it('makes the addresses where a person logs in', () => {
    const request = { redirectUri: 'https://app.test/callback', state: 's', scopes: ['a', 'b'] };
    expect(graph.facebookAuthorizeUrl(request)).toBe(
      'https://www.facebook.com/v25.0/dialog/oauth?client_id=1000&redirect_uri=https%3A%2F%2Fapp.test%2Fcallback&state=s&response_type=code&scope=a%2Cb',
    );
    expect(graph.instagramAuthorizeUrl(request)).toBe(
      'https://www.instagram.com/oauth/authorize?client_id=2000&redirect_uri=https%3A%2F%2Fapp.test%2Fcallback&state=s&response_type=code&scope=a%2Cb',
    );
  });

  it('names a configuration instead of permissions, and asks again for what was declined', () => {
    const configured = new InstagramGraph(graphSettings(meta.url, { facebookConfigId: '4711' }), clock);
    const request = {
      redirectUri: 'https://app.test/callback',
      state: 's',
      scopes: ['a'],
      authType: 'rerequest',
    } as const;
    const { searchParams } = new URL(configured.facebookAuthorizeUrl(request));
    expect([searchParams.get('config_id'), searchParams.get('scope')]).toEqual(['4711', null]);
    expect(searchParams.get('auth_type')).toBe('rerequest');
    expect(new URL(configured.instagramAuthorizeUrl(request)).searchParams.get('scope')).toBe('a');
    configured.onModuleDestroy();
  });

  it('reads the Pages of a portfolio, owned and of clients, and what was declined', async () => {
    meta.says({ data: [{ id: '900', name: 'Holding' }] });
    await expect(graph.listBusinesses(facebook.accessToken)).resolves.toEqual(['900']);
    expect(meta.last.path).toBe('/v25.0/me/businesses');
    meta.says({ data: [{ id: '1', name: 'Page', tasks: ['MANAGE'] }] });
    await expect(graph.listBusinessPages(facebook.accessToken, '900')).resolves.toMatchObject([
      { id: '1', canPublish: true, pageToken: null, instagramAccount: null },
      { id: '1' },
    ]);
    const paths = meta.seen.slice(-2).map(({ path }) => path);
    expect(paths.sort()).toEqual(['/v25.0/900/client_pages', '/v25.0/900/owned_pages']);
    meta.says({ data: [{ permission: 'instagram_basic', status: 'declined' }] });
    await expect(graph.listPermissions(facebook.accessToken)).resolves.toEqual([
      { name: 'instagram_basic', status: 'declined' },
    ]);
  });

  it.each(['../me/accounts', '17841/media?x=', '', 'a b', '..'])('sends nothing for the id %j', async (id) => {
    await expect(graph.readAccount(facebook, id)).rejects.toMatchObject({ kind: 'validation_error', ambiguous: false });
    await expect(graph.publish(facebook, id, '1')).rejects.toMatchObject({
      kind: 'validation_error',
      ambiguous: false,
    });
    expect(meta.seen).toEqual([]);
  });

  it('sends nothing for a token that could be no header, and says so', async () => {
    const credential = { login: 'facebook', accessToken: new Secret('EAA\r\nX-Evil: 1') } as const;
    await expect(graph.readAccount(credential, '1')).rejects.toMatchObject({ kind: 'invalid_token', ambiguous: false });
    expect(meta.seen).toEqual([]);
  });

  it('says which settings are missing for a login', async () => {
    const bare = new InstagramGraph(graphSettings(meta.url, { app: null, instagramLoginApp: null }), clock);
    await expect(bare.exchangeFacebookCode({ code: 'c', redirectUri: 'r' })).rejects.toMatchObject({
      kind: 'validation_error',
      advice: expect.stringContaining('INSTAGRAM_APP_ID'),
    });
  });

  it('does not go through a proxy that the environment names', async () => {
    const before = { ...process.env };
    Object.assign(process.env, { HTTP_PROXY: 'http://127.0.0.1:9', http_proxy: 'http://127.0.0.1:9', NO_PROXY: '' });
    try {
      meta.says({ id: '7', media_type: 'IMAGE' });
      await expect(graph.readMedia(facebook, '7')).resolves.toMatchObject({ id: '7' });
    } finally {
      process.env = before;
    }
  });

  it('follows no redirect', async () => {
    meta.says('', 302, { location: `${meta.url}/elsewhere` });
    await expect(graph.readMedia(facebook, '7')).rejects.toMatchObject({ kind: 'instagram_error', httpStatus: 302 });
    expect(meta.seen).toHaveLength(1);
  });

  it('tells each call with its usage, and takes no harm from a listener that fails', async () => {
    const told: GraphCallObservation[] = [];
    meta.says({ id: '7', media_type: 'IMAGE' }, 200, {
      'x-app-usage': '{"call_count":91,"total_cputime":15,"total_time":12}',
    });
    const timeline = graph.observedBy((call) => told.push(call));
    await timeline.readMedia(facebook, '7');
    expect(told).toEqual(observed);
    expect(told).toEqual([
      {
        method: 'GET',
        host: 'facebook',
        route: '/{media-id}',
        status: 200,
        durationMs: expect.any(Number),
        kind: null,
        code: null,
        subcode: null,
        fbtraceId: null,
        usage: { appUsage: { callCount: 91, totalTime: 12, totalCpuTime: 15 }, businessUsage: [] },
      },
    ]);
    const failing = graph.observedBy(() => {
      throw new Error('full disk');
    });
    await expect(failing.readMedia(facebook, '7')).resolves.toMatchObject({ id: '7' });
  });

  it('waits as long as Meta says', async () => {
    const entry = { type: 'instagram', call_count: 100, estimated_time_to_regain_access: 7 };
    const limited = { error: { code: 80002, message: 'x', fbtrace_id: 'Atrace' } };
    meta.says(limited, 400, { 'x-business-use-case-usage': JSON.stringify({ 17841: [entry] }) });
    await expect(graph.readMedia(facebook, '7')).rejects.toMatchObject({
      kind: 'rate_limit_exceeded',
      retryAfterSeconds: 420,
      fbtraceId: 'Atrace',
    });
    expect(observed.at(-1)).toMatchObject({
      status: 400,
      kind: 'rate_limit_exceeded',
      code: 80002,
      fbtraceId: 'Atrace',
    });

    meta.says(limited, 429, { 'retry-after': 'Fri, 20 Nov 2026 12:01:30 GMT' });
    await expect(graph.readMedia(facebook, '7')).rejects.toMatchObject({ retryAfterSeconds: 90 });
    meta.says('', 503, { 'retry-after': '30' });
    await expect(graph.readMedia(facebook, '7')).rejects.toMatchObject({ retryAfterSeconds: 30 });
    meta.says(limited, 400);
    await expect(graph.readMedia(facebook, '7')).rejects.toMatchObject({ retryAfterSeconds: null });
  });
});
