import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { Log } from '../common/log';
import { Settings } from '../config/settings';
import { MendBell } from '../queue/mend-bell';
import { MendProcessor } from './mend.processor';
import { afterFailure, MAX_ATTEMPTS } from './mending-policy';
import { MendingsRepository } from './mendings.repository';

const BATCH = 100;
/** Sweeps after which another wake-up is rung: the name of the first may be a dead worker's. */
const ROUND_SWEEPS = 6;
const NOBODY_CAME = 'No worker could convert the video within a day: none has ffmpeg. Ask whoever runs this service.';

/** What the sweep needs of its process. */
@Injectable()
export class SweepSettings {
  readonly everyMs: number;

  constructor(
    settings: Settings,
    readonly log: Log,
  ) {
    this.everyMs = settings.publishing.sweepIntervalMs;
  }
}

/** Every few seconds: videos whose wake-up was lost or whose worker died, and those that nobody can mend. */
@Injectable()
export class MendSchedule implements OnApplicationBootstrap {
  private isSweeping = false;

  constructor(
    private readonly rows: MendingsRepository,
    private readonly bell: MendBell,
    private readonly processor: MendProcessor,
    private readonly registry: SchedulerRegistry,
    private readonly about: SweepSettings,
  ) {}

  onApplicationBootstrap(): void {
    const sweep = () => void this.once();
    // eslint-disable-next-line no-restricted-syntax -- a schedule; @nestjs/schedule stops it
    this.registry.addInterval('mend', setInterval(sweep, this.about.everyMs));
  }

  /** Skips a run while the last one is still at work; a failed run is only late. */
  private async once(): Promise<void> {
    if (this.isSweeping) return;
    this.isSweeping = true;
    try {
      await this.processor.start();
      const last = afterFailure('interrupted', MAX_ATTEMPTS);
      const ended = await this.rows.giveUp(last.status === 'failed' ? last.message : '', NOBODY_CAME);
      if (ended > 0) this.about.log.warn('assets.mending_given_up', { assets: ended });
      await this.bell.ring(await this.rows.leftBehind(BATCH, ROUND_SWEEPS * this.about.everyMs));
    } catch (error) {
      this.about.log.warn('mend.sweep_failed', { error });
    } finally {
      this.isSweeping = false;
    }
  }
}
