import { BAKERY, type Json, startSandbox, STUDIO, type TestSandbox, TRAVEL } from '../support/sandbox';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('the sandbox as judge of pace', () => {
  let sandbox: TestSandbox;
  let token: string;
  let travel: string;

  beforeAll(async () => {
    sandbox = await startSandbox({ settings: { fetch_media: false } });
  });
  beforeEach(async () => {
    await sandbox.reset();
    token = sandbox.token();
    travel = sandbox.token(TRAVEL);
  });
  afterAll(() => sandbox.close());

  async function control(method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }> {
    const response = await fetch(`${sandbox.url}/_sandbox/${path}`, {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text && (JSON.parse(text) as unknown) };
  }
  const throttle = async (body: object) => (await control('POST', 'throttles', body)).body;
  const throttles = async () => (await control('GET', 'throttles')).body;
  const create = (account = BAKERY, by = token) =>
    sandbox.call('POST', `/v25.0/${account}/media`, { image_url: 'https://media.example.test/a.jpg' }, by);
  const container = async (account = BAKERY, by = token): Promise<string> => (await create(account, by)).body.id;
  const publish = (creation_id: string, account = BAKERY, by = token) =>
    sandbox.call('POST', `/v25.0/${account}/media_publish`, { creation_id }, by);
  const read = (id = BAKERY, by = token) => sandbox.call('GET', `/v25.0/${id}`, {}, by);
  const limit = async (params: Record<string, string> = { fields: 'quota_usage,config' }) =>
    (await sandbox.call('GET', `/v25.0/${BAKERY}/content_publishing_limit`, params, token)).body.data[0];
  const elsewhere = (body: object, account = BAKERY) => control('POST', `accounts/${account}/media`, body);

  describe('a throttled account', () => {
    it('is answered 80002 and told for how long; nothing happens, and other accounts go on', async () => {
      const id = await container();
      expect(await throttle({ scope: 'account', account_id: BAKERY, minutes: 7 })).toMatchObject({
        id: 1,
        scope: 'account',
        account_id: BAKERY,
        code: 80002,
        http_status: 400,
        active: true,
        first_answer_at: null,
        calls_answered: 0,
        calls_while_throttled: 0,
      });
      sandbox.advance(2.5 * MINUTE);
      const refused = await publish(id);
      expect(refused.status).toBe(400);
      expect(refused.body.error).toMatchObject({ code: 80002, is_transient: true });
      expect(JSON.parse(refused.headers.get('x-business-use-case-usage') ?? '')).toEqual({
        [BAKERY]: [expect.objectContaining({ call_count: 100, estimated_time_to_regain_access: 5 })],
      });
      expect(sandbox.state.ledger.calls.at(-1)).toMatchObject({ fault: 'throttled', status: 400, error_code: 80002 });
      for (const answer of [await read(), await read(id), await create()]) expect(answer.body.error.code).toBe(80002);
      expect([sandbox.effects('media_published'), sandbox.effects('container_created').length]).toEqual([[], 1]);
      expect((await publish(await container(TRAVEL, travel), TRAVEL, travel)).status).toBe(200);
      sandbox.advance(4.5 * MINUTE);
      expect((await publish(id)).status).toBe(200);
      expect((await throttles()).throttles[0]).toMatchObject({ active: false, calls_answered: 4 });
    });

    it('still may ask about its token and its Page: those are not calls to Instagram', async () => {
      await throttle({ scope: 'account', account_id: BAKERY, minutes: 1 });
      const { page_id } = sandbox.state.world.accounts.get(BAKERY) ?? {};
      expect((await read(page_id ?? '')).status).toBe(200);
      await throttle({ scope: 'account', account_id: STUDIO, minutes: 1 });
      const studio = sandbox.token(STUDIO, { age_seconds: 2 * 86_400 });
      const refreshed = { grant_type: 'ig_refresh_token', access_token: studio };
      expect((await sandbox.call('GET', '/refresh_access_token', refreshed)).status).toBe(200);
      expect((await sandbox.call('GET', '/v25.0/me', {}, studio)).body.error.code).toBe(80002);
    });

    it.each([
      [{ http_status: 403 }, 403, 80002],
      [{ http_status: 429, code: 613 }, 429, 613],
    ])('may be refused with other codes: %j', async (more, status, code) => {
      await throttle({ scope: 'account', account_id: BAKERY, ms: 5_000, ...more });
      const answer = await read();
      expect([answer.status, answer.body.error.code]).toEqual([status, code]);
    });

    it.each([
      [0, '"estimated_time_to_regain_access":0'],
      [90, '"estimated_time_to_regain_access":90'],
      [null, null],
    ])('may be told something else than the truth: %j minutes', async (told_minutes, header) => {
      await throttle({ scope: 'account', account_id: BAKERY, minutes: 3, told_minutes });
      const told = (await read()).headers.get('x-business-use-case-usage');
      expect(told).toEqual(header === null ? null : expect.stringContaining(header));
    });
  });

  test('a throttled app is answered code 4 for every account, and has no time in its header', async () => {
    await throttle({ scope: 'app', minutes: 5 });
    for (const answer of [await read(), await read(TRAVEL, travel), await sandbox.call('GET', '/v25.0/debug_token')]) {
      expect([answer.status, answer.body.error.code]).toEqual([400, 4]);
      const usage = { call_count: 100, total_cputime: 100, total_time: 100 };
      expect(JSON.parse(answer.headers.get('x-app-usage') ?? '')).toEqual(usage);
    }
    sandbox.advance(5 * MINUTE);
    expect((await read()).status).toBe(200);
  });

  describe('calls in spite of a throttle', () => {
    it('count from the grace after the first refusal on, each with its route and how late it was', async () => {
      await throttle({ scope: 'account', account_id: BAKERY, minutes: 10, grace_ms: 1_000 });
      sandbox.advance(3 * MINUTE);
      expect((await throttles()).calls_while_throttled).toBe(0);
      await Promise.all([read(), read(), read()]);
      sandbox.advance(800);
      await read();
      expect(await throttles()).toMatchObject({
        calls_while_throttled: 0,
        throttles: [{ calls_answered: 4, late: [] }],
      });
      sandbox.advance(MINUTE);
      await create();
      const { throttles: [one] = [], calls_while_throttled } = await throttles();
      expect([calls_while_throttled, one.calls_while_throttled, one.calls_answered]).toEqual([1, 1, 5]);
      expect(one.late).toEqual([
        {
          at: expect.any(String),
          method: 'POST',
          route: '/{account-id}/media',
          endpoint: 'create_container',
          account_id: BAKERY,
          late_ms: expect.any(Number),
        },
      ]);
      expect(one.late[0].late_ms).toBeGreaterThanOrEqual(MINUTE + 800);
      sandbox.advance(6 * MINUTE);
      expect((await read()).status).toBe(200);
      expect((await throttles()).calls_while_throttled).toBe(1);
    });

    it('are those of each window: a new one tells anew', async () => {
      const window = { scope: 'account', account_id: BAKERY, ms: 5_000, grace_ms: 0 };
      await throttle(window);
      await read();
      sandbox.advance(6_000);
      await throttle(window);
      await read();
      expect((await throttles()).throttles.map((one: Json) => [one.calls_answered, one.calls_while_throttled])).toEqual(
        [
          [1, 0],
          [1, 0],
        ],
      );
    });

    it('are not those that were sent before anybody could know', async () => {
      sandbox.set({ latency_ms: 200 });
      await throttle({ scope: 'account', account_id: BAKERY, minutes: 1, grace_ms: 0 });
      const first = read();
      await new Promise((resolve) => setTimeout(resolve, 100));
      await Promise.all([first, read()]);
      expect(await throttles()).toMatchObject({ calls_while_throttled: 0, throttles: [{ calls_answered: 2 }] });
    });
  });

  it('lists and ends throttles, and forgets them on reset', async () => {
    const { id } = await throttle({ scope: 'app', minutes: 1 });
    await throttle({ scope: 'account', account_id: BAKERY, minutes: 1 });
    expect((await control('DELETE', `throttles/${id}`)).status).toBe(204);
    expect((await control('DELETE', `throttles/${id}`)).status).toBe(404);
    expect((await read(TRAVEL, travel)).status).toBe(200);
    expect((await read()).status).toBe(400);
    expect((await control('DELETE', 'throttles')).status).toBe(204);
    expect((await read()).status).toBe(200);
    expect(sandbox.throttle({ scope: 'app', minutes: 1 }).active).toBe(true);
    await sandbox.reset();
    expect(await throttles()).toEqual({ throttles: [], calls_while_throttled: 0 });
  });

  it.each([
    ['throttles', {}, 'scope must be one of account, app'],
    ['throttles', { scope: 'app' }, 'one of minutes and ms must be given'],
    ['throttles', { scope: 'app', minutes: 1, ms: 1 }, 'one of minutes and ms must be given'],
    ['throttles', { scope: 'account', minutes: 1 }, 'account_id must be given with scope account'],
    ['throttles', { scope: 'app', minutes: 1, account_id: BAKERY }, 'and only then'],
    ['throttles', { scope: 'account', minutes: 1, account_id: '1' }, 'account_id 1 is not known here'],
    ['throttles', { scope: 'app', minutes: 1, http_status: 200 }, 'http_status must be a whole number of at least 400'],
    ['settings', { account_quotas: { [BAKERY]: { posts: 1 } } }, 'account_quotas.17841400000000001.posts is not known'],
    ['accounts/1/media', {}, 'id 1 is not known here'],
    [`accounts/${BAKERY}/media`, { count: 10_001 }, 'count must be at most 10000'],
    [`accounts/${BAKERY}/media`, { media_product_type: 'VIDEO' }, 'media_product_type must be one of'],
  ])('refuses POST %s %j and says why', async (path, body, problem) => {
    const answer = await control('POST', path, body);
    expect(answer.status).toBe(400);
    expect(answer.body.problems.join('\n')).toContain(problem);
  });

  test.each([
    [{ kind: 'server_error', http: 503, body: 'graph' }, 503, 2],
    [{ kind: 'server_error', http: 500, body: 'graph' }, 500, 2],
    [{ kind: 'error_before_effect', http: 500, code: 1 }, 500, 1],
  ])('a platform incident %j strikes every account until it is over, and does nothing', async (action, http, code) => {
    const [mine, theirs] = [await container(), await container(TRAVEL, travel)];
    const incident = sandbox.fault({ times: null, do: action });
    for (let round = 0; round < 3; round += 1)
      for (const answer of [await publish(mine), await publish(theirs, TRAVEL, travel), await read(mine)])
        expect([answer.status, answer.body.error.code]).toEqual([http, code]);
    expect((await control('GET', 'faults')).body.faults[0]).toMatchObject({ times: null, struck: 9 });
    expect(sandbox.effects('media_published')).toEqual([]);
    await control('DELETE', `faults/${incident.id}`);
    expect((await publish(mine)).status).toBe(200);
    expect((await publish(theirs, TRAVEL, travel)).status).toBe(200);
  });

  describe('quotas', () => {
    it('are per account, and may differ', async () => {
      sandbox.set({ quota_total: 5, containers_per_day: 5, account_quotas: { [BAKERY]: { quota_total: 1 } } });
      const [first, second] = [await container(), await container()];
      expect((await publish(first)).status).toBe(200);
      const refused = await publish(second);
      expect([refused.status, refused.body.error.code, refused.body.error.error_subcode]).toEqual([400, 9, 2207042]);
      expect((await limit()).config).toEqual({ quota_total: 1, quota_duration: 86_400 });
      for (let i = 0; i < 2; i += 1)
        expect((await publish(await container(TRAVEL, travel), TRAVEL, travel)).status).toBe(200);

      sandbox.set({ account_quotas: { [BAKERY]: { containers_per_day: 3 } } });
      expect((await publish(second)).status).toBe(200);
      expect((await create()).status).toBe(200);
      expect((await create()).body.error).toMatchObject({ code: 9, error_subcode: 2207042 });
      expect((await create(TRAVEL, travel)).status).toBe(200);
    });

    it('take a carousel for one post, and a refused post for none', async () => {
      sandbox.set({ quota_total: 2 });
      const image_url = 'https://media.example.test/a.jpg';
      const item = async (): Promise<string> =>
        (await sandbox.call('POST', `/v25.0/${BAKERY}/media`, { image_url, is_carousel_item: 'true' }, token)).body.id;
      const children = `${await item()},${await item()}`;
      const album = { media_type: 'CAROUSEL', children };
      const { id } = (await sandbox.call('POST', `/v25.0/${BAKERY}/media`, album, token)).body;
      await publish(id);
      await publish(id);
      expect(await limit()).toMatchObject({ quota_usage: 1 });
      await publish(await container());
      expect((await publish(await container())).status).toBe(400);
      expect(await limit()).toMatchObject({ quota_usage: 2 });
    });

    it('tell the usage since an instant of the last 24 hours', async () => {
      await publish(await container());
      sandbox.advance(2 * HOUR);
      await publish(await container());
      const ago = (hours: number) => String(Math.floor((sandbox.state.clock.now() - hours * HOUR) / 1000));
      expect(await limit({})).toEqual({ quota_usage: 2 });
      expect(await limit({ since: ago(1) })).toEqual({ quota_usage: 1 });
      expect(await limit({ since: ago(3) })).toEqual({ quota_usage: 2 });
      sandbox.advance(23 * HOUR);
      expect(await limit({ since: ago(48) })).toEqual({ quota_usage: 1 });
    });
  });

  describe('what is posted elsewhere', () => {
    it('is on the account and uses up its quota, but is no effect of ours', async () => {
      sandbox.set({ quota_total: 3 });
      const { status, body } = await elsewhere({ count: 2, caption: 'by hand', media_product_type: 'REELS' });
      expect([status, body.media_ids.length]).toEqual([201, 2]);
      expect(await limit()).toMatchObject({ quota_usage: 2 });
      const fields = 'id,caption,media_type,media_product_type';
      const list = await sandbox.call('GET', `/v25.0/${BAKERY}/media`, { fields }, token);
      expect(list.body.data).toEqual(
        [...body.media_ids]
          .reverse()
          .map((id) => ({ id, caption: 'by hand', media_type: 'VIDEO', media_product_type: 'REELS' })),
      );
      expect(sandbox.effects('media_published')).toEqual([]);
      expect(sandbox.effects('media_posted_elsewhere')).toMatchObject([{ media_id: body.media_ids[0] }, {}]);
      expect((await publish(await container())).status).toBe(200);
      expect((await publish(await container())).body.error.error_subcode).toBe(2207042);
      expect((await fetch(`${sandbox.url}/`)).status).toBe(200);
    });

    it('may be of before, so that its place in the quota gets free soon', async () => {
      sandbox.set({ quota_total: 2 });
      await publish(await container());
      sandbox.postElsewhere({ age_seconds: 23 * 3600 });
      const list = (await sandbox.call('GET', `/v25.0/${BAKERY}/media`, { fields: 'timestamp' }, token)).body.data;
      expect(list.map(({ timestamp }: Json) => timestamp)).toEqual(
        list
          .map(({ timestamp }: Json) => timestamp)
          .sort()
          .reverse(),
      );
      expect((await publish(await container())).body.error.code).toBe(9);
      sandbox.advance(HOUR + 1_000);
      expect((await publish(await container())).status).toBe(200);
      expect(await limit()).toMatchObject({ quota_usage: 2 });
    });

    it('may leave the quota alone, as posts made in the Instagram app do', async () => {
      await elsewhere({ counts_in_quota: false, media_product_type: 'STORY' });
      expect(await limit()).toMatchObject({ quota_usage: 0 });
      expect((await sandbox.call('GET', `/v25.0/${BAKERY}/stories`, {}, token)).body.data).toHaveLength(1);
    });
  });
});
