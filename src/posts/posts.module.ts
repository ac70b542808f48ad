import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountsModule } from '../accounts/accounts.module';
import { AssetsModule } from '../assets/assets.module';
import { EventsModule } from '../events/events.module';
import { RelayModule } from '../relay/relay.module';
import { QueueModule } from '../queue/queue.module';
import { QuotaModule } from '../quota/quota.module';
import { DryRun } from './dry-run';
import { FirstComments } from './first-comments';
import { DuplicateGuard } from './duplicate-guard';
import { PostBatchController } from './post-batch.controller';
import { PostBatch } from './post-batch.service';
import { PostCreation } from './post-creation.service';
import { PostEditing } from './post-editing.service';
import { PostEntity } from './post.entity';
import { PostIntake } from './post-intake';
import { PostLifecycleController } from './post-lifecycle.controller';
import { PostLifecycle } from './post-lifecycle.service';
import { PostMedia } from './post-media';
import { PostMovesRepository } from './post-moves.repository';
import { PostMoving } from './post-moving.service';
import { PostPlanning } from './post-planning.service';
import { PostTimeline } from './post-timeline';
import { PostValidationController } from './post-validation.controller';
import { PostValidation } from './post-validation.service';
import { PostsController } from './posts.controller';
import { PostsRepository } from './posts.repository';
import { PostsService } from './posts.service';

/** A post as its user sees it. */
@Module({
  imports: [
    TypeOrmModule.forFeature([PostEntity]),
    AccountsModule,
    AssetsModule,
    EventsModule,
    QueueModule,
    QuotaModule,
    RelayModule,
  ],
  controllers: [PostsController, PostBatchController, PostLifecycleController, PostValidationController],
  providers: [
    PostsService,
    PostCreation,
    PostBatch,
    PostPlanning,
    PostValidation,
    DryRun,
    PostIntake,
    PostEditing,
    PostLifecycle,
    PostMoving,
    PostMedia,
    PostTimeline,
    FirstComments,
    DuplicateGuard,
    PostsRepository,
    PostMovesRepository,
  ],
  exports: [PostCreation],
})
export class PostsModule {}
