import { createServer, type AddressInfo } from 'node:net';
import type { INestApplicationContext } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import supertest from 'supertest';
import { DataSource } from 'typeorm';
import { ApiModule } from '../../src/api.module';
import { Clock, SystemClock } from '../../src/common/clock';
import { Settings } from '../../src/config/settings';
import { fastifyAdapter, prepareHttpApp } from '../../src/http-app';
import { WorkerModule } from '../../src/worker.module';
import { createDatabase } from './database';
import { BAKERY, FACEBOOK_APP, startSandbox, type TestSandbox } from './sandbox';
import { testEnv } from './settings';
import { loadEnv } from '../../src/config/env';

/** An answer of the API, body parsed. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what a test expects of it, it says itself
  body: any;
}

/** A signed-in user's way to call the API. Paths are full: `/api/instagram/posts`. */
export interface Client {
  userId: number;
  token: string;
  get(path: string): Promise<Answer>;
  post(path: string, body?: string | object): Promise<Answer>;
  send(method: string, path: string, body?: string | object, headers?: Record<string, string>): Promise<Answer>;
  upload(path: string, file: Buffer, name: string, fields?: Record<string, string>): Promise<Answer>;
}

/** The whole house, for real: the API on a port, PostgreSQL, the emulator, and a worker when one is asked for. */
export class House {
  private constructor(
    readonly url: string,
    readonly app: NestFastifyApplication,
    readonly sandbox: TestSandbox,
    readonly databaseUrl: string,
    /** What every process of this house is started with. */
    readonly env: NodeJS.ProcessEnv,
    /** `clock`: the wall clock of all processes of this house. */
    private readonly behind: { dropDatabase: () => Promise<void>; clock: Clock },
  ) {}

  private readonly settings = new Settings(loadEnv(this.env));
  private readonly workers: INestApplicationContext[] = [];

  /** `allow`: addresses on this machine that media may be fetched from. `clock`: another wall clock for all processes. */
  static async open({
    env = {},
    allow = [],
    clock = new SystemClock(),
  }: { env?: Partial<NodeJS.ProcessEnv>; allow?: string[]; clock?: Clock } = {}): Promise<House> {
    const [database, sandbox, port] = await Promise.all([createDatabase(), startSandbox(), freePort()]);
    const url = `http://127.0.0.1:${port}`;
    const origins = [
      ...['FACEBOOK_GRAPH', 'INSTAGRAM_GRAPH', 'FACEBOOK_DIALOG'],
      ...['INSTAGRAM_AUTHORIZE', 'INSTAGRAM_OAUTH', 'RUPLOAD'],
    ];
    const shared = testEnv(database.url, {
      PORT: String(port),
      PUBLIC_BASE_URL: url,
      ALLOWED_PRIVATE_HOSTS: [url, sandbox.url, ...allow].map((one) => new URL(one).host).join(','),
      ...Object.fromEntries(origins.map((name) => [`${name}_URL`, sandbox.url])),
      INSTAGRAM_APP_ID: FACEBOOK_APP.id,
      INSTAGRAM_APP_SECRET: FACEBOOK_APP.secret,
      INSTAGRAM_REDIRECT_URI: `${url}/callback`,
      ...env,
    });
    const module = await Test.createTestingModule({ imports: [ApiModule] })
      .overrideProvider(Settings)
      .useValue(new Settings(loadEnv(shared)))
      .overrideProvider(Clock)
      .useValue(clock)
      .compile();
    const app = await prepareHttpApp(module.createNestApplication<NestFastifyApplication>(fastifyAdapter()));
    await app.listen(port, '127.0.0.1');
    return new House(url, app, sandbox, database.url, shared, {
      dropDatabase: () => database.drop(),
      clock,
    });
  }

  /** A worker in this process, with its own connections, as a second process would have. */
  async startWorker(): Promise<INestApplicationContext> {
    const worker = await Test.createTestingModule({ imports: [WorkerModule] })
      .overrideProvider(Settings)
      .useValue(this.settings)
      .overrideProvider(Clock)
      .useValue(this.behind.clock)
      .compile();
    await worker.init();
    this.workers.push(worker);
    return worker;
  }

  async stopWorker(worker: INestApplicationContext): Promise<void> {
    this.workers.splice(this.workers.indexOf(worker), 1);
    await worker.close();
  }

  query<T = Record<string, unknown>>(sql: string, values: unknown[] = []): Promise<T[]> {
    return this.app.get(DataSource).query(sql, values);
  }

  async newUser(): Promise<Client> {
    const email = `user${Math.random().toString(36).slice(2)}@example.com`;
    const password = 'correct horse battery staple';
    const registered = await call(this.url, 'POST', '/api/auth/register', { email, password });
    const login = await call(this.url, 'POST', '/api/auth/login', { email, password });
    return this.as(login.body.access_token, registered.body.user_id);
  }

  /** A user whose default account is a professional account of the emulator, connected by its token. */
  async connectedUser(accountId = BAKERY): Promise<Client> {
    const user = await this.newUser();
    const access_token = this.sandbox.token(accountId);
    const answer = await user.post('/api/instagram/manual-connect', { account_id: accountId, access_token });
    if (answer.status !== 200) throw new Error(`manual-connect answered ${JSON.stringify(answer.body)}`);
    return user;
  }

  as(token: string, userId = 0): Client {
    const authorization = { authorization: `Bearer ${token}` };
    const send: Client['send'] = (method, path, body, headers) =>
      call(this.url, method, path, body, { ...authorization, ...headers });
    return {
      userId,
      token,
      send,
      get: (path) => send('GET', path),
      post: (path, body) => send('POST', path, body),
      upload: async (path, file, name, fields = {}) => {
        const request = supertest(this.url).post(path).set(authorization).field(fields);
        return answerOf(await request.attach('file', file, name));
      },
    };
  }

  /** Reads the post's status until it is one of these. */
  async until(user: Client, postId: number, statuses: string[], timeoutMs = 20_000): Promise<Answer['body']> {
    const path = `/api/instagram/posts/${postId}/status`;
    return eventually(
      async () => (await user.get(path)).body,
      (body) => statuses.includes(body.status),
      timeoutMs,
    );
  }

  async close(): Promise<void> {
    for (const worker of [...this.workers]) await this.stopWorker(worker);
    await this.app.close();
    await this.sandbox.close();
    await this.behind.dropDatabase();
  }
}

/** Asks until the answer is as wanted; fails with the last answer otherwise. */
export async function eventually<T>(
  ask: () => Promise<T>,
  isWanted: (answer: T) => boolean,
  timeoutMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (isWanted(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`Not within ${timeoutMs} ms; last: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** One request over HTTP. Redirects are not followed. */
export async function call(
  base: string,
  method: string,
  path: string,
  body?: string | object,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const request = supertest(base)[method.toLowerCase() as 'post'](path).redirects(0).set(headers);
  if (typeof body === 'string' && !headers['content-type']) request.type('json');
  return answerOf(await (body === undefined ? request : request.send(body)));
}

function answerOf({ status, headers, body, text, type }: supertest.Response): Answer {
  return { status, headers, body: type.includes('json') ? body : text };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
