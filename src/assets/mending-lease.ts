import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { Settings } from '../config/settings';
import { MendingsRepository, type MendClaim } from './mendings.repository';

/** An asset that is ours for now. */
export interface Held {
  /** Aborts when it is not ours any more: another worker has it, or it was deleted. */
  lost: AbortSignal;
  /** 0 to 100; written down with the next renewal. */
  progress: (percent: number) => void;
  /** Stops renewing. The row is for the caller to write. */
  letGo: () => Promise<void>;
}

const RENEW_MS = 1_000;

/** Claims of videos to mend, renewed for as long as ffmpeg runs. */
@Injectable()
export class MendingLease {
  private readonly leaseMs: number;

  constructor(
    settings: Settings,
    private readonly clock: Clock,
    private readonly rows: MendingsRepository,
  ) {
    this.leaseMs = settings.publishing.leaseMs;
  }

  claim(assetId: number): Promise<MendClaim | null> {
    return this.rows.claim(assetId, this.leaseMs);
  }

  hold(claim: MendClaim): Held {
    const lost = new AbortController();
    const over = new AbortController();
    let percent = 0;
    const renewing = this.renew(claim, over.signal, () => percent).catch(() => lost.abort());
    return {
      lost: lost.signal,
      progress: (now) => (percent = Math.max(percent, Math.min(99, Math.floor(now)))),
      letGo: () => {
        over.abort();
        return renewing;
      },
    };
  }

  /** @throws Error once it is not ours any more */
  private async renew(claim: MendClaim, over: AbortSignal, percent: () => number): Promise<void> {
    let renewedAt = this.clock.monotonicMs();
    for (;;) {
      await this.clock.delay(Math.min(RENEW_MS, this.leaseMs / 3), over).catch(() => undefined);
      if (over.aborted) return;
      const startedAt = this.clock.monotonicMs();
      const ours = await this.rows.renew(claim, this.leaseMs, percent()).catch(() => null);
      // With the database away nobody else can claim it either, until the lease is over.
      if (ours === false || (ours === null && startedAt - renewedAt > this.leaseMs)) throw new Error('lost');
      if (ours) renewedAt = startedAt;
    }
  }
}
