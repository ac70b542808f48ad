import { Module } from '@nestjs/common';
import { ErasingModule } from './erasing.module';
import { ErasingSchedule } from './erasing.schedule';

/** The worker's part. */
@Module({ imports: [ErasingModule], providers: [ErasingSchedule] })
export class PrivacyWorkerModule {}
