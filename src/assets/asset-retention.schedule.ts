import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { CronJob } from 'cron';
import { Log } from '../common/log';
import { Settings } from '../config/settings';
import { MediaFetchesRepository } from '../relay/media-fetches.repository';
import { AssetRemoval } from './asset-removal';

const EACH_HOUR = '40 7 * * * *';
const UPLOAD_LIFE_MS = 86_400_000;
const FETCHES_KEPT_DAYS = 30;
const BATCH = 200;
/** A round stops here; the next one goes on. */
const MOST_BATCHES = 50;

/** Clears away what nobody needs any more: files of ended posts, uploads that never came, old fetches. */
@Injectable()
export class AssetRetentionSchedule implements OnApplicationBootstrap {
  private running = false;

  constructor(
    private readonly removal: AssetRemoval,
    private readonly fetches: MediaFetchesRepository,
    private readonly registry: SchedulerRegistry,
    private readonly settings: Settings,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    const { cronTimezone } = this.settings.publishing;
    const onTick = () => void this.once();
    this.registry.addCronJob(
      'asset-retention',
      CronJob.from({ cronTime: EACH_HOUR, timeZone: cronTimezone, onTick, start: true }),
    );
  }

  /** Safe with any number of workers. A failed round is only late. */
  async once(): Promise<void> {
    if (this.running) return;
    this.running = true;
    try {
      const { retentionMs } = this.settings.storage;
      const expired = retentionMs === null ? 0 : await all((most) => this.removal.expire(retentionMs, most));
      const given_up = await all((most) => this.removal.giveUpUploads(UPLOAD_LIFE_MS, most));
      const cleared = await all((most) => this.removal.clearFiles(most));
      await all((most) => this.fetches.forget(FETCHES_KEPT_DAYS, most));
      if (cleared > 0) this.log.info('assets.cleared', { expired, given_up, cleared });
    } catch (error) {
      this.log.warn('assets.clear_failed', { error });
    } finally {
      this.running = false;
    }
  }
}

/** Batch after batch, until one is not full. */
async function all(batch: (most: number) => Promise<number>): Promise<number> {
  let total = 0;
  for (let left = MOST_BATCHES; left > 0; left -= 1) {
    const done = await batch(BATCH);
    total += done;
    if (done < BATCH) break;
  }
  return total;
}
