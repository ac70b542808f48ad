import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { NetModule } from '../net/net.module';
import { StorageModule } from '../storage/storage.module';
import { AssetDelivery } from './asset-delivery';
import { AssetEntity } from './asset.entity';
import { AssetUpload } from './asset-upload';
import { AssetsController } from './assets.controller';
import { AssetsRepository } from './assets.repository';
import { AssetsService } from './assets.service';
import { MediaProbe } from './media-probe';

/** The media library, and probing for whoever takes URLs. */
@Module({
  imports: [TypeOrmModule.forFeature([AssetEntity]), NetModule, StorageModule],
  controllers: [AssetsController],
  providers: [AssetsService, AssetsRepository, AssetUpload, AssetDelivery, MediaProbe],
  exports: [AssetsService, AssetDelivery, MediaProbe],
})
export class AssetsModule {}
