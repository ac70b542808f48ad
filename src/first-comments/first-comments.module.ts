import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module';
import { GraphModule } from '../graph';
import { PaceModule } from '../pace/pace.module';
import { PostTimeline } from '../posts/post-timeline';
import { CommentCalls } from './comment-calls';
import { CommentRecord } from './comment-record';
import { CommentRows } from './comment-rows';
import { FirstCommenter } from './first-commenter';
import { FirstCommentSchedule } from './first-comments.schedule';
import { CommentSurroundings } from './surroundings';

/** The comment that follows a post. Part of the worker. */
@Module({
  imports: [GraphModule, AccountsModule, PaceModule],
  providers: [
    FirstCommenter,
    CommentRows,
    CommentCalls,
    CommentRecord,
    CommentSurroundings,
    FirstCommentSchedule,
    PostTimeline,
  ],
  exports: [FirstCommenter],
})
export class FirstCommentsModule {}
