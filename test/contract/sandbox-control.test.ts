import { readFileSync } from 'node:fs';
import { BAKERY, type Json, startMediaOrigin, startSandbox, STUDIO, type TestSandbox } from '../support/sandbox';

describe('the sandbox’s control API', () => {
  let sandbox: TestSandbox;

  beforeAll(async () => {
    sandbox = await startSandbox({ settings: { fetch_media: false } });
  });
  afterEach(() => sandbox.reset());
  afterAll(() => sandbox.close());

  async function control(method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }> {
    const response = await fetch(`${sandbox.url}/_sandbox/${path}`, {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text && (JSON.parse(text) as unknown) };
  }

  it.each([
    ['faults', {}, 'do.kind must be one of'],
    ['faults', { do: 'explode' }, 'do.kind must be one of'],
    ['faults', { do: { kind: 'slow' } }, 'do.ms must be a whole number'],
    ['faults', { do: { kind: 'slow', ms: 1, minutes: 2 } }, 'do.minutes is not known here'],
    ['faults', { do: 'hang', match: { endpoint: 'publish' } }, 'match.endpoint must be one of account_read'],
    ['faults', { do: 'hang', times: 0 }, 'times must be a whole number of at least 1'],
    ['settings', { republish: 'maybe' }, 'republish must be one of reject, same_id, duplicate'],
    ['settings', { processing: 1 }, 'processing is not known here'],
    ['clock', { advance_ms: -1 }, 'advance_ms must be a whole number of at least 0'],
    ['tokens', { account_id: '1' }, 'account_id 1 is not known here'],
    ['tokens', { account_id: STUDIO, login: 'facebook' }, 'login must be instagram'],
    ['tokens/revoke', {}, 'must be given'],
    ['accounts', { username: 'sandbox.bakery' }, 'is taken'],
    ['accounts', [], 'body must be an object'],
  ])('refuses POST %s %j and says why', async (path, body, problem) => {
    const answer = await control('POST', path, body);
    expect(answer.status).toBe(400);
    expect(answer.body.problems.join('\n')).toContain(problem);
  });

  it('arms, lists and removes faults', async () => {
    const made = await control('POST', 'faults', { match: { endpoint: 'token' }, do: 'hang' });
    expect(made).toMatchObject({ status: 201, body: { times: 1, do: { kind: 'hang' }, struck: 0 } });
    expect((await control('GET', 'faults')).body.faults).toHaveLength(1);
    expect((await control('DELETE', `faults/${made.body.id}`)).status).toBe(204);
    expect((await control('DELETE', `faults/${made.body.id}`)).status).toBe(404);
    await control('POST', 'faults', { do: 'hang' });
    await control('DELETE', 'faults');
    expect((await control('GET', 'faults')).body).toEqual({ faults: [] });
    expect((await control('GET', 'nothing')).status).toBe(404);
  });

  it('changes settings and the clock', async () => {
    const settings = await control('POST', 'settings', { quota_total: 25, app_usage: { call_count: 9 } });
    expect(settings.body).toMatchObject({ quota_total: 25, app_usage: { call_count: 9 }, fetch_media: false });
    const before = Date.parse((await control('GET', 'clock')).body.now);
    const { now } = (await control('POST', 'clock', { advance_ms: 86_400_000 })).body;
    expect(Date.parse(now) - before).toBeGreaterThanOrEqual(86_400_000);
  });

  it('adds people and accounts, and mints and revokes their tokens', async () => {
    const person = (await control('POST', 'persons', { name: 'Joan' })).body;
    const account = (await control('POST', 'accounts', { username: 'joan', person_id: person.id })).body;
    const page = await control('POST', 'tokens', { account_id: account.id });
    expect(page.body).toEqual({ access_token: expect.stringMatching(/^EAA/), token_type: 'bearer', expires_at: null });
    const user = await control('POST', 'tokens', { account_id: account.id, kind: 'user', expires_in: 60 });
    const me = await sandbox.call('GET', '/v25.0/me', {}, user.body.access_token);
    expect(me.body).toEqual({ name: 'Joan', id: person.id });
    expect((await control('POST', 'tokens/revoke', { account_id: account.id })).body).toEqual({ revoked: 1 });
    const dead = await sandbox.call('GET', `/v25.0/${account.id}`, {}, page.body.access_token);
    expect(dead.body.error).toMatchObject({ code: 190, error_subcode: 460 });
    const changed = await control('PATCH', `accounts/${account.id}`, { restricted: true });
    expect(changed.body.restricted).toBe(true);
    expect((await control('GET', 'world')).body.accounts.map((one: Json) => one.username)).toContain('joan');
  });

  it('tells effects from answers, templates from paths, and never a token', async () => {
    const token = sandbox.token();
    const params = { image_url: 'https://media.example.test/a.jpg', caption: 'nonce', access_token: token };
    await sandbox.call('POST', `/v25.0/${BAKERY}/media`, params);
    const bad = { ...params, caption: 'x'.repeat(3_000) };
    await sandbox.call('POST', `/v25.0/${BAKERY}/media`, bad);
    const ledger = (await control('GET', 'ledger')).body;
    expect(ledger.effects).toMatchObject([
      { kind: 'container_created', account_id: BAKERY, caption: 'nonce' },
      { kind: 'container_finished' },
    ]);
    expect(ledger.calls).toMatchObject([
      { method: 'POST', route: '/{account-id}/media', endpoint: 'create_container', status: 200, answered: 'normal' },
      { status: 400, error_code: 36004, error_subcode: 2207010, latency_ms: expect.any(Number) },
    ]);
    expect(JSON.stringify(ledger)).not.toContain(token.slice(0, 20));
    const after = (await control('GET', `ledger?after=${ledger.effects[0].sequence}`)).body;
    expect(after.effects).toHaveLength(1);
    expect((await control('DELETE', 'ledger')).status).toBe(204);
    expect((await control('GET', 'ledger')).body).toEqual({ effects: [], calls: [], uploads: [], fetches: [] });
  });

  it('starts over, without the media it had', async () => {
    const origin = await startMediaOrigin({ '/photo.jpg': readFileSync('demo/photo.jpg') });
    await control('POST', 'settings', { fetch_media: true });
    const token = sandbox.token();
    const made = await sandbox.call('POST', `/v25.0/${BAKERY}/media`, { image_url: `${origin.url}/photo.jpg` }, token);
    const media = await sandbox.call('POST', `/v25.0/${BAKERY}/media_publish`, { creation_id: made.body.id }, token);
    const read = await sandbox.call('GET', `/v25.0/${media.body.id}`, { fields: 'media_url' }, token);
    const part = await fetch(read.body.media_url, { headers: { range: 'bytes=0-2' } });
    expect(part.status).toBe(206);
    expect(Buffer.from(await part.arrayBuffer()).toString('hex')).toBe('ffd8ff');
    expect((await control('POST', 'reset')).status).toBe(204);
    expect((await fetch(read.body.media_url)).status).toBe(404);
    expect((await sandbox.call('GET', `/v25.0/${BAKERY}`, {}, token)).body.error.code).toBe(190);
    expect((await control('GET', 'settings')).body.fetch_media).toBe(false);
    await origin.close();
  });
});
