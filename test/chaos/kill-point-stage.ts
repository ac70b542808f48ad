import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { House, type Client } from '../support/app';
import { type Reached } from '../support/kill-point-worker';
import {
  endWorkerProcesses,
  spawnWorkerProcess,
  startWorkerProcess,
  type WorkerProcess,
} from '../support/worker-process';
import { connectAccounts, until } from './chaos-stage';

const demo = (name: string) => readFileSync(join(__dirname, '../../demo', name));

/** One for each post: no account's own limits come into play, and each is asked for its quota first. */
const ACCOUNTS = 90;

const SETTINGS = {
  // Reels are sent, which takes an account of Facebook Login; images are fetched.
  MEDIA_DELIVERY: 'upload',
  LEASE_SECONDS: '8',
  PUBLISH_VERIFY_DELAYS_MS: '300,600,900',
  // A slow machine that writes down a container only when its first look is due would make one wake-up less.
  CONTAINER_POLL_INTERVAL_MS: '1000',
  DATABASE_POOL_SIZE: '40',
  // Held posts occupy their places until the process dies.
  WORKER_CONCURRENCY: '200',
};

/** Only jobs move posts in a dying worker, so that its boundaries come in the same order each time. */
const NO_SCHEDULES = { DISPATCH_CRON: '0 0 0 1 1 *', SWEEP_INTERVAL_MS: '60000' };

export type Kind = 'reel' | 'scheduled';

/** Posts whose workers die at chosen boundaries. What is live is asked of the emulator's ledger. */
export class KillPointStage {
  private readonly logs = mkdtempSync(join(tmpdir(), 'igp-kill-'));
  private workers = 0;
  private posts = 0;

  private constructor(
    readonly house: House,
    private readonly user: Client,
    private readonly assets: Record<Kind, number>,
    private readonly accounts: string[],
  ) {}

  static async open(): Promise<KillPointStage> {
    const house = await House.open({ env: SETTINGS });
    // Nothing may hide a second publish call: in this world it would be a second medium.
    house.sandbox.set({ republish: 'duplicate', fetch_media: false, quota_total: 1_000, containers_per_day: null });
    const user = await house.connectedUser();
    const upload = async (name: string) =>
      (await user.upload('/api/instagram/assets/upload', demo(name), name)).body.id as number;
    const assets = { reel: await upload('reel.mp4'), scheduled: await upload('photo.jpg') };
    return new KillPointStage(house, user, assets, await connectAccounts(house, user, ACCOUNTS, 'facebook'));
  }

  /** @param inMs left out: published now */
  async post(kind: Kind, caption: string, inMs?: number): Promise<number> {
    const account_id = this.accounts[(this.posts += 1) % this.accounts.length];
    const body = { asset_id: this.assets[kind], caption, account_id };
    const scheduled_time = inMs === undefined ? undefined : new Date(Date.now() + inMs).toISOString();
    const path = `/api/instagram/${inMs === undefined ? 'post' : 'schedule'}`;
    const answer = await this.user.post(path, { ...body, scheduled_time });
    expect(answer).toMatchObject({ status: 200 });
    return answer.body.post_id as number;
  }

  /** The boundaries that were passed until all of these posts were held at theirs, and the worker died of it. */
  async dieAt(killAt: Record<string, number>): Promise<Reached[]> {
    const worker = this.dyingWorker(killAt);
    const missing = () => {
      const last = new Map(worker.reached().map((reached) => [reached.who, reached]));
      return Object.entries(killAt).flatMap(([who, n]) =>
        last.get(who)?.n === n ? [] : [{ who, n, last: last.get(who) }],
      );
    };
    await until(missing, (rest) => rest.length === 0, 40_000);
    expect(await worker.exited).toEqual({ code: null, signal: 'SIGKILL' });
    return worker.reached();
  }

  /** A worker that holds each of these posts (or `dispatch`) at its boundary, and dies when all of them are there. */
  dyingWorker(killAt: Record<string, number>): DyingWorker {
    const log = join(this.logs, `worker-${(this.workers += 1)}`);
    const env = { ...this.house.env, ...NO_SCHEDULES, KILL_AT: JSON.stringify(killAt), KILL_LOG: log };
    return { ...spawnWorkerProcess(env, 'test/support/kill-point-worker.ts'), reached: () => reachedIn(log) };
  }

  worker(): Promise<WorkerProcess> {
    return startWorkerProcess(this.house.env);
  }

  /** Until nothing is left to do for any post. */
  async settled(postIds: number[], timeoutMs = 45_000): Promise<void> {
    await until(
      () => this.house.query('SELECT id, status, step FROM posts WHERE id = ANY($1) AND step <> $2', [postIds, 'done']),
      (rest) => rest.length === 0,
      timeoutMs,
    );
  }

  /** Until no dead worker holds a post any more. */
  async leasesOver(postIds: number[]): Promise<void> {
    await until(
      () => this.house.query('SELECT id FROM posts WHERE id = ANY($1) AND lease_until > now()', [postIds]),
      (held) => held.length === 0,
    );
  }

  /** The row of a post, and what the emulator knows of its caption. */
  async truth(postId: number, caption: string) {
    const columns = 'status, outcome, instagram_post_id, publish_calls, due_at';
    const [row] = await this.house.query(`SELECT ${columns} FROM posts WHERE id = $1`, [postId]);
    const of = (kind: 'media_published' | 'container_created') =>
      this.house.sandbox.effects(kind).filter((effect) => effect.caption === caption);
    return { row, live: of('media_published'), containers: of('container_created') };
  }

  async close(): Promise<void> {
    await endWorkerProcesses();
    await this.house.close();
    rmSync(this.logs, { recursive: true, force: true });
  }
}

type DyingWorker = ReturnType<typeof spawnWorkerProcess> & { reached(): Reached[] };

function reachedIn(log: string): Reached[] {
  let text: string;
  try {
    text = readFileSync(log, 'utf8');
  } catch {
    return [];
  }
  // The last line may be half written.
  const lines = text.split('\n').slice(0, -1);
  const last = new Map<string, Reached>();
  for (const line of lines) {
    const reached = JSON.parse(line) as Reached;
    last.set(`${reached.who} ${reached.n}`, reached);
  }
  return [...last.values()];
}
