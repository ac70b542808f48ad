import { BAKERY, startSandbox, type TestSandbox, TRAVEL } from '../support/sandbox';

describe('faults on the sandbox', () => {
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

  const container = async (caption = 'plain', account = BAKERY, by = token): Promise<string> => {
    const params = { image_url: 'https://media.example.test/a.jpg', caption };
    return (await sandbox.call('POST', `/v25.0/${account}/media`, params, by)).body.id as string;
  };
  const publish = (creation_id: string) =>
    sandbox.call('POST', `/v25.0/${BAKERY}/media_publish`, { creation_id }, token);
  const status = (id: string) => sandbox.call('GET', `/v25.0/${id}`, { fields: 'status_code,status' }, token);
  const live = (): number => sandbox.effects('media_published').length;
  const lastCall = () => sandbox.state.ledger.calls.at(-1);
  const arm = (action: object | string, match: object = { endpoint: 'media_publish' }, times?: number | null) =>
    sandbox.fault({ match, do: action, ...(times !== undefined && { times }) });

  it('drops the connection before the effect', async () => {
    arm('drop_before_effect');
    const id = await container();
    await expect(publish(id)).rejects.toThrow('fetch failed');
    expect(live()).toBe(0);
    expect(lastCall()).toMatchObject({ endpoint: 'media_publish', answered: 'dropped', fault: 'drop_before_effect' });
    expect((await publish(id)).status).toBe(200);
  });

  it('drops the connection after the effect', async () => {
    arm('drop_after_effect');
    const id = await container();
    await expect(publish(id)).rejects.toThrow('fetch failed');
    expect(live()).toBe(1);
    expect((await status(id)).body.status_code).toBe('PUBLISHED');
    expect(sandbox.state.ledger.calls.find((call) => call.endpoint === 'media_publish')?.answered).toBe('dropped');
  });

  it('answers an error with or without the effect', async () => {
    arm({ kind: 'error_before_effect', http: 500, code: 2, message: 'Down', is_transient: true });
    const first = await container();
    const before = await publish(first);
    expect([before.status, before.body.error.code, before.body.error.is_transient]).toEqual([500, 2, true]);
    expect(live()).toBe(0);
    arm({ kind: 'error_after_effect', code: 4, subcode: 2207051, message: 'Application request limit reached' });
    const after = await publish(first);
    expect(after.body.error).toMatchObject({ code: 4, error_subcode: 2207051 });
    expect(live()).toBe(1);
    expect(lastCall()).toMatchObject({ answered: 'altered', status: 400, error_code: 4, error_subcode: 2207051 });
  });

  it('lets the effect come long after the caller was dropped', async () => {
    arm({ kind: 'delayed_effect', ms: 45_000 });
    const id = await container();
    await expect(publish(id)).rejects.toThrow();
    expect((await status(id)).body.status_code).toBe('FINISHED');
    sandbox.advance(44_000);
    expect(live()).toBe(0);
    sandbox.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(live()).toBe(1);
  });

  it('is slow, or says nothing at all', async () => {
    arm({ kind: 'slow', ms: 150 });
    const started = performance.now();
    expect((await publish(await container())).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThan(140);
    arm({ kind: 'hang', after_effect: true });
    const id = await container();
    const silent = fetch(`${sandbox.url}/v25.0/${BAKERY}/media_publish?creation_id=${id}&access_token=${token}`, {
      method: 'POST',
      signal: AbortSignal.timeout(200),
    });
    await expect(silent).rejects.toThrow();
    expect(live()).toBe(2);
    expect(lastCall()).toMatchObject({ answered: 'hung', status: null });
  });

  it.each(['junk', 'no_id', 'html', 'empty', 'truncated'])('answers 200 with a body that is %s', async (body) => {
    arm({ kind: 'malformed', body });
    const answer = await publish(await container());
    expect(answer.status).toBe(200);
    expect(answer.body.id).toBeUndefined();
    expect(live()).toBe(1);
  });

  it('lies about a container, or will not let it be read', async () => {
    const id = await container();
    arm({ kind: 'lie', status_code: 'PUBLISHED' }, { endpoint: 'container_status' });
    expect((await status(id)).body.status_code).toBe('PUBLISHED');
    expect((await status(id)).body.status_code).toBe('FINISHED');
    arm('unreadable', { endpoint: 'container_status' });
    expect((await status(id)).body.error).toMatchObject({ code: 100, error_subcode: 33 });
  });

  it('breaks down like a server', async () => {
    const id = await container();
    arm({ kind: 'server_error', http: 502 });
    const html = await publish(id);
    expect([html.status, html.headers.get('content-type')]).toEqual([502, 'text/html; charset=utf-8']);
    arm({ kind: 'server_error', http: 503, body: 'empty' });
    expect((await publish(id)).text).toBe('');
    arm({ kind: 'server_error', body: 'graph', after_effect: true });
    expect((await publish(id)).body.error).toMatchObject({ code: 2, is_transient: true });
    expect(live()).toBe(1);
  });

  it.each([4, 17, 32, 613, 80002])('throttles with code %d and says for how long', async (code) => {
    arm({ kind: 'throttle', code, minutes: 7 });
    const answer = await publish(await container());
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatchObject({
      code,
      is_transient: true,
      message: expect.stringContaining(`(#${code})`),
    });
    const header = answer.headers.get(code === 80002 ? 'x-business-use-case-usage' : 'x-app-usage') ?? '';
    expect(header).toContain('"call_count":100');
    expect(live()).toBe(0);
  });

  it('reports usage in the headers of an ordinary answer', async () => {
    arm({ kind: 'usage', call_count: 97, minutes: 3 });
    const answer = await publish(await container());
    expect(answer.status).toBe(200);
    const usage = JSON.parse(answer.headers.get('x-business-use-case-usage') ?? '') as Record<string, object[]>;
    expect(usage[BAKERY]?.[0]).toMatchObject({ call_count: 97, estimated_time_to_regain_access: 3 });
  });

  it('ends tokens and restricts accounts', async () => {
    const id = await container();
    arm({ kind: 'token_dead', subcode: 459 });
    const dead = await publish(id);
    expect([dead.status, dead.body.error.code, dead.body.error.error_subcode]).toEqual([401, 190, 459]);
    arm('checkpoint');
    expect((await publish(id)).body.error).toMatchObject({ code: 25, error_subcode: 2207050 });
    expect((await publish(id)).status).toBe(200);
  });

  it('keeps a container in progress, for a time or for ever, or fails it', async () => {
    const create = { endpoint: 'create_container' };
    arm({ kind: 'processing', ms: null }, create);
    const forever = await container();
    sandbox.advance(23 * 3_600_000);
    expect((await status(forever)).body.status_code).toBe('IN_PROGRESS');
    arm({ kind: 'processing', ms: 5_000 }, create);
    const slow = await container();
    expect((await status(slow)).body.status_code).toBe('IN_PROGRESS');
    sandbox.advance(5_000);
    expect((await status(slow)).body.status_code).toBe('FINISHED');
    arm({ kind: 'container_error', subcode: 2207076 }, create);
    expect((await status(await container())).body).toMatchObject({
      status_code: 'ERROR',
      status: 'Error: Media upload has failed with error code 2207076',
    });
  });

  it('shows new media late in the list', async () => {
    await publish(await container());
    arm({ kind: 'stale_list', ms: 60_000 }, { endpoint: 'media_list' }, null);
    const list = () => sandbox.call('GET', `/v25.0/${BAKERY}/media`, {}, token);
    expect((await list()).body.data).toEqual([]);
    sandbox.advance(61_000);
    expect((await list()).body.data).toHaveLength(1);
  });

  it('strikes token exchanges, too', async () => {
    arm({ kind: 'server_error' }, { endpoint: 'token' });
    expect((await sandbox.call('GET', '/refresh_access_token')).status).toBe(500);
  });

  it('strikes only the calls that match, as often as it should', async () => {
    const travel = sandbox.token(TRAVEL);
    const create = { endpoint: 'create_container' };
    arm('unreadable', { ...create, account_id: TRAVEL });
    expect(await container('other account')).toBeDefined();
    expect(await container('this one', TRAVEL, travel)).toBeUndefined();

    arm('unreadable', { ...create, caption_includes: 'nonce-7' }, 2);
    expect(await container('nonce-8')).toBeDefined();
    expect(await container('has nonce-7 in it')).toBeUndefined();
    expect(await container('nonce-7')).toBeUndefined();
    expect(await container('nonce-7')).toBeDefined();

    arm('unreadable', { ...create, nth: 3 });
    const made = [await container(), await container(), await container(), await container()];
    expect(made.map((id) => id === undefined)).toEqual([false, false, true, false]);

    const always = arm('unreadable', create, null);
    for (let i = 0; i < 5; i += 1) expect(await container()).toBeUndefined();
    expect(always.struck).toBe(5);
  });

  it('finds a publish and a status read by the caption of their container', async () => {
    const id = await container('nonce-1');
    arm('unreadable', { endpoint: 'media_publish', caption_includes: 'nonce-1' });
    arm('unreadable', { endpoint: 'container_status', caption_includes: 'nonce-1' });
    expect((await status(id)).body.error.error_subcode).toBe(33);
    expect((await publish(id)).body.error.error_subcode).toBe(33);
    expect((await publish(id)).status).toBe(200);
  });
});
