import { BullModule } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { Settings } from '../config/settings';
import { queueOptions } from './backend';
import { Nudge } from './nudge';
import { QueueHealth } from './queue-health';
import { PUBLISH_QUEUE } from './queues';

/** The doorbell: producers here, processors where the work is. */
@Module({
  imports: [
    BullModule.forRootAsync({ inject: [Settings], useFactory: queueOptions }),
    BullModule.registerQueue({ name: PUBLISH_QUEUE }),
  ],
  providers: [Nudge, QueueHealth],
  exports: [Nudge, QueueHealth, BullModule],
})
export class QueueModule {}
