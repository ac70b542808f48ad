import { text } from 'node:stream/consumers';
import { JWT } from 'google-auth-library';
import { type ServiceAccount } from '../config/settings';
import { type GuardedHttp } from '../net/guarded-http';

const SCOPE = 'https://www.googleapis.com/auth/spreadsheets';
const DEADLINE_MS = 10_000;
const MAX_ANSWER_BYTES = 100_000;

/**
 * Access tokens of a Google service account, kept until they end. Google's own library signs and keeps them; what it sends
 * goes through our guarded client, to the `token_uri` of the account's key and nowhere else.
 */
export class GoogleToken {
  private client: JWT;

  constructor(
    private readonly account: ServiceAccount,
    private readonly http: GuardedHttp,
  ) {
    this.client = this.newClient();
  }

  /** @throws Error of Google's library or of the way to it */
  async read(): Promise<string> {
    const { token } = await this.client.getAccessToken();
    if (!token) throw new Error('Google gave no access token');
    return token;
  }

  /** Google took the token no more: the next one is a new one. */
  forget(): void {
    this.client = this.newClient();
  }

  private newClient(): JWT {
    const { email, privateKey, keyId } = this.account;
    const fetchImplementation = (...[input, init]: Parameters<typeof fetch>) => this.send(new Request(input, init));
    const transporterOptions = { fetchImplementation };
    return new JWT({ email, key: privateKey.reveal(), keyId, scopes: [SCOPE], transporterOptions });
  }

  private async send(request: Request): Promise<Response> {
    const { status, headers, body } = await this.http.post(this.account.tokenUri, {
      body: await request.text(),
      headers: Object.fromEntries(request.headers),
      maxBytes: MAX_ANSWER_BYTES,
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    const said = await text(body);
    const type = headers['content-type'] ?? 'application/json';
    return new Response(said, { status, headers: { 'content-type': type } });
  }
}
