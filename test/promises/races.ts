import { type Client, eventually } from '../support/app';
import { POSTS } from '../e2e/pace-stage';
import { type PromiseStage } from './promise-stage';

const ENDS = ['completed', 'failed', 'canceled', 'missed', 'needs_review'];

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));

/** A client who moves posts around the very moment at which they are published. */
export class Race {
  private constructor(
    private readonly stage: PromiseStage,
    readonly user: Client,
    private readonly accountId: string,
  ) {}

  static async on(stage: PromiseStage): Promise<Race> {
    const { user, accountId } = await stage.newcomer();
    // Each call takes a moment, so that moves fall into it.
    stage.fault('media_publish', accountId, { kind: 'slow', ms: 60 }, null);
    return new Race(stage, user, accountId);
  }

  schedule(caption: string, at: number): Promise<number> {
    return this.stage.post(this.user, caption, { scheduled_time: new Date(at).toISOString() });
  }

  ended(id: number) {
    return eventually(
      async () => (await this.user.get(`${POSTS}/${id}`)).body,
      ({ status }) => ENDS.includes(status),
    );
  }

  live(caption: string): number {
    return this.stage.liveOf(this.accountId).filter((effect) => effect.caption === caption).length;
  }
}
