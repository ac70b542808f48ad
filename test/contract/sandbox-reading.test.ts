import { BAKERY, fixture, shapeOf, startSandbox, STUDIO, type TestSandbox } from '../support/sandbox';

describe('reading from the sandbox', () => {
  let sandbox: TestSandbox;
  let token: string;

  beforeAll(async () => {
    sandbox = await startSandbox({ settings: { fetch_media: false } });
  });
  beforeEach(async () => {
    await sandbox.reset();
    token = sandbox.token();
  });
  afterAll(() => sandbox.close());

  const get = (path: string, params: Record<string, string> = {}, by = token) =>
    sandbox.call('GET', `/v25.0/${path}`, params, by);

  async function post(caption: string): Promise<string> {
    const params = { image_url: 'https://media.example.test/a.jpg', caption };
    const { id } = (await sandbox.call('POST', `/v25.0/${BAKERY}/media`, params, token)).body;
    const publish = await sandbox.call('POST', `/v25.0/${BAKERY}/media_publish`, { creation_id: id }, token);
    return publish.body.id as string;
  }

  const captions = (page: { body: { data: { caption: string }[] } }): string[] =>
    page.body.data.map((media) => media.caption);

  it('lists media newest first, page by page in both directions', async () => {
    for (const caption of ['1', '2', '3', '4', '5']) await post(caption);
    const page = (more: Record<string, string>) => get(`${BAKERY}/media`, { fields: 'caption', limit: '2', ...more });
    const first = await page({});
    expect(captions(first)).toEqual(['5', '4']);
    expect(first.body.paging.previous).toBeUndefined();
    const second = await page({ after: first.body.paging.cursors.after });
    expect(captions(second)).toEqual(['3', '2']);
    const last = await page({ after: second.body.paging.cursors.after });
    expect(captions(last)).toEqual(['1']);
    expect(last.body.paging.next).toBeUndefined();
    expect(captions(await page({ before: last.body.paging.cursors.before }))).toEqual(['3', '2']);
    expect(captions(await page({ before: second.body.paging.cursors.before }))).toEqual(['5', '4']);
    expect((await page({ after: 'nonsense' })).body.error.code).toBe(100);
  });

  it('keeps a cursor good while posts come and go', async () => {
    const ids = [];
    for (const caption of ['1', '2', '3', '4']) ids.push(await post(caption));
    const first = await get(`${BAKERY}/media`, { fields: 'caption', limit: '2' });
    await post('5');
    await sandbox.call('DELETE', `/v25.0/${ids[2] ?? ''}`, {}, token);
    const next = await get(`${BAKERY}/media`, { fields: 'caption', after: first.body.paging.cursors.after });
    expect(captions(next)).toEqual(['2', '1']);
  });

  it('writes pages as recorded, the next address with the access token in it', async () => {
    for (let i = 0; i < 5; i += 1) await post('x');
    const recorded = fixture('ig-user-media-page1.json') as { data: object[] };
    const fields = Object.keys(recorded.data[0] ?? {}).join(',');
    const page = await get(`${BAKERY}/media`, { fields, limit: '2' });
    expect(shapeOf(page.body)).toEqual(shapeOf(recorded));
    const next = new URL(page.body.paging.next);
    expect(next.pathname).toBe(`/v25.0/${BAKERY}/media`);
    expect(next.searchParams.get('access_token')).toBe(token);
    const followed = await fetch(next);
    expect(((await followed.json()) as { data: object[] }).data).toHaveLength(2);
  });

  it('filters by time', async () => {
    await post('old');
    sandbox.advance(7_200_000);
    await post('new');
    const between = String(Math.floor(sandbox.state.clock.now() / 1000) - 3_600);
    expect(captions(await get(`${BAKERY}/media`, { fields: 'caption', since: between }))).toEqual(['new']);
    expect(captions(await get(`${BAKERY}/media`, { fields: 'caption', until: between }))).toEqual(['old']);
  });

  it('answers exactly the fields that were asked for, and id', async () => {
    const id = await post('Hello');
    expect((await get(id)).body).toEqual({ id });
    expect((await get(id, { fields: 'caption,owner,timestamp' })).body).toEqual({
      caption: 'Hello',
      owner: { id: BAKERY },
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000$/),
      id,
    });
    const unknown = await get(id, { fields: 'capture' });
    expect(unknown.body.error.message).toContain('nonexisting field (capture)');
    expect((await get(id, { fields: 'caption{' })).body.error.code).toBe(100);
    const counted = await get(id, { fields: 'saved_count' });
    expect(counted.body.saved_count).toBe(0);
    const instagram = sandbox.token(BAKERY, { login: 'instagram' });
    expect((await get(id, { fields: 'saved_count' }, instagram)).status).toBe(400);
  });

  it('describes the account as recorded, and expands its media', async () => {
    await post('a');
    await post('b');
    const recorded = fixture('ig-user-fields.json') as object;
    const account = await get(BAKERY, { fields: Object.keys(recorded).join(',') });
    expect(shapeOf(account.body)).toEqual(shapeOf(recorded));
    const expanded = await get(BAKERY, { fields: 'username,media.limit(1){caption}' });
    expect(expanded.body.media.data).toEqual([{ caption: 'b', id: expect.any(String) }]);
    expect((await get(BAKERY, { fields: 'account_type' })).status).toBe(400);
  });

  it('sends usage headers as recorded, with the values it was given', async () => {
    sandbox.set({ app_usage: { call_count: 91 }, account_usage: { [BAKERY]: { call_count: 100, minutes: 12 } } });
    const answer = await get(BAKERY);
    const recorded = fixture('headers-usage.json') as Record<string, string>;
    const app = JSON.parse(answer.headers.get('x-app-usage') ?? '') as object;
    const business = JSON.parse(answer.headers.get('x-business-use-case-usage') ?? '') as Record<string, object[]>;
    expect(Object.keys(app)).toEqual(Object.keys(JSON.parse(recorded['x-app-usage'] ?? '') as object));
    expect(app).toMatchObject({ call_count: 91 });
    const [entry] = Object.values(JSON.parse(recorded['x-business-use-case-usage'] ?? '') as Record<string, object[]>);
    expect(shapeOf(business[BAKERY])).toEqual(shapeOf(entry));
    expect(business[BAKERY]?.[0]).toMatchObject({
      type: 'instagram',
      call_count: 100,
      estimated_time_to_regain_access: 12,
    });
  });

  it('serves dead versions with the oldest living one, and knows no others', async () => {
    expect((await sandbox.call('GET', `/v19.0/${BAKERY}`, {}, token)).headers.get('facebook-api-version')).toBe(
      'v21.0',
    );
    expect((await sandbox.call('GET', `/v26.0/${BAKERY}`, {}, token)).headers.get('facebook-api-version')).toBe(
      'v26.0',
    );
    for (const path of ['/v99.0/me', '/v25.0/v25.0/me', `/v25.0/${BAKERY}/nowhere`, '/v25.0/oauth/access_tokens/']) {
      expect((await sandbox.call('GET', path, {}, token)).body.error).toMatchObject({ code: 2500 });
    }
  });

  it('answers unknown objects and unsupported operations alike', async () => {
    for (const [method, path] of [
      ['GET', '17900000000000001'],
      ['DELETE', BAKERY],
      ['POST', `${BAKERY}/stories`],
    ] as const) {
      const answer = await sandbox.call(method, `/v25.0/${path}`, {}, token);
      expect(answer.status).toBe(400);
      expect(answer.body.error).toMatchObject({ code: 100, error_subcode: 33, type: 'GraphMethodException' });
      expect(answer.body.error.message).toContain(`Unsupported ${method.toLowerCase()} request.`);
    }
  });

  it('opens every permalink in a browser, with what people wrote escaped', async () => {
    const id = await post('<script>alert("x")</script>');
    const { permalink, shortcode } = (await get(id, { fields: 'permalink,shortcode' })).body;
    expect(permalink).toBe(`${sandbox.url}/p/${shortcode}/`);
    for (const url of [permalink, `${sandbox.url}/`]) {
      const page = await (await fetch(url)).text();
      expect(page).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;');
      expect(page).not.toContain('<script>alert');
    }
    expect((await fetch(`${sandbox.url}/p/nothing/`)).status).toBe(404);
    sandbox.set({ permalink_base: 'https://www.instagram.com' });
    expect((await get(id, { fields: 'permalink' })).body.permalink).toBe(`https://www.instagram.com/p/${shortcode}/`);
  });

  it('reads another account’s media with its own token only', async () => {
    const id = await post('mine');
    const studio = sandbox.token(STUDIO);
    expect((await get(id, {}, studio)).body.error.error_subcode).toBe(33);
    expect((await get(`${BAKERY}/media`, {}, studio)).body.error.error_subcode).toBe(33);
  });
});
