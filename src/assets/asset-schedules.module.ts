import { Module } from '@nestjs/common';
import { RelayModule } from '../relay/relay.module';
import { AssetRetentionSchedule } from './asset-retention.schedule';
import { AssetsModule } from './assets.module';

/** What the worker does for the media library. */
@Module({ imports: [AssetsModule, RelayModule], providers: [AssetRetentionSchedule] })
export class AssetSchedulesModule {}
