import 'reflect-metadata';
import { AsyncLocalStorage } from 'node:async_hooks';
import { appendFileSync } from 'node:fs';
import { Client } from 'pg';
import { Transactions } from '../../src/database/transactions';
import { InstagramGraph } from '../../src/graph';
import { PublishProcessor } from '../../src/publishing/publish.processor';
import { Publisher } from '../../src/publishing/publisher';
import { Nudge } from '../../src/queue/nudge';

/**
 * A worker for tests that dies at a chosen place: between any two things of publishing that leave the process. There is a
 * boundary before and after each transaction, each Graph call and each wake-up; they are counted post by post.
 *
 * `KILL_AT`: JSON, post id (or `dispatch`: wake-ups that no job makes) → the number of its last boundary. A post that comes
 * there is not moved any further, and as soon as all of them are there the process dies. One entry is a death at that very
 * boundary; many are the deaths of many workers for the price of one. Other posts are left alone; with no entry at all
 * every post is worked on and the process lives.
 * `KILL_LOG`: a file that gets a line of JSON (`Reached`) for each boundary.
 */
const plan = new Map(Object.entries(JSON.parse(process.env.KILL_AT ?? '{}') as Record<string, number>));
const log = process.env.KILL_LOG ?? '/dev/null';

/** A boundary that somebody came to. */
export interface Reached {
  /** The post's id, or `dispatch`. */
  who: string;
  /** 1 for the first. A line with the same number takes the place of an earlier one. */
  n: number;
  name: string;
  at: number;
  /** Before a publish call: the row as another connection sees it, so as it is committed. */
  row?: Record<string, unknown>;
}

/** The job that is being worked on, and the Graph call that was made last for it. */
interface Thread {
  who: string;
  last: 'nothing' | 'transaction' | (string & {});
}

const CALLS = [
  'createContainer',
  'uploadVideo',
  'containerStatus',
  'publish',
  'recentMedia',
  'recentStories',
  'readMedia',
  'publishingLimit',
] as const;

type AnyCall = (...args: unknown[]) => Promise<unknown>;

const thread = new AsyncLocalStorage<Thread>();
const reached = new Map<string, number>();
const held = new Set<string>();

async function boundary(who: string, name: string, row?: Reached['row']): Promise<void> {
  if (!held.has(who)) {
    const n = (reached.get(who) ?? 0) + 1;
    reached.set(who, n);
    appendFileSync(log, `${JSON.stringify({ who, n, name, at: Date.now(), row } satisfies Reached)}\n`);
    if (plan.get(who) !== n) return;
    held.add(who);
    if (held.size === plan.size) process.kill(process.pid, 'SIGKILL');
  }
  await new Promise(() => undefined);
}

async function between<T>(who: string, what: string, work: () => Promise<T>, row?: Reached['row']): Promise<T> {
  await boundary(who, `before ${what}`, row);
  let answer: T;
  try {
    answer = await work();
  } catch (error) {
    await boundary(who, `after ${what} failed`);
    throw error;
  }
  // A job that came in vain is no step of the post: the next one counts from where this one began.
  if (what === CLAIM && answer === null) reached.set(who, (reached.get(who) ?? 0) - 1);
  else await boundary(who, `after ${what}`);
  return answer;
}

const CLAIM = 'the claim';

function transactionAfter(last: Thread['last']): string {
  if (last === 'nothing') return CLAIM;
  if (last === SENDING) return 'that bytes may be sent';
  return last === 'transaction' ? 'the intent' : `writing what ${last} said`;
}

const work = PublishProcessor.prototype.process;
PublishProcessor.prototype.process = async function (job, token) {
  const who = String(job.data.postId);
  if (plan.size === 0 || plan.has(who)) await thread.run({ who, last: 'nothing' }, () => work.call(this, job, token));
};

const SENDING = 'send';
const publisher = Publisher.prototype as unknown as Record<typeof SENDING, AnyCall>;
const send = publisher.send;
publisher.send = function (this: unknown, ...args) {
  const job = thread.getStore();
  if (job) job.last = SENDING;
  return send.apply(this, args);
};

const run = Transactions.prototype.run;
Transactions.prototype.run = function <T>(this: Transactions, ...args: Parameters<typeof run<T>>): Promise<T> {
  const job = thread.getStore();
  if (!job) return run.apply(this, args) as Promise<T>;
  const what = transactionAfter(job.last);
  job.last = 'transaction';
  return between(job.who, what, () => run.apply(this, args) as Promise<T>);
};

const wake = Nudge.prototype.wake;
Nudge.prototype.wake = function (wakes) {
  if (wakes.length === 0) return wake.call(this, wakes);
  return between(thread.getStore()?.who ?? 'dispatch', 'the wake-up', () => wake.call(this, wakes));
};

const graph = InstagramGraph.prototype as unknown as Record<(typeof CALLS)[number], AnyCall>;
for (const name of CALLS) {
  const call = graph[name];
  graph[name] = async function (this: unknown, ...args) {
    const job = thread.getStore();
    if (!job) return call.apply(this, args);
    job.last = name;
    const row = name === 'publish' ? await committed(job.who) : undefined;
    return between(job.who, name, () => call.apply(this, args), row);
  };
}

let database: Promise<Client> | null = null;

async function committed(postId: string): Promise<Reached['row']> {
  const client = new Client({ connectionString: process.env.DATABASE_URL });
  database ??= client.connect().then(() => client);
  const sql = 'SELECT step, outcome, publish_calls, container_id FROM posts WHERE id = $1';
  const { rows } = await (await database).query<Record<string, unknown>>(sql, [postId]);
  return rows[0];
}

// The worker itself, now that it runs through all of these.
// eslint-disable-next-line @typescript-eslint/no-require-imports -- after the lines above, which an import would precede
require('../../src/worker');
