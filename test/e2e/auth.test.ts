import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWK } from 'jose';
import { call, House, type Answer } from '../support/app';
import { testEnv } from '../support/settings';

const PASSWORD = 'four-words-from-a-book';
const ISSUER = 'https://id.example.com/';
/** What an issuer that signs with JWT_SECRET signs with. */
const SHARED_SECRET = new TextEncoder().encode(testEnv('').JWT_SECRET);

let house: House;

beforeAll(async () => {
  house = await House.open();
});
afterAll(() => house?.close());

const me = (token?: string, of = house): Promise<Answer> =>
  call(of.url, 'GET', '/api/auth/me', undefined, token === undefined ? {} : { Authorization: `Bearer ${token}` });
const register = (email: string, password = PASSWORD, of = house): Promise<Answer> =>
  call(of.url, 'POST', '/api/auth/register', { email, password });
const login = (email: string, password = PASSWORD, of = house): Promise<Answer> =>
  call(of.url, 'POST', '/api/auth/login', { email, password });

interface Claims {
  sub?: string;
  iss?: string;
  aud?: string;
  exp?: string | null;
  nbf?: string;
}
interface SigningKey {
  key: Uint8Array | CryptoKey;
  alg: string;
  kid?: string;
}

/** A token of five minutes; `exp: null` leaves its end out. */
function sign(
  { exp = '5m', nbf, ...claims }: Claims,
  { key, alg, kid }: SigningKey = { key: SHARED_SECRET, alg: 'HS256' },
): Promise<string> {
  const token = new SignJWT({ ...claims }).setProtectedHeader({ alg, kid });
  if (exp !== null) token.setExpirationTime(exp);
  if (nbf !== undefined) token.setNotBefore(nbf);
  return token.sign(key);
}

describe('users of our own', () => {
  test('register, log in and are known by their token', async () => {
    const registered = await register('ana@example.com');
    expect(registered).toMatchObject({ status: 201, body: { email: 'ana@example.com' } });
    expect(Object.keys(registered.body)).toEqual(['user_id', 'email']);

    const signedIn = await login('ana@example.com');
    expect(signedIn).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 86_400 } });

    const { user_id } = registered.body;
    expect(await me(signedIn.body.access_token)).toMatchObject({
      status: 200,
      body: { user_id, email: 'ana@example.com', roles: [] },
    });
  });

  test('are one user per address, in whatever capitals and with spaces around it', async () => {
    expect((await register(' Ben@Example.COM ')).body.email).toBe('ben@example.com');
    expect(await register('ben@example.com')).toMatchObject({ status: 409, body: { error_type: 'email_taken' } });
    expect((await login('BEN@example.com')).status).toBe(200);
  });

  test('are one user when they register twice at the same time', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => register('cleo@example.com')));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
  });

  test('get the same answer for a wrong password as for an unknown address', async () => {
    await register('dora@example.com');
    const wrong = await login('dora@example.com', 'another password');
    const unknown = await login('nobody@example.com');
    expect(wrong).toMatchObject({ status: 401, body: { error_type: 'unauthorized' } });
    expect({ ...unknown.body, request_id: null }).toEqual({ ...wrong.body, request_id: null });
  });

  test('hear of every problem at once, and may not choose their own roles', async () => {
    const { status, body } = await call(house.url, 'POST', '/api/auth/register', {
      email: 'not an address',
      password: 'short',
      roles: ['ops'],
    });
    expect(status).toBe(422);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual([
      '/email',
      '/password',
      '/roles',
    ]);
  });

  test.each(['Password123', '12345678'])('may not take %s for a password', async (password) => {
    expect(await register('eve@example.com', password)).toMatchObject({
      status: 422,
      body: { error_type: 'validation_error', errors: [{ pointer: '/password' }] },
    });
  });

  test('may have a password of 256 characters, all of which count', async () => {
    const long = 'ü'.repeat(255);
    expect((await register('finn@example.com', `${long}a`)).status).toBe(201);
    expect((await login('finn@example.com', `${long}a`)).status).toBe(200);
    expect((await login('finn@example.com', `${long}b`)).status).toBe(401);
    expect((await register('greta@example.com', `${long}ab`)).status).toBe(422);
  });

  test('are strangers as soon as they are deleted', async () => {
    const { user_id } = (await register('hugo@example.com')).body;
    const { access_token } = (await login('hugo@example.com')).body;
    await house.query('DELETE FROM users WHERE id = $1', [user_id]);
    expect((await me(access_token)).status).toBe(401);
  });
});

describe('a request is refused with 401', () => {
  const someone = { sub: 'ana', iss: ISSUER };
  const refused: [string, () => Promise<string | undefined> | string | undefined][] = [
    ['without a token', () => undefined],
    ['with something that is no token', () => 'token'],
    [
      'with a token signed with another secret',
      () => sign(someone, { key: new TextEncoder().encode('another secret'), alg: 'HS256' }),
    ],
    ['with a token that is not signed', () => new UnsecuredJWT(someone).setExpirationTime('5m').encode()],
    ['with a token of another algorithm', () => sign(someone, { key: SHARED_SECRET, alg: 'HS512' })],
    ['with an expired token', () => sign({ ...someone, exp: '-1m' })],
    ['with a token that never ends', () => sign({ ...someone, exp: null })],
    ['with a token that does not count yet', () => sign({ ...someone, nbf: '5m' })],
    ['with a token of nobody', () => sign({ iss: ISSUER })],
    ['with a token of a user of ours who does not exist', () => sign({ sub: '999999', iss: 'instagram-publisher' })],
    ['with a token of ours for something that is no user', () => sign({ sub: '1 OR 1=1', iss: 'instagram-publisher' })],
    ['with a token that was changed', async () => (await sign(someone)).replace(/\.[^.]+\./, '.eyJzdWIiOiJiZW4ifQ.')],
  ];

  test.each(refused)('%s', async (_what, make) => {
    const answer = await me(await make());
    expect(answer).toMatchObject({ status: 401, body: { error_type: 'unauthorized' } });
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
  });

  test('and told when it is only that the token has expired', async () => {
    expect((await me(await sign({ ...someone, exp: '-1m' }))).body.detail).toContain('expired');
  });

  test('when the token stands in the query instead of the header', async () => {
    expect((await call(house.url, 'GET', `/api/auth/me?access_token=${await sign(someone)}`)).status).toBe(401);
  });
});

describe('users of an outside issuer that shares the secret', () => {
  test('are provisioned on first sight, and are the same user ever after', async () => {
    const first = await me(await sign({ sub: 'auth0|5f', iss: ISSUER }));
    expect(first).toMatchObject({ status: 200, body: { email: null, roles: [] } });
    expect((await me(await sign({ sub: 'auth0|5f', iss: ISSUER }))).body.user_id).toBe(first.body.user_id);
  });

  test('are one user when their first requests come at the same time', async () => {
    const token = await sign({ sub: 'all at once', iss: ISSUER });
    const answers = await Promise.all(Array.from({ length: 8 }, () => me(token)));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.user_id}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(200);
  });

  test('are never taken for one another, however many call at once', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, (_, i) => sign({ sub: `crowd ${i}`, iss: ISSUER })));
    const ids = async () => (await Promise.all(tokens.map((token) => me(token)))).map(({ body }) => body.user_id);
    const first = await ids();
    expect(new Set(first).size).toBe(20);
    expect(await ids()).toEqual(first);
  });

  test('are others than those of another issuer with the same name', async () => {
    const ids = await Promise.all(
      [ISSUER, 'https://elsewhere.example.com', undefined].map(
        async (iss) => (await me(await sign({ sub: 'kim', iss }))).body.user_id,
      ),
    );
    expect(new Set(ids).size).toBe(3);
  });

  test('do not become a user of ours whose id they are called', async () => {
    const { user_id } = (await register('ida@example.com')).body;
    expect((await me(await sign({ sub: String(user_id), iss: ISSUER }))).body.user_id).not.toBe(user_id);
  });

  test('are not found by the id we gave them, in a token that claims to be ours', async () => {
    const { user_id } = (await me(await sign({ sub: 'lee', iss: ISSUER }))).body;
    expect((await me(await sign({ sub: String(user_id), iss: 'instagram-publisher' }))).status).toBe(401);
  });
});

describe('where an issuer and an audience are set', () => {
  const AUDIENCE = 'publisher-api';
  let strict: House;

  beforeAll(async () => {
    strict = await House.open({ env: { JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE } });
  });
  afterAll(() => strict?.close());

  test.each<[number, Claims]>([
    [200, { iss: ISSUER, aud: AUDIENCE }],
    [401, { iss: ISSUER }],
    [401, { iss: ISSUER, aud: 'another-api' }],
    [401, { iss: 'https://elsewhere.example.com', aud: AUDIENCE }],
    [401, { aud: AUDIENCE }],
  ])('the answer is %i to %j', async (status, claims) => {
    expect((await me(await sign({ sub: 'ana', ...claims }), strict)).status).toBe(status);
  });

  test('our own tokens are for that audience and still count', async () => {
    await register('jon@example.com', PASSWORD, strict);
    const { access_token } = (await login('jon@example.com', PASSWORD, strict)).body;
    expect(JSON.parse(Buffer.from(access_token.split('.')[1], 'base64url').toString())).toMatchObject({
      aud: AUDIENCE,
    });
    expect((await me(access_token, strict)).status).toBe(200);
  });
});

describe('users of an issuer that publishes its keys', () => {
  const algorithms = ['RS256', 'PS256', 'ES256', 'ES512', 'EdDSA'];
  const published: JWK[] = [];
  const privateKeys = new Map<string, SigningKey>();
  let up = true;
  let issuer: Server;
  let outside: House;

  const open = () => {
    const { port } = issuer.address() as AddressInfo;
    const env = { JWT_SECRET: undefined, JWT_JWKS_URL: `http://127.0.0.1:${port}/jwks`, JWT_ISSUER: ISSUER };
    return House.open({ env });
  };
  const signAs = (alg: string, claims: Claims) => sign(claims, privateKeys.get(alg));

  beforeAll(async () => {
    for (const alg of algorithms) {
      const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
      published.push({ ...(await exportJWK(publicKey)), alg, kid: alg, use: 'sig' });
      privateKeys.set(alg, { key: privateKey, alg, kid: alg });
    }
    issuer = createServer((_request, response) => {
      response.writeHead(up ? 200 : 500, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ keys: published }));
    });
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
    outside = await open();
  });
  afterAll(async () => {
    await outside?.close();
    issuer?.close();
  });

  test.each(algorithms)('are known by a token of %s', async (alg) => {
    const answer = await me(await signAs(alg, { sub: `user of ${alg}`, iss: ISSUER }), outside);
    expect(answer).toMatchObject({ status: 200, body: { email: null, roles: [] } });
  });

  test.each<[string, Claims]>([
    ['expired', { sub: 'ana', iss: ISSUER, exp: '-1m' }],
    ['without an end', { sub: 'ana', iss: ISSUER, exp: null }],
    ['of nobody', { iss: ISSUER }],
    ['of another issuer', { sub: 'ana', iss: 'https://elsewhere.example.com' }],
    ['that claims to be ours', { sub: '1', iss: 'instagram-publisher' }],
  ])('are refused with a token %s', async (_what, claims) => {
    expect((await me(await signAs('ES256', claims), outside)).status).toBe(401);
  });

  test('are refused when the public key is used as a shared secret', async () => {
    const { publicKey } = await generateKeyPair('RS256', { extractable: true });
    published.push({ ...(await exportJWK(publicKey)), kid: 'without an algorithm' });
    const secret = {
      key: new TextEncoder().encode(await exportSPKI(publicKey)),
      alg: 'HS256',
      kid: 'without an algorithm',
    };
    expect((await me(await sign({ sub: 'ana', iss: ISSUER }, secret), outside)).status).toBe(401);
  });

  test.each(['ES256', 'another'])('are refused when another key signed, under the name %s', async (kid) => {
    const { privateKey } = await generateKeyPair('ES256');
    const token = await sign({ sub: 'ana', iss: ISSUER }, { key: privateKey, alg: 'ES256', kid });
    expect((await me(token, outside)).status).toBe(401);
  });

  test('are asked to come back when the keys cannot be read', async () => {
    const fresh = await open();
    up = false;
    const answer = await me(await signAs('ES256', { sub: 'ana', iss: ISSUER }), fresh);
    up = true;
    expect(answer).toMatchObject({ status: 503, body: { error_type: 'service_unavailable' } });
    expect(answer.headers['retry-after']).toBe('30');
    expect((await me(await signAs('ES256', { sub: 'ana', iss: ISSUER }), fresh)).status).toBe(200);
    await fresh.close();
  });

  test('neither register nor log in here', async () => {
    const elsewhere = {
      status: 404,
      body: { error_type: 'not_found', detail: expect.stringContaining('outside issuer') },
    };
    expect(await register('kai@example.com', PASSWORD, outside)).toMatchObject(elsewhere);
    expect(await login('kai@example.com', PASSWORD, outside)).toMatchObject(elsewhere);
  });
});
