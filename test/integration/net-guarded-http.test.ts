import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { Socket, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Settings } from '../../src/config/settings';
import { FetchError } from '../../src/net/fetch-error';
import { GuardedHttp, type FetchOptions } from '../../src/net/guarded-http';
import { Resolver } from '../../src/net/resolver';

/** A name server of the test's own; each name answers its next list, and the last one for ever. */
class FakeResolver extends Resolver {
  readonly asked: string[] = [];
  private readonly answers = new Map<string, string[][]>();

  answer(host: string, ...lists: string[][]): void {
    this.answers.set(host, lists);
  }

  override async resolve(host: string): Promise<string[]> {
    this.asked.push(host);
    const lists = this.answers.get(host);
    if (!lists) return Promise.reject(Object.assign(new Error('not found'), { code: 'ENOTFOUND' }));
    return Promise.resolve((lists.length > 1 ? lists.shift() : lists[0]) ?? []);
  }
}

const closers: (() => Promise<void>)[] = [];

async function listen<S extends Server>(server: S, host = '127.0.0.1'): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  closers.push(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  return (server.address() as AddressInfo).port;
}

const serve = (handler: RequestListener, host?: string) => listen(createServer(handler), host);

function client(allowed: string[] = []) {
  const resolver = new FakeResolver();
  const settings = { net: { allowedPrivateHosts: new Set(allowed) } } as unknown as Settings;
  return { http: new GuardedHttp(settings, resolver), resolver };
}

const within = (ms = 5_000, maxBytes = 1_000_000): FetchOptions => ({ maxBytes, signal: AbortSignal.timeout(ms) });

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no failure',
    (error: { errorType?: string; failure?: string }) => error.errorType ?? error.failure ?? error,
  );

let connects: jest.SpyInstance;

beforeEach(() => {
  connects = jest.spyOn(Socket.prototype, 'connect');
});

afterEach(async () => {
  connects.mockRestore();
  await Promise.all(closers.splice(0).map((close) => close()));
});

describe('a URL that is not public', () => {
  it.each([
    'http://127.0.0.1:PORT/',
    'http://localhost:PORT/',
    'http://2130706433:PORT/',
    'http://[::1]:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
    'http://0.0.0.0:PORT/',
    'http://user:pw@canary.example.com:PORT/',
    'ftp://canary.example.com:PORT/',
    'http://loopback.example.com:PORT/',
    'http://mapped.example.com:PORT/',
    'http://mixed.example.com:PORT/',
    'http://metadata.example.com/',
  ])('%s is refused before anything is connected', async (url) => {
    const seen = jest.fn();
    const port = await serve(seen);
    const { http, resolver } = client();
    resolver.answer('loopback.example.com', ['127.0.0.1']);
    resolver.answer('mapped.example.com', ['::ffff:127.0.0.1']);
    resolver.answer('mixed.example.com', ['93.184.216.34', '127.0.0.1']);
    resolver.answer('metadata.example.com', ['169.254.169.254']);
    resolver.answer('canary.example.com', ['127.0.0.1']);

    expect(await failure(http.open(url.replace('PORT', String(port)), within()))).toBe('url_not_allowed');
    expect(connects).not.toHaveBeenCalled();
    expect(seen).not.toHaveBeenCalled();
  });

  it('is refused as the target of a redirect too, in every form of Location', async () => {
    const canary = jest.fn();
    const canaryPort = await serve(canary);
    for (const location of [
      `http://127.0.0.1:${canaryPort}/`,
      `http://inside.example.com:${canaryPort}/`,
      `//127.0.0.1:${canaryPort}/`,
      `http://user:pw@outside.example.com/`,
      'file:///etc/passwd',
      'http://[::1]/',
    ]) {
      const port = await serve((_request, response) => response.writeHead(302, { location }).end());
      const { http, resolver } = client([`outside.example.com:${port}`]);
      resolver.answer('outside.example.com', ['127.0.0.1']);
      resolver.answer('inside.example.com', ['127.0.0.1']);
      expect(await failure(http.open(`http://outside.example.com:${port}/`, within()))).toBe('url_not_allowed');
    }
    expect(canary).not.toHaveBeenCalled();
  });
});

describe('DNS rebinding', () => {
  it('finds nothing to rebind: a name is resolved once, and the connection goes to what was judged', async () => {
    const canary = jest.fn();
    // The same port on another loopback address stands for the private service behind the second answer.
    const port = await serve((_request, response) => response.end('judged'));
    const second = createServer(canary);
    await new Promise<void>((resolve) => second.listen(port, '127.0.0.2', resolve));
    closers.push(() => new Promise((resolve) => second.close(() => resolve())));
    const { http, resolver } = client([`flip.example.com:${port}`]);
    resolver.answer('flip.example.com', ['127.0.0.1'], ['127.0.0.2']);

    const { body } = await http.open(`http://flip.example.com:${port}/`, within());

    expect(await text(body)).toBe('judged');
    expect(resolver.asked).toEqual(['flip.example.com']);
    expect(canary).not.toHaveBeenCalled();
  });

  it('is judged again on the next hop', async () => {
    const port = await serve((request, response) =>
      request.url === '/a' ? response.writeHead(302, { location: '/b' }).end() : response.end('b'),
    );
    const { http, resolver } = client();
    resolver.answer('flip.example.com', ['127.0.0.1']);
    expect(await failure(http.open(`http://flip.example.com:${port}/a`, within()))).toBe('url_not_allowed');

    const exempt = client([`flip.example.com:${port}`]);
    exempt.resolver.answer('flip.example.com', ['127.0.0.1'], ['127.0.0.1']);
    await exempt.http.open(`http://flip.example.com:${port}/a`, within());
    expect(exempt.resolver.asked).toHaveLength(2);
  });
});

describe('an allowed host', () => {
  it('is asked under its own name, for the range that was wanted, without a proxy of the environment', async () => {
    const asked: IncomingMessage[] = [];
    const port = await serve((request, response) => {
      asked.push(request);
      response.writeHead(206, { 'content-range': 'bytes 2-4/10' }).end('cde');
    });
    const proxy = jest.fn();
    process.env.HTTP_PROXY = process.env.http_proxy = `http://127.0.0.1:${await serve(proxy)}`;
    try {
      const { http, resolver } = client([`cdn.example.com:${port}`]);
      resolver.answer('cdn.example.com', ['127.0.0.1']);
      const range = { start: 2, end: 4 };
      const headers = { 'user-agent': 'check' };
      const answer = await http.open(`http://cdn.example.com:${port}/a?b#c`, { ...within(), range, headers });
      expect(answer.status).toBe(206);
      expect(await text(answer.body)).toBe('cde');
    } finally {
      delete process.env.HTTP_PROXY;
      delete process.env.http_proxy;
    }
    expect(proxy).not.toHaveBeenCalled();
    expect(asked[0]?.url).toBe('/a?b');
    expect(asked[0]?.headers).toMatchObject({
      host: `cdn.example.com:${port}`,
      range: 'bytes=2-4',
      'user-agent': 'check',
      'accept-encoding': 'identity',
    });
  });

  it('may redirect three times, not four', async () => {
    const port = await serve((request, response) => {
      const left = Number(request.url?.slice(1));
      if (left > 0) response.writeHead(302, { location: `/${left - 1}` }).end();
      else response.end('there');
    });
    const { http } = client([`127.0.0.1:${port}`]);
    const answer = await http.open(`http://127.0.0.1:${port}/3`, within());
    expect(answer.url.pathname).toBe('/0');
    expect(await text(answer.body)).toBe('there');
    expect(await failure(http.open(`http://127.0.0.1:${port}/4`, within()))).toBe('redirects');
  });

  it('is tried at each of its judged addresses', async () => {
    const port = await serve((_request, response) => response.end('here'));
    const { http, resolver } = client([`cdn.example.com:${port}`]);
    resolver.answer('cdn.example.com', ['127.0.0.3', '127.0.0.1']);
    const { body } = await http.open(`http://cdn.example.com:${port}/`, within());
    expect(await text(body)).toBe('here');
  });

  it('is met over TLS by its name, and must show a certificate that can be trusted', async () => {
    const names: string[] = [];
    const server = createTlsServer({
      ...SELF_SIGNED,
      SNICallback: (name, done) => {
        names.push(name);
        done(null);
      },
    });
    const port = await listen(server);
    const { http, resolver } = client([`cdn.example.com:${port}`]);
    resolver.answer('cdn.example.com', ['127.0.0.1']);
    const error: unknown = await http.open(`https://cdn.example.com:${port}/`, within()).catch((e: unknown) => e);
    expect(error).toMatchObject({ failure: 'unconnected', detail: 'its certificate is self-signed' });
    expect(names).toEqual(['cdn.example.com']);
  });
});

describe('limits', () => {
  it('a body announced as too large is not read', async () => {
    const port = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': String(5e9) });
      response.write('x');
    });
    const { http } = client([`127.0.0.1:${port}`]);
    const error: unknown = await http.open(`http://127.0.0.1:${port}/`, within()).catch((e: unknown) => e);
    expect(error).toMatchObject({ failure: 'too_large', detail: expect.stringContaining('5000000000 bytes') });
  });

  it('a body that grows too large without saying so is cut', async () => {
    const port = await serve((_request, response) => {
      const more = () => response.write(Buffer.alloc(65_536), (gone) => void (gone ?? setImmediate(more)));
      more();
    });
    const { http } = client([`127.0.0.1:${port}`]);
    const { body } = await http.open(`http://127.0.0.1:${port}/`, within(5_000, 300_000));
    expect(await failure(text(body))).toBe('too_large');
  });

  it.each([
    ['never answers', () => undefined],
    [
      'trickles',
      (_: IncomingMessage, response: { write(chunk: string): unknown }) =>
        void setInterval(() => response.write('x'), 20).unref(),
    ],
  ] as [string, RequestListener][])('a server that %s is left at the deadline', async (_name, handler) => {
    const port = await serve(handler);
    const { http } = client([`127.0.0.1:${port}`]);
    const read = async () => text((await http.open(`http://127.0.0.1:${port}/`, within(200))).body);
    expect(await failure(read())).toBe('timeout');
  });

  it('a name server that never answers is left at the deadline', async () => {
    const { http, resolver } = client();
    jest.spyOn(resolver, 'resolve').mockReturnValue(new Promise(() => undefined));
    expect(await failure(http.open('https://cdn.example.com/', within(100)))).toBe('timeout');
  });

  it('a connection that breaks off is not taken for the end', async () => {
    for (const head of [{ 'content-length': '1000' }, {}]) {
      const port = await serve((_request, response) => {
        response.writeHead(200, head);
        response.write('half', () => response.socket?.destroy());
      });
      const { http } = client([`127.0.0.1:${port}`]);
      const read = async () => text((await http.open(`http://127.0.0.1:${port}/`, within())).body);
      expect(await failure(read())).toBe('broken');
    }
  });

  it('says who failed at what, without the query', async () => {
    const port = await serve(() => undefined);
    await closers.pop()?.();
    const { http } = client([`127.0.0.1:${port}`]);
    const error: unknown = await http.open(`http://127.0.0.1:${port}/p?sig=secret`, within()).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(FetchError);
    expect((error as Error).message).toBe(`We could not fetch http://127.0.0.1:${port}/…: it refused the connection.`);
    expect(await failure(http.open('https://gone.example.com/', within()))).toBe('unresolved');
  });

  it('a body that is destroyed unread frees its connection', async () => {
    const closed = jest.fn();
    const port = await serve((request, response) => {
      request.socket.on('close', closed);
      response.write('x');
    });
    const { http } = client([`127.0.0.1:${port}`]);
    const { body } = await http.open(`http://127.0.0.1:${port}/`, within());
    body.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(closed).toHaveBeenCalledTimes(1);
  });
});

describe('a body that is sent', () => {
  it('arrives whole, once, and any status is an answer, a redirect too', async () => {
    const heard: string[] = [];
    const port = await serve((request, response) => {
      void text(request).then((body) => {
        const { method, url, headers } = request;
        heard.push(`${method} ${url} ${headers['content-length']} ${headers['content-type']} ${body}`);
        response.writeHead(307, { location: '/elsewhere' }).end('go there');
      });
    });
    const { http } = client([`127.0.0.1:${port}`]);
    const headers = { 'content-type': 'text/plain' };
    const answer = await http.post(`http://127.0.0.1:${port}/in`, { ...within(), headers, body: 'schön' });
    expect([answer.status, await text(answer.body)]).toEqual([307, 'go there']);
    expect(heard).toEqual(['POST /in 6 text/plain schön']);
  });

  it('never leaves for a private address, by whatever name', async () => {
    const { http, resolver } = client();
    resolver.answer('hooks.example.com', ['10.0.0.1']);
    for (const url of ['http://127.0.0.1/', 'https://hooks.example.com/x'])
      expect(await failure(http.post(url, { ...within(), body: 'secret' }))).toBe('url_not_allowed');
    expect(connects).not.toHaveBeenCalled();
  });
});

/** Made for this test and trusted by nobody. */
const SELF_SIGNED = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgHc4TS31YdPRdPT68
Md7jANjnjbk9e1TvQGQfKoo0KlahRANCAAQBUAuz0VSSFOPB3nrcYFKGWCYTahPS
1Cw58UI/fHOCCPpDMtnYC+kk78SSJMx3NPgAHMAlBrWYIjWdgp7fnddd
-----END PRIVATE KEY-----`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBjDCCATGgAwIBAgIUFb6BLswsyjviYGB2wjKjFY7QtKIwCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPY2RuLmV4YW1wbGUuY29tMCAXDTI2MTEyMTAwMDMyOVoYDzIx
MjYxMDI4MDAwMzI5WjAaMRgwFgYDVQQDDA9jZG4uZXhhbXBsZS5jb20wWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAAQBUAuz0VSSFOPB3nrcYFKGWCYTahPS1Cw58UI/
fHOCCPpDMtnYC+kk78SSJMx3NPgAHMAlBrWYIjWdgp7fndddo1MwUTAdBgNVHQ4E
FgQUHuXfbiIjWpt8rALR/ZtMsqts7vMwHwYDVR0jBBgwFoAUHuXfbiIjWpt8rALR
/ZtMsqts7vMwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEA7POB
KjADKlnqaQzbYTIB+aIEg18jx/BnmxI4KKhwKYgCIQDhdGkuHqow7KIx+3EhlP/n
vOLx6UioLAK9/InC/W0Shg==
-----END CERTIFICATE-----`,
};
