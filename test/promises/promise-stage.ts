import { type Fault } from '../../src/sandbox/faults';
import { type Call, type Stamped } from '../../src/sandbox/ledger';
import { type Client, eventually } from '../support/app';
import { PaceStage } from '../e2e/pace-stage';

/** A post on an account of its own: every call about that account is about this post. */
export interface Alone {
  id: number;
  caption: string;
  user: Client;
  accountId: string;
}

/** What a post's own calls meet. A fault strikes once unless `times` says otherwise. */
export interface Troubles {
  /** One after the other. */
  publish?: (object | string)[];
  /** Reading the container, from the first publish call on. `times` null: for ever. */
  reads?: { how: object | string; times: number | null };
}

/** A house in which each post can be looked at by itself. What is live is asked of the emulator's ledger only. */
export class PromiseStage extends PaceStage {
  async alone(caption: string, troubles: Troubles = {}, more: object = {}): Promise<Alone> {
    const { user, accountId } = await this.newcomer();
    for (const how of troubles.publish ?? []) this.fault('media_publish', accountId, how);
    if (troubles.reads) this.afterTheCall(accountId, troubles.reads);
    return { id: await this.post(user, caption, more), caption, user, accountId };
  }

  /** Strikes the calls to this endpoint about this account. */
  fault(endpoint: string, account_id: string, action: object | string, times: number | null = 1): Fault {
    return this.house.sandbox.fault({ match: { endpoint, account_id }, times, do: action });
  }

  /** The reads before the first publish call stay true. */
  private afterTheCall(accountId: string, { how, times }: NonNullable<Troubles['reads']>): void {
    const { faults } = this.house.sandbox.state;
    const strike = faults.strike.bind(faults);
    let called = false;
    faults.strike = (subject) => {
      if (!called && subject.endpoint === 'media_publish' && subject.account_id === accountId) {
        called = true;
        this.fault('container_status', accountId, how, times);
      }
      return strike(subject);
    };
  }

  /** Calls about the post, in the order of their arrival. */
  calls({ accountId }: Alone, endpoint: string): Stamped<Call>[] {
    return this.callsOf(accountId).filter((call) => call.endpoint === endpoint);
  }

  publishCalls(post: Alone): number {
    return this.calls(post, 'media_publish').length;
  }

  /** Reads of the container since the last publish call. */
  verifications(post: Alone): Stamped<Call>[] {
    const last = this.calls(post, 'media_publish').at(-1)?.sequence ?? Infinity;
    return this.calls(post, 'container_status').filter(({ sequence }) => sequence > last);
  }

  containers({ accountId }: Alone) {
    return this.house.sandbox.effects('container_created').filter((effect) => effect.account_id === accountId);
  }

  live({ accountId }: Alone) {
    return this.liveOf(accountId);
  }

  async get({ user, id }: Alone) {
    return (await user.get(`/api/instagram/posts/${id}`)).body;
  }

  async status({ user, id }: Alone) {
    return (await user.get(`/api/instagram/posts/${id}/status`)).body;
  }

  /** The row as another connection sees it, so as it is committed. */
  async row({ id }: Alone): Promise<Row> {
    const [row] = await this.house.query<Row>('SELECT * FROM posts WHERE id = $1', [id]);
    if (!row) throw new Error(`There is no post ${id}`);
    return row;
  }

  rowWhen(post: Alone, isWanted: (row: Row) => boolean, timeoutMs?: number): Promise<Row> {
    return eventually(() => this.row(post), isWanted, timeoutMs);
  }

  /** As time would: SQL sets of the row. */
  async move({ id }: Alone, sets: string): Promise<void> {
    await this.house.query(`UPDATE posts SET ${sets} WHERE id = $1`, [id]);
  }

  until({ user, id }: Alone, ...statuses: string[]) {
    return this.house.until(user, id, statuses);
  }
}

/** What a committed row says. */
export interface Row extends Record<string, unknown> {
  status: string;
  outcome: string;
  step: string;
  epoch: number;
  container_id: string | null;
  intent_at: Date | null;
  publish_calls: number;
  instagram_post_id: string | null;
  wait_reason: string | null;
}

/** `eventually` for what is at hand at once. */
export function until<T>(ask: () => T, isWanted: (answer: T) => boolean, ms?: number): Promise<T> {
  return eventually(() => Promise.resolve(ask()), isWanted, ms);
}

export async function struck(fault: Fault): Promise<void> {
  await until(
    () => fault.struck,
    (times) => times > 0,
  );
}
