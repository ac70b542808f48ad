import { Module } from '@nestjs/common';
import { AutoPostRows } from './auto-post-rows';
import { AutoPosting } from './auto-posting.service';
import { AutoPostingSchedule } from './auto-posting.schedule';
import { PostsModule } from './posts.module';

/** Posts of assets that ask for it. Part of the worker. */
@Module({ imports: [PostsModule], providers: [AutoPosting, AutoPostRows, AutoPostingSchedule] })
export class AutoPostingModule {}
