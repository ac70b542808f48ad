import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountsModule } from '../accounts/accounts.module';
import { AssetsModule } from '../assets/assets.module';
import { EventsModule } from '../events/events.module';
import { QueueModule } from '../queue/queue.module';
import { PostCreation } from './post-creation.service';
import { PostEntity } from './post.entity';
import { PostIntake } from './post-intake';
import { PostMedia } from './post-media';
import { PostTimeline } from './post-timeline';
import { PostsController } from './posts.controller';
import { PostsRepository } from './posts.repository';
import { PostsService } from './posts.service';

/** A post as its user sees it. */
@Module({
  imports: [TypeOrmModule.forFeature([PostEntity]), AccountsModule, AssetsModule, EventsModule, QueueModule],
  controllers: [PostsController],
  providers: [PostsService, PostCreation, PostIntake, PostMedia, PostTimeline, PostsRepository],
})
export class PostsModule {}
