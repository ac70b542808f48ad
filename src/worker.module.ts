import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { AssetSchedulesModule } from './assets/asset-schedules.module';
import { MendingModule } from './assets/mending.module';
import { CommonModule } from './common/common.module';
import { ConfigModule } from './config/config.module';
import { DatabaseModule } from './database/database.module';
import { NotifyModule } from './notify/notify.module';
import { AutoPostingModule } from './posts/auto-posting.module';
import { PrivacyWorkerModule } from './privacy/privacy-worker.module';
import { PublishingModule } from './publishing/publishing.module';
import { TokenSchedulesModule } from './tokens/token-schedules.module';

/** What the worker process is made of: processors and schedules. */
@Module({
  imports: [
    CommonModule,
    ConfigModule.forProcess('worker'),
    DatabaseModule,
    ScheduleModule.forRoot(),
    AssetSchedulesModule,
    PrivacyWorkerModule,
    PublishingModule,
    AutoPostingModule,
    MendingModule,
    NotifyModule,
    TokenSchedulesModule,
  ],
})
export class WorkerModule {}
