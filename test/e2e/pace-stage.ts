import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually, House, type Client } from '../support/app';
import { startMediaOrigin, type MediaOrigin } from '../support/sandbox';

export const POSTS = '/api/instagram/posts';
export const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What pace shows of a post's status. */
export interface PaceStatus {
  status: string;
  outcome: string;
  wait_reason: string | null;
  next_action_at: string;
}

/** A house with a photo to post and as many accounts as a test wants. */
export class PaceStage {
  constructor(
    readonly house: House,
    readonly origin: MediaOrigin,
    readonly image_url: string,
  ) {}

  private made = 0;

  static async open<S extends PaceStage>(
    this: new (house: House, origin: MediaOrigin, image_url: string) => S,
    env: Partial<NodeJS.ProcessEnv> = {},
  ): Promise<S> {
    const origin = await startMediaOrigin({ '/photo.jpg': readFileSync(join(__dirname, '../../demo/photo.jpg')) });
    return new this(await House.open({ allow: [origin.url], env }), origin, `${origin.url}/photo.jpg`);
  }

  async close(): Promise<void> {
    await this.house.close();
    await this.origin.close();
  }

  /** A user with an account of their own that nobody has posted to. */
  async newcomer(): Promise<{ user: Client; accountId: string }> {
    this.made += 1;
    const answer = await fetch(`${this.house.sandbox.url}/_sandbox/accounts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: `pace.${process.pid}.${this.made}` }),
    });
    const { id: accountId } = (await answer.json()) as { id: string };
    return { user: await this.house.connectedUser(accountId), accountId };
  }

  /** Accepted, and its id. `in_s`: scheduled so many seconds from now. */
  async post(user: Client, caption: string, more: object = {}): Promise<number> {
    const answer = await user.post(POSTS, { image_url: this.image_url, caption, ...more });
    if (answer.status !== 201) throw new Error(`POST /posts answered ${JSON.stringify(answer.body)}`);
    return answer.body.id as number;
  }

  async statusOf(user: Client, id: number): Promise<PaceStatus> {
    return (await user.get(`${POSTS}/${id}/status`)).body as PaceStatus;
  }

  /** Waits until the post waits for this reason. */
  held(user: Client, id: number, reason: string): Promise<PaceStatus> {
    return eventually(
      () => this.statusOf(user, id),
      ({ wait_reason }) => wait_reason === reason,
    );
  }

  liveOf(accountId: string) {
    return this.house.sandbox.effects('media_published').filter((effect) => effect.account_id === accountId);
  }

  callsOf(accountId: string, since = 0) {
    return this.house.sandbox.state.ledger.calls.filter(
      (call) => call.account_id === accountId && Date.parse(call.at) >= since && call.endpoint !== 'account_read',
    );
  }
}
