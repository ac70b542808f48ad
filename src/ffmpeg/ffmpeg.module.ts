import { Module } from '@nestjs/common';
import { Ffmpeg } from './ffmpeg';

/** The one program of others that we run, where it is installed. */
@Module({ providers: [Ffmpeg], exports: [Ffmpeg] })
export class FfmpegModule {}
