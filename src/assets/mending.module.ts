import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { FfmpegModule } from '../ffmpeg/ffmpeg.module';
import { QueueModule } from '../queue/queue.module';
import { StorageModule } from '../storage/storage.module';
import { AssetEntity } from './asset.entity';
import { AssetsModule } from './assets.module';
import { MendProcessor } from './mend.processor';
import { MendSchedule, SweepSettings } from './mend.schedule';
import { MendingFiles } from './mending-files';
import { MendingLease } from './mending-lease';
import { MendingsRepository } from './mendings.repository';
import { VideoMender } from './video-mender';

/** Mending videos in the background. Part of the worker. */
@Module({
  imports: [TypeOrmModule.forFeature([AssetEntity]), AssetsModule, FfmpegModule, QueueModule, StorageModule],
  providers: [MendingsRepository, MendingLease, MendingFiles, VideoMender, MendProcessor, SweepSettings, MendSchedule],
})
export class MendingModule {}
