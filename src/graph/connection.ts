import * as http from 'node:http';
import * as https from 'node:https';
import { type Duplex } from 'node:stream';
import { Socket } from 'node:net';

const CONNECT_TIMEOUT_MS = 10_000;

type Handover = (error: Error | null, socket: Duplex) => void;

/**
 * Agents that hand a socket to the request only once it is connected. So when a request gets its socket it is about to
 * be written, and everything before that (DNS, TCP, TLS) has provably sent nothing.
 */
class ConnectedHttpAgent extends http.Agent {
  override createConnection(options: http.ClientRequestArgs, done?: Handover): Duplex | null | undefined {
    return handOverConnected(super.createConnection(options), 'connect', done);
  }
}

class ConnectedHttpsAgent extends https.Agent {
  override createConnection(options: https.RequestOptions, done?: Handover): Duplex | null | undefined {
    return handOverConnected(super.createConnection(options), 'secureConnect', done);
  }
}

function handOverConnected(
  socket: Duplex | null | undefined,
  connected: 'connect' | 'secureConnect',
  done?: Handover,
): Duplex | null | undefined {
  if (!(socket instanceof Socket) || !done) return socket;
  const failed = (error: Error): void => done(error, socket);
  const slow = (): void => {
    socket.destroy(Object.assign(new Error('Connecting took too long'), { code: 'ETIMEDOUT' }));
  };
  socket.setTimeout(CONNECT_TIMEOUT_MS, slow);
  socket.once('error', failed);
  socket.once(connected, () => {
    socket.off('error', failed);
    socket.off('timeout', slow);
    socket.setTimeout(0);
    done(null, socket);
  });
  return undefined;
}

export interface Agents {
  httpAgent: http.Agent;
  httpsAgent: https.Agent;
}

/** Sockets that are kept and used again: for everything that may be asked twice. */
export function pooledAgents(): Agents {
  const options = { keepAlive: true, maxSockets: 64, scheduling: 'lifo' as const };
  return { httpAgent: new ConnectedHttpAgent(options), httpsAgent: new ConnectedHttpsAgent(options) };
}

/** A fresh socket per call. A kept one may have been closed by the other side, which looks like a lost publish. */
export function freshAgents(): Agents {
  return { httpAgent: new ConnectedHttpAgent(), httpsAgent: new ConnectedHttpsAgent() };
}

/** The moment of truth of one request: whether its bytes went out, and a last word before they do. */
export class Departure {
  /** From now on the other side may have the request. */
  sent = false;
  /** What `beforeSend` threw; the request was then dropped unsent. */
  stopped: Error | null = null;

  private request: http.ClientRequest | null = null;

  constructor(private readonly beforeSend?: () => void) {}

  /** Whatever of the request is still to be written is not: it was answered, or given up. */
  end(): void {
    this.request?.destroy();
  }

  /** axios's `transport`. Node's own client underneath: follows no redirect and repeats nothing. */
  readonly transport = {
    request: (options: https.RequestOptions, answered: (answer: http.IncomingMessage) => void): http.ClientRequest => {
      const request = (options.protocol === 'https:' ? https : http).request(options, answered);
      this.request = request;
      // Node emits 'socket' and writes the request in the same turn, so nothing can come between this and the write.
      request.once('socket', () => {
        try {
          this.beforeSend?.();
          this.sent = true;
        } catch (reason) {
          this.stopped = reason instanceof Error ? reason : new Error('Stopped before sending');
          request.destroy();
        }
      });
      return request;
    },
  };
}
