import { Module } from '@nestjs/common';
import { FfmpegModule } from '../ffmpeg/ffmpeg.module';
import { QueueModule } from '../queue/queue.module';
import { HealthController } from './health.controller';
import { HealthService } from './health.service';

/** For those who run it. */
@Module({ imports: [FfmpegModule, QueueModule], controllers: [HealthController], providers: [HealthService] })
export class OpsModule {}
