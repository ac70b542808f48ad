import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { CronJob } from 'cron';
import { Log } from '../common/log';
import { Settings } from '../config/settings';
import { ErasingService } from './erasing.service';

/** Each minute, with the dispatch: erasures that had to wait for a post in flight, and notices that are old enough. */
@Injectable()
export class ErasingSchedule implements OnApplicationBootstrap {
  private running = false;

  constructor(
    private readonly erasing: ErasingService,
    private readonly registry: SchedulerRegistry,
    private readonly settings: Settings,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    const { dispatchCron, cronTimezone } = this.settings.publishing;
    const onTick = () => void this.once();
    this.registry.addCronJob(
      'erasing',
      CronJob.from({ cronTime: dispatchCron, timeZone: cronTimezone, onTick, start: true }),
    );
  }

  private async once(): Promise<void> {
    if (this.running) return;
    this.running = true;
    try {
      const completed = await this.erasing.finishPending();
      if (completed > 0) this.log.info('data_deletions.completed', { completed });
    } catch (error) {
      this.log.warn('erasing.failed', { error });
    } finally {
      this.running = false;
    }
  }
}
