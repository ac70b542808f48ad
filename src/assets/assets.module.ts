import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { FfmpegModule } from '../ffmpeg/ffmpeg.module';
import { NetModule } from '../net/net.module';
import { QueueModule } from '../queue/queue.module';
import { StorageModule } from '../storage/storage.module';
import { AssetDelivery } from './asset-delivery';
import { AssetEntity } from './asset.entity';
import { AssetCompletion } from './asset-completion.service';
import { AssetIntake } from './asset-intake.service';
import { AssetPresignController } from './asset-presign.controller';
import { AssetPresign } from './asset-presign.service';
import { AssetRemoval } from './asset-removal';
import { AssetUpload } from './asset-upload';
import { AssetsController } from './assets.controller';
import { AssetsRepository } from './assets.repository';
import { AssetsService } from './assets.service';
import { ImageMender } from './image-mender';
import { MediaProbe } from './media-probe';
import { RobotsCheck } from './meta-crawler';
import { Mending } from './mending';

/** The media library, and probing for whoever takes URLs. */
@Module({
  imports: [TypeOrmModule.forFeature([AssetEntity]), FfmpegModule, NetModule, QueueModule, StorageModule],
  controllers: [AssetsController, AssetPresignController],
  providers: [
    AssetsService,
    AssetsRepository,
    AssetDelivery,
    AssetIntake,
    AssetUpload,
    AssetPresign,
    AssetCompletion,
    AssetRemoval,
    ImageMender,
    MediaProbe,
    Mending,
    RobotsCheck,
  ],
  exports: [AssetsService, AssetDelivery, AssetRemoval, MediaProbe],
})
export class AssetsModule {}
