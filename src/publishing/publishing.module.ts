import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module';
import { AssetsModule } from '../assets/assets.module';
import { EventsModule } from '../events/events.module';
import { GraphModule } from '../graph';
import { PostTimeline } from '../posts/post-timeline';
import { QueueModule } from '../queue/queue.module';
import { PaceModule } from '../pace/pace.module';
import { QuotaModule } from '../quota/quota.module';
import { Claims } from './claims';
import { DispatchSchedule } from './dispatch.schedule';
import { DueRows } from './due-rows';
import { GraphSteps } from './graph-steps';
import { HeldRows } from './held-rows';
import { Pacing } from './pacing.service';
import { PublishProcessor } from './publish.processor';
import { Publisher } from './publisher';
import { PublishingRecord } from './publishing-record';
import { PublishingRows } from './publishing-rows';
import { Uploads } from './uploads';
import { Surroundings } from './surroundings';

/** A post as the worker sees it. */
@Module({
  imports: [QueueModule, GraphModule, AccountsModule, AssetsModule, EventsModule, PaceModule, QuotaModule],
  providers: [
    Publisher,
    Claims,
    Pacing,
    DueRows,
    HeldRows,
    Surroundings,
    PublishingRows,
    PublishingRecord,
    GraphSteps,
    Uploads,
    PostTimeline,
    PublishProcessor,
    DispatchSchedule,
  ],
})
export class PublishingModule {}
