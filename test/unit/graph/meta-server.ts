import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { type Clock, SystemClock } from '../../../src/common/clock';
import { Secret } from '../../../src/common/secret';
import { type GraphSettings } from '../../../src/config/settings';

export interface SeenRequest {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: IncomingHttpHeaders;
  body: string;
}

export type Answerer = (request: SeenRequest, response: ServerResponse, raw: IncomingMessage) => void;

/** A server that stands in for all of Meta's hosts, remembers what it was asked and answers as the test says. */
export class MetaServer {
  readonly seen: SeenRequest[] = [];
  answer: Answerer = (_request, response) => response.end('{}');
  private readonly server = createServer((raw, response) => {
    const chunks: Buffer[] = [];
    raw.on('data', (chunk: Buffer) => chunks.push(chunk));
    raw.on('end', () => {
      const url = new URL(raw.url ?? '/', 'http://meta');
      const request: SeenRequest = {
        method: raw.method ?? '',
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        headers: raw.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      this.seen.push(request);
      this.answer(request, response, raw);
    });
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Answers every call with this. */
  says(body: unknown, status = 200, headers: Record<string, string> = {}): void {
    this.answer = (_request, response) => {
      response.writeHead(status, headers);
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    };
  }

  get last(): SeenRequest {
    const last = this.seen.at(-1);
    if (!last) throw new Error('Nothing was asked');
    return last;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** A bare TCP server: `onData` decides what becomes of each connection. */
export async function tcpServer(onConnection: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function graphSettings(url: string, overrides: Partial<GraphSettings> = {}): GraphSettings {
  return {
    version: 'v25.0',
    facebookGraphUrl: url,
    instagramGraphUrl: url,
    facebookDialogUrl: 'https://www.facebook.com',
    instagramAuthorizeUrl: 'https://www.instagram.com',
    instagramOauthUrl: url,
    ruploadUrl: url,
    app: { id: '1000', secret: new Secret('meta-app-secret-canary') },
    instagramLoginApp: { id: '2000', secret: new Secret('instagram-app-secret-canary') },
    redirectUri: 'https://app.test/callback',
    facebookConfigId: null,
    ...overrides,
  };
}

/** The system's clock, but the date stands still. */
class StillClock extends SystemClock {
  override now(): Date {
    return new Date('2026-11-20T12:00:00Z');
  }
}

export const clock: Clock = new StillClock();
export const facebook = { login: 'facebook', accessToken: new Secret('EAAcanaryFacebookToken0123456789') } as const;
export const instagram = { login: 'instagram', accessToken: new Secret('IGAAcanaryInstagramToken0123456789') } as const;
