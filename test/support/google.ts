import { createVerify, generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export const SHEET_ID = '1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdef';
const EMAIL = 'publisher@project.iam.gserviceaccount.com';

/** What happens to the next append. */
type Mishap = 'drop_after' | 'refuse' | 'forget_token';

/** Google as far as a sheet needs it: a token endpoint that checks the signature, and one spreadsheet. */
export interface FakeGoogle {
  url: string;
  /** The key file of an account that it knows. */
  keyFile: string;
  /** As they lie in the sheet. */
  rows: unknown[][];
  requests: { method: string; path: string; query: URLSearchParams }[];
  tokens: number;
  /** What happens to the appends to come, the next first. */
  mishaps: Mishap[];
  close: () => Promise<void>;
}

export async function startGoogle(): Promise<FakeGoogle> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const valid = new Set<string>();

  const grant = (body: string, response: ServerResponse) => {
    const form = new URLSearchParams(body);
    const [head = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.');
    const isSigned = createVerify('RSA-SHA256').update(`${head}.${claims}`).verify(publicKey, signature, 'base64url');
    const { iss, scope } = JSON.parse(Buffer.from(claims, 'base64url').toString() || '{}') as Record<string, string>;
    const isAsked = form.get('grant_type') === 'urn:ietf:params:oauth:grant-type:jwt-bearer';
    if (!isSigned || !isAsked || iss !== EMAIL || scope !== 'https://www.googleapis.com/auth/spreadsheets')
      return answer(response, 400, { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' });
    google.tokens += 1;
    const access_token = `ya29.token-${google.tokens}`;
    valid.add(access_token);
    answer(response, 200, { access_token, expires_in: 3599, token_type: 'Bearer' });
  };

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://google');
    const path = decodeURIComponent(pathname);
    const body = await text(request);
    if (path === '/token') return grant(body, response);
    google.requests.push({ method: request.method ?? '', path, query });
    if (!valid.has((request.headers.authorization ?? '').replace('Bearer ', '')))
      return answer(response, 401, { error: { code: 401, status: 'UNAUTHENTICATED' } });
    const values = `/v4/spreadsheets/${SHEET_ID}/values/`;
    if (!path.startsWith(values)) return answer(response, 404, { error: { code: 404, status: 'NOT_FOUND' } });
    if (request.method === 'GET' && path === `${values}B:C`)
      return answer(response, 200, { range: 'B1:C', values: google.rows.map((row) => row.slice(1, 3)) });
    if (request.method !== 'POST' || path !== `${values}A:G:append`) return answer(response, 400, {});
    const mishap = google.mishaps.shift();
    if (mishap === 'refuse') return answer(response, 503, { error: { code: 503, status: 'UNAVAILABLE' } });
    if (mishap === 'forget_token') {
      valid.clear();
      return answer(response, 401, { error: { code: 401, status: 'UNAUTHENTICATED' } });
    }
    google.rows.push(...(JSON.parse(body) as { values: unknown[][] }).values);
    if (mishap === 'drop_after') return request.socket.destroy();
    return answer(response, 200, { updates: { updatedRows: 1 } });
  };

  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const google: FakeGoogle = {
    url,
    keyFile: JSON.stringify({
      type: 'service_account',
      project_id: 'project',
      private_key_id: 'key-1',
      private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      client_email: EMAIL,
      token_uri: `${url}/token`,
    }),
    rows: [],
    requests: [],
    tokens: 0,
    mishaps: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return google;
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' }).end(JSON.stringify(body));
}
