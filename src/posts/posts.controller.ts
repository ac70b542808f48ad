import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentUser, type User } from '../auth/current-user';
import { ApiErrors } from '../common/api-errors';
import { IdParam } from '../common/id-param';
import { CREATE_ERRORS } from './create-errors';
import { CreatePostBody, NewPostBody, SchedulePostBody } from './dto/create-post.dto';
import { ListPostsQuery } from './dto/list-posts.dto';
import {
  PostAccepted,
  PostList,
  PostScheduled,
  PostStatusView,
  PostView,
  StatsView,
  TimelineView,
} from './dto/post-views.dto';
import { DryRunnable } from './dry-run';
import { PostCreation } from './post-creation.service';
import { PostsService } from './posts.service';

@ApiTags('Posts')
@ApiBearerAuth()
@Controller('api/instagram')
export class PostsController {
  constructor(
    private readonly posts: PostsService,
    private readonly creation: PostCreation,
  ) {}

  /** Publish now */
  @Post('post')
  @HttpCode(200)
  @DryRunnable(CreatePostBody, PostAccepted)
  @ApiErrors(...CREATE_ERRORS)
  publishNow(@CurrentUser() user: User, @Body() body: CreatePostBody): Promise<PostAccepted> {
    return this.creation.publishNow(user.id, body);
  }

  /** Publish at a time; the media is prepared before, so that it goes live at that very second */
  @Post('schedule')
  @HttpCode(200)
  @DryRunnable(SchedulePostBody, PostScheduled)
  @ApiErrors(...CREATE_ERRORS)
  schedule(@CurrentUser() user: User, @Body() body: SchedulePostBody): Promise<PostScheduled> {
    return this.creation.schedule(user.id, body);
  }

  /** Make a post: a draft, one for a time, or one that is published now */
  @Post('posts')
  @DryRunnable(NewPostBody)
  @ApiErrors(...CREATE_ERRORS)
  async create(
    @CurrentUser() user: User,
    @Body() body: NewPostBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PostView> {
    const post = await this.creation.post(user.id, body);
    void reply.header('location', `/api/instagram/posts/${post.id}`);
    return post;
  }

  /** How your posts fared */
  @Get('stats')
  @ApiErrors()
  stats(@CurrentUser() user: User): Promise<StatsView> {
    return this.posts.stats(user.id);
  }

  /** List posts, newest first */
  @Get('posts')
  @ApiErrors('invalid_cursor', 'validation_error')
  list(@CurrentUser() user: User, @Query() query: ListPostsQuery): Promise<PostList> {
    return this.posts.list(user.id, query);
  }

  /** Read a post */
  @Get('posts/:id')
  @ApiErrors('not_found')
  get(@CurrentUser() user: User, @Param('id', IdParam) id: number): Promise<PostView> {
    return this.posts.get(user.id, id);
  }

  /** How far a post has come; made for polling */
  @Get('posts/:id/status')
  @ApiErrors('not_found')
  status(@CurrentUser() user: User, @Param('id', IdParam) id: number): Promise<PostStatusView> {
    return this.posts.status(user.id, id);
  }

  /** Every step, Graph call and decision of a post, oldest first */
  @Get('posts/:id/timeline')
  @ApiErrors('not_found')
  timeline(@CurrentUser() user: User, @Param('id', IdParam) id: number): Promise<TimelineView> {
    return this.posts.timeline(user.id, id);
  }
}
