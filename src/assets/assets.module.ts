import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { NetModule } from '../net/net.module';
import { StorageModule } from '../storage/storage.module';
import { AssetEntity } from './asset.entity';
import { AssetCompletion } from './asset-completion.service';
import { AssetPresignController } from './asset-presign.controller';
import { AssetPresign } from './asset-presign.service';
import { AssetRemoval } from './asset-removal';
import { AssetUpload } from './asset-upload';
import { AssetsController } from './assets.controller';
import { AssetsRepository } from './assets.repository';
import { AssetsService } from './assets.service';
import { MediaProbe } from './media-probe';
import { RobotsCheck } from './meta-crawler';

/** The media library, and probing for whoever takes URLs. */
@Module({
  imports: [TypeOrmModule.forFeature([AssetEntity]), NetModule, StorageModule],
  controllers: [AssetsController, AssetPresignController],
  providers: [
    AssetsService,
    AssetsRepository,
    AssetUpload,
    AssetPresign,
    AssetCompletion,
    AssetRemoval,
    MediaProbe,
    RobotsCheck,
  ],
  exports: [AssetsService, AssetRemoval, MediaProbe],
})
export class AssetsModule {}
