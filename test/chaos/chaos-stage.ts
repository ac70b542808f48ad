import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { Client as Database } from 'pg';
import { AccountsService } from '../../src/accounts/accounts.service';
import { SHUT_PAUSE_GATE_SQL } from '../../src/pauses/pauses.sql';
import { type Fault } from '../../src/sandbox/faults';
import { type Call } from '../../src/sandbox/ledger';
import { House, eventually, type Client } from '../support/app';
import { BAKERY, startMediaOrigin, type MediaOrigin } from '../support/sandbox';
import { endWorkerProcesses, startWorkerProcess, type WorkerProcess } from '../support/worker-process';

const PHOTO = readFileSync(join(__dirname, '../../demo/photo.jpg'));

/** So many that posts which are held up at once don't wait for each other's lanes. */
const ACCOUNTS = 16;

/** A house to hurt. What is live is asked of the emulator's ledger, never of our own tables. */
export class Stage {
  private constructor(
    readonly house: House,
    readonly user: Client,
    private readonly origin: MediaOrigin,
    private readonly accounts: string[],
  ) {}

  private posts = 0;

  static async open(env: NodeJS.ProcessEnv = {}): Promise<Stage> {
    const origin = await startMediaOrigin({ '/photo.jpg': PHOTO });
    try {
      const house = await House.open({ allow: [origin.url], env });
      const user = await house.connectedUser();
      return new Stage(house, user, origin, await connectAccounts(house, user, ACCOUNTS));
    } catch (error) {
      await origin.close();
      throw error;
    }
  }

  get sandbox() {
    return this.house.sandbox;
  }

  worker(): Promise<WorkerProcess> {
    return startWorkerProcess(this.house.env);
  }

  /** A post that the API accepted. Its caption is what faults and the ledger know it by. */
  async post(caption: string): Promise<number> {
    const image_url = `${this.origin.url}/photo.jpg`;
    const answer = await this.user.post('/api/instagram/post', { image_url, caption, account_id: this.nextAccount() });
    expect(answer).toMatchObject({ status: 200 });
    return answer.body.post_id as number;
  }

  async schedule(caption: string, inMs: number): Promise<number> {
    const image_url = `${this.origin.url}/photo.jpg`;
    const scheduled_time = new Date(Date.now() + inMs).toISOString();
    const body = { image_url, caption, scheduled_time, account_id: this.nextAccount() };
    const answer = await this.user.post('/api/instagram/schedule', body);
    expect(answer).toMatchObject({ status: 200 });
    return answer.body.post_id as number;
  }

  private nextAccount(): string | undefined {
    return this.accounts[(this.posts += 1) % this.accounts.length];
  }

  /** Media that went live with this caption. */
  live(caption: string) {
    return this.sandbox.effects('media_published').filter((effect) => effect.caption === caption);
  }

  containers(caption: string) {
    return this.sandbox.effects('container_created').filter((effect) => effect.caption === caption);
  }

  /** Publish calls that reached the emulator. */
  publishCalls(): Call[] {
    return this.sandbox.state.ledger.calls.filter(({ endpoint }) => endpoint === 'media_publish');
  }

  /** Arms a fault for the post of that caption; the answer's `struck` tells whether it has struck. */
  fault(endpoint: string, caption: string | null, action: object | string, times: number | null = 1) {
    const match = caption === null ? { endpoint } : { endpoint, caption_includes: caption };
    return this.sandbox.fault({ match, times, do: action });
  }

  /** The same for reading the container of that post, from its first publish call on: the reads before it stay true. */
  faultOnVerifying(caption: string, action: object | string, times: number | null = 1): void {
    const { faults } = this.sandbox.state;
    const strike = faults.strike.bind(faults);
    let called = false;
    faults.strike = (subject) => {
      if (!called && subject.endpoint === 'media_publish' && subject.caption?.includes(caption)) {
        called = true;
        this.fault('container_status', caption, action, times);
      }
      return strike(subject);
    };
  }

  async status(postId: number): Promise<{ status: string; outcome: string; error_type: string | null }> {
    return (await this.user.get(`/api/instagram/posts/${postId}/status`)).body;
  }

  async completed(postIds: number[], timeoutMs = 30_000): Promise<void> {
    await eventually(
      () =>
        this.house.query('SELECT id, status, step FROM posts WHERE id = ANY($1) AND status <> $2', [
          postIds,
          'completed',
        ]),
      (rest) => rest.length === 0,
      timeoutMs,
    );
  }

  /** Holds locks on our tables until let go: a database that answers late, at exactly the place that is wanted. */
  async hold(sql: string, values: unknown[] = []): Promise<() => Promise<void>> {
    const database = new Database({ connectionString: this.house.databaseUrl });
    database.on('error', () => undefined);
    await database.connect();
    await database.query('BEGIN');
    await database.query(sql, values);
    return () => database.end();
  }

  holdPost(postId: number): Promise<() => Promise<void>> {
    return this.hold('SELECT id FROM posts WHERE id = $1 FOR UPDATE', [postId]);
  }

  /** Until that many sessions of ours wait for such a lock with a statement of this kind, told by its first 1,000 characters. */
  async waitingForLocks(count: number, statement = ''): Promise<void> {
    const sql = `SELECT query FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
                 AND application_name = 'instagram-publisher' AND query LIKE $1`;
    await until(
      () => this.house.query(sql, [`%${statement}%`]),
      (waiting) => waiting.length >= count,
    );
  }

  /** A post whose worker has committed the intent to publish and has not sent the call yet: it waits for the token. */
  async heldBeforeTheCall(caption: string): Promise<{ id: number; letGo: () => Promise<void> }> {
    const openGate = await this.hold(SHUT_PAUSE_GATE_SQL);
    const id = await this.post(caption);
    await this.waitingForLocks(1, 'pg_advisory_xact_lock_shared');
    const letIntend = await this.holdPost(id);
    await openGate();
    // By now the transaction of the intent has read the account, so the lock on it is granted with its commit.
    await this.waitingForLocks(1, 'UPDATE posts');
    const locking = this.hold('LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE');
    await until(
      () => this.house.query(`SELECT 1 FROM pg_locks WHERE relation = 'accounts'::regclass AND NOT granted`),
      (waiting) => waiting.length > 0,
    );
    await letIntend();
    const letGo = await locking;
    const [row] = await this.house.query('SELECT publish_calls FROM posts WHERE id = $1', [id]);
    expect(row).toEqual({ publish_calls: 1 });
    await this.waitingForLocks(1, 'accounts');
    return { id, letGo };
  }

  /** The same with a worker in this process, however much else it has in hand. */
  async heldInThisProcess(
    worker: INestApplicationContext,
    caption: string,
  ): Promise<{ id: number; letGo: () => Promise<void> }> {
    const accounts = worker.get(AccountsService);
    const credential = accounts.credential.bind(accounts);
    const intended = `SELECT id FROM posts WHERE account_row_id = $1 AND caption = $2 AND step = 'verify' AND publish_calls = 1`;
    const held = signal();
    const free = signal();
    accounts.credential = async (rowId) => {
      const [post] = held.isGiven ? [] : await this.house.query(intended, [rowId, caption]);
      if (post) {
        held.give();
        await free.given;
      }
      return credential(rowId);
    };
    const id = await this.post(caption);
    await held.given;
    return {
      id,
      letGo: () => {
        accounts.credential = credential;
        free.give();
        return Promise.resolve();
      },
    };
  }

  async close(): Promise<void> {
    await endWorkerProcesses();
    await this.house.close();
    await this.origin.close();
  }
}

function signal() {
  let give = () => undefined as void;
  const one = { isGiven: false, given: new Promise<void>((resolve) => (give = resolve)), give: () => give() };
  void one.given.then(() => (one.isGiven = true));
  return one;
}

/** `eventually` for what is at hand at once. */
export async function until<T>(ask: () => T | Promise<T>, isWanted: (answer: T) => boolean, ms = 20_000): Promise<T> {
  return eventually(async () => ask(), isWanted, ms);
}

export async function struck(fault: Fault): Promise<void> {
  await until(
    () => fault.struck,
    (times) => times > 0,
  );
}

/** Numbers from 0 to 1 that a seed repeats (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The user's account and new ones, so many in all. */
export async function connectAccounts(
  house: House,
  user: Client,
  count: number,
  login: 'facebook' | 'instagram' = 'instagram',
): Promise<string[]> {
  const { world } = house.sandbox.state;
  const [person] = world.persons.values();
  const accounts = [BAKERY];
  for (let i = 2; i <= count; i++) {
    const account = world.addAccount({ username: `chaos.${i}` });
    const { id } = account;
    if (login === 'facebook' && person) world.addPage(`Chaos ${i}`, person, account);
    const access_token = house.sandbox.token(id, { login });
    const answer = await user.post('/api/instagram/manual-connect', { account_id: id, access_token });
    expect(answer).toMatchObject({ status: 200 });
    accounts.push(id);
  }
  return accounts;
}
