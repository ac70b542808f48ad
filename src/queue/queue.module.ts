import { BullModule } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { Settings } from '../config/settings';
import { queueOptions } from './backend';
import { MendBell } from './mend-bell';
import { Nudge } from './nudge';
import { QueueHealth } from './queue-health';
import { MEND_QUEUE, PUBLISH_QUEUE } from './queues';

/** The doorbell: producers here, processors where the work is. */
@Module({
  imports: [
    BullModule.forRootAsync({ inject: [Settings], useFactory: queueOptions }),
    BullModule.registerQueue({ name: PUBLISH_QUEUE }, { name: MEND_QUEUE }),
  ],
  providers: [Nudge, MendBell, QueueHealth],
  exports: [Nudge, MendBell, QueueHealth, BullModule],
})
export class QueueModule {}
