import { Body, Controller, Delete, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { CurrentUser, type User } from '../auth/current-user';
import { ApiErrors } from '../common/api-errors';
import { IdParam } from '../common/id-param';
import { CREATE_ERRORS } from './create-errors';
import { EditPostBody } from './dto/edit-post.dto';
import { PostView } from './dto/post-views.dto';
import { ResolvePostBody } from './dto/resolve-post.dto';
import { PostEditing } from './post-editing.service';
import { PostLifecycle } from './post-lifecycle.service';

@ApiTags('Posts')
@ApiBearerAuth()
@Controller('api/instagram/posts/:id')
export class PostLifecycleController {
  constructor(
    private readonly lifecycle: PostLifecycle,
    private readonly editing: PostEditing,
  ) {}

  /** Edit a draft or scheduled post; what was prepared of it is made anew */
  @Patch()
  @ApiErrors(...CREATE_ERRORS, 'post_not_editable')
  edit(@CurrentUser() user: User, @Param('id', IdParam) id: number, @Body() body: EditPostBody): Promise<PostView> {
    return this.editing.edit(user.id, id, body);
  }

  /** Delete a draft, or cancel a post: after a 204 nothing of it is published */
  @Delete()
  @HttpCode(204)
  @ApiErrors('not_found', 'post_not_cancelable')
  remove(@CurrentUser() user: User, @Param('id', IdParam) id: number): Promise<void> {
    return this.lifecycle.remove(user.id, id);
  }

  /** Publish a draft or scheduled post now */
  @Post('publish')
  @HttpCode(200)
  @ApiErrors('not_found', 'account_not_found', 'post_not_editable', 'duplicate_post')
  publish(@CurrentUser() user: User, @Param('id', IdParam) id: number): Promise<PostView> {
    return this.lifecycle.publish(user.id, id);
  }

  /** Publish a failed or missed post after all, while it is safe to retry */
  @Post('retry')
  @HttpCode(200)
  @ApiErrors('not_found', 'account_not_found', 'post_not_retryable', 'duplicate_post')
  retry(@CurrentUser() user: User, @Param('id', IdParam) id: number): Promise<PostView> {
    return this.lifecycle.retry(user.id, id);
  }

  /**
   * Say whether a post that needs review is on Instagram
   *
   * Look at the account first. `live` completes the post; `not_live` makes it failed and safe to retry. On a post that
   * does not need review: 409 `post_not_editable`.
   */
  @Post('resolve')
  @HttpCode(200)
  @ApiErrors('malformed_json', 'validation_error', 'not_found', 'post_not_editable')
  resolve(
    @CurrentUser() user: User,
    @Param('id', IdParam) id: number,
    @Body() body: ResolvePostBody,
  ): Promise<PostView> {
    return this.lifecycle.resolve(user.id, id, body);
  }
}
