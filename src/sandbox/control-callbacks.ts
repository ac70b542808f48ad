import { createHmac } from 'node:crypto';
import { type FastifyInstance } from 'fastify';
import { InvalidInput, isUrl, oneOf, optional, shape, text } from './checks';
import { type SandboxState } from './state';

const callbackCheck = shape({
  url: text,
  user_id: text,
  login: optional(oneOf('facebook', 'instagram')),
});

/** The callbacks that Meta sends in a person's name (§1a): `user_id` is a person's id, or an account's `app_scoped_id`. */
export function addCallbackControl(server: FastifyInstance, state: SandboxState): void {
  for (const kind of ['deauthorize', 'data-deletion'])
    server.post(`/_sandbox/callbacks/${kind}`, async (request) => {
      const { url, user_id, login = 'facebook' } = callbackCheck(request.body, '');
      if (!isUrl(url)) throw new InvalidInput(['url must be an address']);
      const response = await fetch(url, {
        method: 'POST',
        body: new URLSearchParams({ signed_request: signedRequest(state, user_id, login) }),
        redirect: 'manual',
        signal: AbortSignal.timeout(15_000),
      });
      return {
        status: response.status,
        content_type: response.headers.get('content-type'),
        body: await response.text(),
      };
    });
}

/** Signed over the encoded payload, as Meta does; with the secret of the app of that login. */
export function signedRequest(state: SandboxState, user_id: string, login: 'facebook' | 'instagram'): string {
  const apps = [...state.world.apps.values()];
  const app = (login === 'instagram' ? apps[1] : undefined) ?? apps[0];
  const issued_at = Math.floor(state.clock.now() / 1000);
  const said = { algorithm: 'HMAC-SHA256', issued_at, expires: issued_at + 3600, user_id };
  const payload = Buffer.from(JSON.stringify(said)).toString('base64url');
  const signature = createHmac('sha256', app?.secret ?? '')
    .update(payload)
    .digest('base64url');
  return `${signature}.${payload}`;
}
