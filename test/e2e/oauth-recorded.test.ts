import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { House } from '../support/app';
import { MetaServer } from '../unit/graph/meta-server';
import { rowsOf } from './accounts-stage';
import { oauthEnv } from './oauth-stage';

/** What was recorded of Instagram Login, as text: `JSON.parse` would round the ids in it. */
const recorded = (name: string) => readFileSync(join(__dirname, '..', 'fixtures', name), 'utf8');

const GRANTED = '["instagram_business_basic","instagram_business_content_publish"]';
const FLAT_NUMBER = recorded('ig-login-token-numeric-user-id.json').replace('["instagram_business_basic"]', GRANTED);
const FLAT_TEXT = recorded('ig-login-short-lived-token.json');
const DOCUMENTED =
  '{"data":[{"access_token":"IGAAshort","user_id":"27640875392278831","permissions":"instagram_business_basic,instagram_business_content_publish"}]}';

const PERSON = '"username":"recorded.studio","account_type":"Business","followers_count":12';
const ME_NUMBERS = `{"id":27640875392278831,"user_id":17841407673135339,${PERSON}}`;
const ME_TEXT = `{"id":"27640875392278831","user_id":"17841407673135339",${PERSON}}`;
const ME_WRAPPED = `{"data":[${ME_TEXT}]}`;

let meta: MetaServer;
let house: House;

beforeAll(async () => {
  meta = new MetaServer();
  await meta.start();
  house = await House.open({ env: oauthEnv({ INSTAGRAM_OAUTH_URL: meta.url, INSTAGRAM_GRAPH_URL: meta.url }) });
});
afterAll(async () => {
  await house?.close();
  await meta?.stop();
});

/** Instagram, saying these; everything else as recorded. */
function instagramSays({ code, me }: { code: string; me: string }, codeStatus = 200): void {
  const answers: Record<string, [string, number]> = {
    '/oauth/access_token': [code, codeStatus],
    '/access_token': ['{"access_token":"IGAAlong","token_type":"bearer","expires_in":5183944}', 200],
    '/v25.0/me': [me, 200],
    '/v25.0/17841407673135339/content_publishing_limit': [recorded('content-publishing-limit-docs-2026.json'), 200],
  };
  meta.answer = ({ path }, response) => {
    const [body, status] = answers[path] ?? ['{}', 404];
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  };
}

describe('what Instagram Login really answers', () => {
  test.each([
    ['ids as bare numbers of 17 digits', FLAT_NUMBER, ME_NUMBERS],
    ['ids as text', FLAT_TEXT, ME_TEXT],
    ['everything wrapped in data, permissions as text, as documented', DOCUMENTED, ME_WRAPPED],
  ])('%s', async (_what, code, me) => {
    const user = await house.newUser();
    instagramSays({ code, me });
    const answer = await user.post('/api/instagram/connect', { code: 'AQrecorded#_', login: 'instagram' });
    expect(answer).toMatchObject({ status: 200, body: { instagram_account_id: '17841407673135339' } });
    expect(meta.seen.find(({ path }) => path === '/oauth/access_token')?.body).toMatch(/code=AQrecorded$/);
    expect(await rowsOf(house, user)).toMatchObject([
      {
        account_id: '17841407673135339',
        username: 'recorded.studio',
        app_scoped_user_id: '27640875392278831',
        scopes: expect.arrayContaining(['instagram_business_basic', 'instagram_business_content_publish']),
      },
    ]);
  });

  test('a code that was used', async () => {
    const user = await house.newUser();
    instagramSays({ code: recorded('error-ig-oauth-code-used.json'), me: ME_TEXT }, 400);
    expect(await user.post('/api/instagram/connect', { code: 'AQused', login: 'instagram' })).toMatchObject({
      status: 400,
      body: { error_type: 'oauth_code_invalid' },
    });
  });

  test('an account that the app may not keep a token of', async () => {
    const user = await house.newUser();
    instagramSays({ code: FLAT_NUMBER, me: ME_TEXT });
    const usual = meta.answer;
    meta.answer = (request, response, raw) => {
      if (request.path !== '/access_token') return usual(request, response, raw);
      const error = { message: 'Unsupported request - method type: get', type: 'IGApiException', code: 100 };
      response.writeHead(400).end(JSON.stringify({ error }));
    };
    const answer = await user.post('/api/instagram/connect', { code: 'AQrecorded', login: 'instagram' });
    expect(answer).toMatchObject({ status: 403, body: { error_type: 'permission_denied', instagram_error_code: 100 } });
    expect(answer.body.action_required).toContain('tester');
  });
});
