import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module';
import { AssetsModule } from '../assets/assets.module';
import { EventsModule } from '../events/events.module';
import { GraphModule } from '../graph';
import { PostTimeline } from '../posts/post-timeline';
import { QueueModule } from '../queue/queue.module';
import { DispatchSchedule } from './dispatch.schedule';
import { GraphSteps } from './graph-steps';
import { PublishProcessor } from './publish.processor';
import { Publisher } from './publisher';
import { PublishingRecord } from './publishing-record';
import { PublishingRows } from './publishing-rows';
import { Surroundings } from './surroundings';

/** A post as the worker sees it. */
@Module({
  imports: [QueueModule, GraphModule, AccountsModule, AssetsModule, EventsModule],
  providers: [
    Publisher,
    Surroundings,
    PublishingRows,
    PublishingRecord,
    GraphSteps,
    PostTimeline,
    PublishProcessor,
    DispatchSchedule,
  ],
})
export class PublishingModule {}
