import { createHmac } from 'node:crypto';
import {
  BAKERY,
  FACEBOOK_APP,
  fixture,
  GALLERY,
  INSTAGRAM_APP,
  type Json,
  PERSONAL,
  shapeOf,
  startSandbox,
  STUDIO,
  type TestSandbox,
  TRAVEL,
} from '../support/sandbox';

const REDIRECT = 'https://app.example.test/callback/';
const DAY = 86_400_000;

describe('the sandbox’s logins', () => {
  let sandbox: TestSandbox;
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox.close());
  afterEach(() => sandbox.reset());

  async function authorize(login: 'facebook' | 'instagram', more: Record<string, string> = {}): Promise<URL> {
    const path = login === 'facebook' ? '/v25.0/dialog/oauth' : '/oauth/authorize';
    const scope =
      login === 'facebook'
        ? 'instagram_basic,instagram_content_publish,pages_show_list'
        : 'instagram_business_basic,instagram_business_content_publish';
    const answer = await sandbox.call('GET', path, {
      client_id: (login === 'facebook' ? FACEBOOK_APP : INSTAGRAM_APP).id,
      redirect_uri: REDIRECT,
      response_type: 'code',
      state: 'st&te=1',
      scope,
      auto_approve: '1',
      ...more,
    });
    expect(answer.status).toBe(302);
    return new URL(answer.headers.get('location') ?? '');
  }

  const codeOf = async (login: 'facebook' | 'instagram', more?: Record<string, string>): Promise<string> =>
    (await authorize(login, more)).searchParams.get('code') ?? '';

  describe('Facebook Login', () => {
    const exchange = (code: string, more: Record<string, string> = {}) =>
      sandbox.call('GET', '/v25.0/oauth/access_token', {
        client_id: FACEBOOK_APP.id,
        client_secret: FACEBOOK_APP.secret,
        redirect_uri: REDIRECT,
        code,
        ...more,
      });
    const userToken = async (more?: Record<string, string>): Promise<string> =>
      (await exchange(await codeOf('facebook', more))).body.access_token;
    const lengthen = (token: string) =>
      sandbox.call('GET', '/v25.0/oauth/access_token', {
        grant_type: 'fb_exchange_token',
        client_id: FACEBOOK_APP.id,
        client_secret: FACEBOOK_APP.secret,
        fb_exchange_token: token,
      });

    it('shows a page that a person can click through, with every name escaped', async () => {
      sandbox.state.world.addPage(
        '<b>Bold</b>',
        sandbox.state.world.addPerson('Eve "<i>" Oh', '122000000000000009'),
        null,
      );
      const asked = { client_id: FACEBOOK_APP.id, redirect_uri: REDIRECT, response_type: 'code', scope: '' };
      const page = await sandbox.call('GET', '/v25.0/dialog/oauth', { ...asked, person_id: '122000000000000009' });
      expect(page.headers.get('content-type')).toContain('text/html');
      expect(page.text).toContain('&lt;b&gt;Bold&lt;/b&gt;');
      expect(page.text).not.toContain('<b>Bold</b>');
      const form = await fetch(`${sandbox.url}/v25.0/dialog/oauth?${new URLSearchParams(asked).toString()}`, {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams({ decision: 'approve', person_id: '122000000000000009' }),
      });
      expect(form.headers.get('location')).toMatch(/^https:\/\/app\.example\.test\/callback\/\?code=/);
    });

    it('sends the browser back with the state untouched, or with the denial', async () => {
      const approved = await authorize('facebook');
      expect(approved.searchParams.get('state')).toBe('st&te=1');
      expect(approved.hash).toBe('');
      const denied = await authorize('facebook', { auto_approve: 'deny' });
      expect(Object.fromEntries(denied.searchParams)).toEqual({
        error: 'access_denied',
        error_code: '200',
        error_reason: 'user_denied',
        error_description: 'Permissions error',
        state: 'st&te=1',
      });
    });

    it('gives a short token for a code, once, for the very redirect_uri and for an hour', async () => {
      const code = await codeOf('facebook');
      const mismatch = await exchange(code, { redirect_uri: REDIRECT.slice(0, -1) });
      expect(mismatch.body.error).toMatchObject({ code: 100, error_subcode: 36008, type: 'OAuthException' });
      expect((await exchange(code)).body).toMatchObject({ token_type: 'bearer', expires_in: 5400 });
      expect((await exchange(code)).body.error).toMatchObject({ code: 100, error_subcode: 36009 });
      const late = await codeOf('facebook');
      sandbox.advance(3_600_000);
      expect((await exchange(late)).body.error).toMatchObject({ code: 100, error_subcode: 36007 });
      expect((await exchange('nonsense')).body.error.code).toBe(100);
      expect((await exchange(code, { client_secret: 'no' })).body.error).toMatchObject({ code: 1 });
    });

    it('makes a short token long-lived, and a long-lived one no longer', async () => {
      const long = await lengthen(await userToken());
      expect(long.body).toMatchObject({ token_type: 'bearer', expires_in: 5_183_944 });
      sandbox.advance(10 * DAY);
      const again = await lengthen(long.body.access_token);
      expect(again.body.access_token).not.toBe(long.body.access_token);
      expect(again.body.expires_in).toBe(5_183_944 - 864_000);
      sandbox.advance(60 * DAY);
      expect((await lengthen(long.body.access_token)).body.error).toMatchObject({ code: 190, error_subcode: 463 });
    });

    it('lists Pages as recorded, without an account where there is no professional one', async () => {
      const long = (await lengthen(await userToken())).body.access_token;
      const fields = 'name,access_token,instagram_business_account,id,tasks';
      const pages = await sandbox.call('GET', '/v25.0/me/accounts', { fields }, long);
      const recorded = fixture('me-accounts-with-ig.json');
      expect(shapeOf(pages.body)).toEqual(shapeOf(recorded));
      expect(Object.keys(pages.body.data[0])).toEqual([
        'name',
        'access_token',
        'instagram_business_account',
        'id',
        'tasks',
      ]);
      expect(pages.body.data.map((page: Json) => page.instagram_business_account?.id)).toEqual([
        BAKERY,
        TRAVEL,
        undefined,
        undefined,
      ]);
    });

    it('reaches only what was ticked, and another person’s account never', async () => {
      const bakeryPage = '104000000000001';
      const token = await userToken({ page_ids: bakeryPage });
      const pages = await sandbox.call('GET', '/v25.0/me/accounts', {}, token);
      expect(pages.body.data.map((page: Json) => page.id)).toEqual([bakeryPage]);
      expect((await sandbox.call('GET', `/v25.0/${BAKERY}`, { fields: 'username' }, token)).body).toEqual({
        username: 'sandbox.bakery',
        id: BAKERY,
      });
      for (const id of [TRAVEL, GALLERY, PERSONAL]) {
        const answer = await sandbox.call('GET', `/v25.0/${id}`, {}, token);
        expect(answer.status).toBe(400);
        expect(answer.body.error).toMatchObject({ code: 100, error_subcode: 33, type: 'GraphMethodException' });
      }
    });

    it('gives Page tokens that never expire, and debug_token says so as recorded', async () => {
      const long = (await lengthen(await userToken())).body.access_token;
      const pages = await sandbox.call('GET', '/v25.0/me/accounts', {}, long);
      const debug = await sandbox.call('GET', '/v25.0/debug_token', {
        input_token: pages.body.data[0].access_token,
        access_token: `${FACEBOOK_APP.id}|${FACEBOOK_APP.secret}`,
      });
      const recorded = shapeOf(fixture('debug-token-page-or-longlived-user.json')) as { data: object };
      expect(shapeOf(debug.body)).toMatchObject(recorded);
      expect(debug.body.data).toMatchObject({
        type: 'PAGE',
        expires_at: 0,
        is_valid: true,
        profile_id: expect.any(String),
      });
      sandbox.advance(70 * DAY);
      expect((await sandbox.call('GET', '/v25.0/me', {}, long)).body.error.error_subcode).toBe(463);
      const page = await sandbox.call('GET', '/v25.0/me', {}, pages.body.data[0].access_token);
      expect(page.body).toEqual({ name: 'Sandbox Bakery', id: '104000000000001' });
    });

    it('checks appsecret_proof when it is sent', async () => {
      const token = sandbox.token();
      const proof = createHmac('sha256', FACEBOOK_APP.secret).update(token).digest('hex');
      const call = (appsecret_proof: string) => sandbox.call('GET', `/v25.0/${BAKERY}`, { appsecret_proof }, token);
      expect((await call(proof)).status).toBe(200);
      expect((await call('00')).body.error).toMatchObject({
        message: 'Invalid appsecret_proof provided in the API argument',
        type: 'GraphMethodException',
        code: 100,
      });
      sandbox.set({ require_proof: true });
      expect((await sandbox.call('GET', `/v25.0/${BAKERY}`, {}, token)).body.error.code).toBe(100);
    });

    it('takes every token of a person away when the app is removed', async () => {
      const user = await userToken();
      const page = (await sandbox.call('GET', '/v25.0/me/accounts', {}, user)).body.data[0].access_token;
      const granted = await sandbox.call('GET', '/v25.0/me/permissions', {}, user);
      expect(granted.body.data).toContainEqual({ permission: 'instagram_basic', status: 'granted' });
      await sandbox.call('DELETE', '/v25.0/me/permissions/instagram_basic', {}, user);
      expect((await sandbox.call('GET', `/v25.0/${BAKERY}`, {}, user)).status).toBe(403);
      expect((await sandbox.call('DELETE', '/v25.0/me/permissions', {}, user)).body).toEqual({ success: true });
      for (const token of [user, page]) {
        const answer = await sandbox.call('GET', '/v25.0/me', {}, token);
        expect(answer.status).toBe(401);
        expect(answer.body.error).toMatchObject({ code: 190, error_subcode: 458 });
      }
    });
  });

  describe('Instagram Login', () => {
    const exchange = (code: string, more: Record<string, string> = {}) =>
      sandbox.call('POST', '/oauth/access_token', {
        client_id: INSTAGRAM_APP.id,
        client_secret: INSTAGRAM_APP.secret,
        grant_type: 'authorization_code',
        redirect_uri: REDIRECT,
        code,
        ...more,
      });
    const lengthen = (access_token: string) =>
      sandbox.call('GET', '/access_token', {
        grant_type: 'ig_exchange_token',
        client_secret: INSTAGRAM_APP.secret,
        access_token,
      });
    const refresh = (access_token: string) =>
      sandbox.call('GET', '/refresh_access_token', { grant_type: 'ig_refresh_token', access_token });

    it('appends #_ to whatever it sends the browser back with', async () => {
      expect((await authorize('instagram')).hash).toBe('#_');
      const denied = await authorize('instagram', { auto_approve: 'deny' });
      expect(denied.hash).toBe('#_');
      expect(denied.searchParams.get('error_reason')).toBe('user_denied');
    });

    it('answers the code with a user_id that a JavaScript number cannot hold', async () => {
      const answer = await exchange(await codeOf('instagram', { account_id: BAKERY }));
      const recorded = fixture('ig-login-token-numeric-user-id.json');
      expect(Object.keys(answer.body)).toEqual(Object.keys(recorded as object));
      expect(answer.text).toContain('"user_id": 27640875392278831,');
      expect(String(answer.body.user_id)).not.toBe('27640875392278831');
      expect(answer.body.permissions).toEqual(['instagram_business_basic', 'instagram_business_content_publish']);
    });

    it('grants only the permissions that stay ticked on its page', async () => {
      const asked = {
        client_id: INSTAGRAM_APP.id,
        redirect_uri: REDIRECT,
        response_type: 'code',
        scope: 'instagram_business_basic,instagram_business_content_publish',
      };
      const form = await fetch(`${sandbox.url}/oauth/authorize?${new URLSearchParams(asked).toString()}`, {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams({
          decision: 'approve',
          account_id: BAKERY,
          permissions_shown: '1',
          permissions: 'instagram_business_basic',
        }),
      });
      const code = new URL(form.headers.get('location') ?? '').searchParams.get('code') ?? '';
      expect((await exchange(code)).body.permissions).toEqual(['instagram_business_basic']);
    });

    it('answers a spent, wrong or foreign code with the flat envelope', async () => {
      const code = await codeOf('instagram');
      const mismatch = await exchange(code, { redirect_uri: 'https://app.example.test/callback' });
      expect(shapeOf(mismatch.body)).toEqual(shapeOf(fixture('error-ig-oauth-code-used.json')));
      expect((await exchange(`${code}#_`)).status).toBe(400);
      expect((await exchange(code)).status).toBe(200);
      expect((await exchange(code)).body).toEqual({
        error_type: 'OAuthException',
        code: 400,
        error_message: 'This authorization code has been used',
      });
      expect((await exchange(await codeOf('facebook'))).body).toEqual(fixture('error-ig-oauth-code-used.json'));
      expect((await exchange(code, { client_id: '1' })).body.error_message).toBe('Invalid platform app');
    });

    it('takes the form as multipart, too', async () => {
      const form = new FormData();
      const fields = { client_id: INSTAGRAM_APP.id, client_secret: INSTAGRAM_APP.secret, redirect_uri: REDIRECT };
      for (const [name, value] of Object.entries(fields)) form.set(name, value);
      form.set('grant_type', 'authorization_code');
      form.set('code', await codeOf('instagram'));
      expect((await fetch(`${sandbox.url}/oauth/access_token`, { method: 'POST', body: form })).status).toBe(200);
    });

    it('knows the account by an app-scoped id and by the one used in paths', async () => {
      const { access_token } = (await exchange(await codeOf('instagram', { account_id: STUDIO }))).body;
      const me = await sandbox.call('GET', '/v25.0/me', { fields: 'id,user_id,username,account_type' }, access_token);
      expect(me.body).toEqual({
        id: '27640875392278835',
        user_id: STUDIO,
        username: 'sandbox.studio',
        account_type: 'MEDIA_CREATOR',
      });
      expect((await sandbox.call('GET', '/v25.0/me/media', {}, access_token)).body).toEqual({ data: [] });
      expect((await sandbox.call('GET', `/v25.0/${me.body.id}/media`, {}, access_token)).body.error).toMatchObject({
        code: 100,
        error_subcode: 33,
        type: 'IGApiException',
      });
    });

    it('lets a personal account say what it is, and do nothing', async () => {
      const { access_token } = (await exchange(await codeOf('instagram', { account_id: PERSONAL }))).body;
      const me = await sandbox.call('GET', '/v25.0/me', { fields: 'account_type' }, access_token);
      expect(me.body.account_type).toBe('PERSONAL');
      expect((await sandbox.call('GET', `/v25.0/${PERSONAL}/media`, {}, access_token)).body.error.code).toBe(10);
    });

    it('refreshes a long-lived token between its first day and its last', async () => {
      const short = (await exchange(await codeOf('instagram'))).body.access_token;
      expect((await refresh(short)).body.error.code).toBe(100);
      const long = (await lengthen(short)).body;
      expect(long).toMatchObject({ token_type: 'bearer', expires_in: 5_183_944 });
      expect((await lengthen(long.access_token)).body.error.message).toBe('Unsupported request - method type: get');
      expect((await refresh(long.access_token)).body.error.code).toBe(100);
      sandbox.advance(DAY);
      const renewed = (await refresh(long.access_token)).body;
      expect(renewed.expires_in).toBe(5_183_944);
      expect(renewed.access_token).not.toBe(long.access_token);
      sandbox.set({ refresh_keeps_token: true });
      sandbox.advance(DAY);
      expect((await refresh(renewed.access_token)).body.access_token).toBe(renewed.access_token);
      sandbox.advance(61 * DAY);
      expect((await refresh(renewed.access_token)).body.error).toMatchObject({ code: 190, error_subcode: 463 });
    });

    it('keeps the two logins’ tokens apart', async () => {
      const facebook = sandbox.token(BAKERY);
      const instagram = sandbox.token(BAKERY, { login: 'instagram' });
      expect(facebook).toMatch(/^EAA/);
      expect(instagram).toMatch(/^IGAA/);
      expect((await refresh(facebook)).body.error.message).toContain('Cannot parse access token');
      const debug = await sandbox.call('GET', '/v25.0/debug_token', {
        input_token: instagram,
        access_token: `${FACEBOOK_APP.id}|${FACEBOOK_APP.secret}`,
      });
      expect(debug.body.error).toMatchObject({ code: 2, message: '(#2) Service temporarily unavailable' });
      expect((await sandbox.call('GET', `/v25.0/${TRAVEL}`, {}, instagram)).body.error.error_subcode).toBe(33);
    });
  });

  it('answers missing, unknown and dead tokens as documented', async () => {
    expect((await sandbox.call('GET', '/v25.0/me')).body.error.code).toBe(2500);
    expect((await sandbox.call('GET', `/v25.0/${BAKERY}`)).body.error.code).toBe(104);
    const unknown = await sandbox.call('GET', '/v25.0/me', { access_token: 'EAAnothing' });
    expect(unknown.status).toBe(400);
    expect(unknown.body.error).toMatchObject({ code: 190, type: 'OAuthException' });
    expect(unknown.body.error).not.toHaveProperty('error_subcode');
    const expired = await sandbox.call('GET', `/v25.0/${BAKERY}`, {}, sandbox.token(BAKERY, { expires_in: 0 }));
    expect(expired.status).toBe(401);
    expect(expired.body.error).toMatchObject({ code: 190, error_subcode: 463 });
  });
});
