import { type IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo } from 'node:net';
import { Departure, freshAgents, pooledAgents } from '../../src/graph/connection';
import { InstagramGraph } from '../../src/graph';
import { clock, facebook, graphSettings } from '../unit/graph/meta-server';

// For localhost, made for this test, trusted by nobody.
const cert = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUOsZu8xXJuF1yh7DkIVLWlC0MTd8wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTAwMTA1NVoYDzIxMjYxMDI4
MDAxMDU1WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQmBBsiMF3qQPoW6SuVnfyydA3GxRr/B5qgguwADh+EJabrxtR2WQgw
U3XzfiNj2SPx4iD9tMxC5TlrDYE36WvXo28wbTAdBgNVHQ4EFgQUn3NqCdaGkkoA
ZV9hsykyT0pYPVwwHwYDVR0jBBgwFoAUn3NqCdaGkkoAZV9hsykyT0pYPVwwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIgEPtKfpjpZifOCcZBYca2J3RQN806FMSvitnGrwcdwkUCIQCQ
2S4JZJOu3jliB5ezqoop3d7mejijm5vEGaIqk3fTFg==
-----END CERTIFICATE-----`;
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgdyJNBkFm8JJwqgrC
PAW+q1act3KT6WMPtsZKmialE8ShRANCAAQmBBsiMF3qQPoW6SuVnfyydA3GxRr/
B5qgguwADh+EJabrxtR2WQgwU3XzfiNj2SPx4iD9tMxC5TlrDYE36WvX
-----END PRIVATE KEY-----`;

describe('talking to Meta over TLS', () => {
  const requests: string[] = [];
  let connections = 0;
  const server = createServer({ cert, key }, (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.end('{}');
  });
  server.on('secureConnection', () => (connections += 1));
  const port = () => (server.address() as AddressInfo).port;
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  beforeEach(() => {
    requests.splice(0);
    connections = 0;
  });

  async function ask(departure: Departure, { httpsAgent }: ReturnType<typeof freshAgents>, ca?: string) {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = {
        protocol: 'https:',
        host: 'localhost',
        family: 4,
        port: port(),
        path: '/p',
        agent: httpsAgent,
        ca,
      };
      departure.transport.request(options, resolve).once('error', reject).end();
    });
    await answer.resume().toArray();
    return answer.statusCode;
  }

  it('sends over a connection of its own each time, or over a kept one', async () => {
    const fresh = freshAgents();
    for (const departure of [new Departure(), new Departure()]) {
      await expect(ask(departure, fresh, cert)).resolves.toBe(200);
      expect(departure.sent).toBe(true);
    }
    expect(connections).toBe(2);
    const pooled = pooledAgents();
    await ask(new Departure(), pooled, cert);
    await ask(new Departure(), pooled, cert);
    expect(connections).toBe(3);
    pooled.httpsAgent.destroy();
  });

  it('runs the last check when the handshake is done and nothing is sent', async () => {
    const departure = new Departure(() => {
      throw new Error(`stopped after ${requests.length} requests`);
    });
    await expect(ask(departure, freshAgents(), cert)).rejects.toThrow();
    expect(departure.sent).toBe(false);
    expect(departure.stopped?.message).toBe('stopped after 0 requests');
    expect(requests).toEqual([]);
  });

  it('sends nothing to a server that cannot prove who it is', async () => {
    const graph = new InstagramGraph(graphSettings(`https://localhost:${port()}`), clock);
    await expect(graph.publish(facebook, '1', '2')).rejects.toMatchObject({
      kind: 'network_error',
      ambiguous: false,
      detail: 'DEPTH_ZERO_SELF_SIGNED_CERT before anything was sent',
    });
    expect(requests).toEqual([]);
  });
});
