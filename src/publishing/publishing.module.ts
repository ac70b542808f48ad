import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module';
import { AssetsModule } from '../assets/assets.module';
import { EventsModule } from '../events/events.module';
import { FirstCommentsModule } from '../first-comments/first-comments.module';
import { GraphModule } from '../graph';
import { FirstComments } from '../posts/first-comments';
import { PostTimeline } from '../posts/post-timeline';
import { QueueModule } from '../queue/queue.module';
import { PaceModule } from '../pace/pace.module';
import { RelayModule } from '../relay/relay.module';
import { StorageModule } from '../storage/storage.module';
import { QuotaModule } from '../quota/quota.module';
import { Claims } from './claims';
import { DispatchSchedule } from './dispatch.schedule';
import { DueRows } from './due-rows';
import { FetchFindings } from './fetch-findings';
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
  imports: [
    QueueModule,
    GraphModule,
    AccountsModule,
    AssetsModule,
    EventsModule,
    PaceModule,
    QuotaModule,
    FirstCommentsModule,
    RelayModule,
    StorageModule,
  ],
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
    FetchFindings,
    Uploads,
    PostTimeline,
    FirstComments,
    PublishProcessor,
    DispatchSchedule,
  ],
})
export class PublishingModule {}
