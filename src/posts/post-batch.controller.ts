import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiExtraModels, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { CurrentUser, type User } from '../auth/current-user';
import { ApiErrors } from '../common/api-errors';
import { RequestId, UncheckedBody } from '../common/request-parts';
import { BatchForAccounts, BatchOfPosts, type BatchResult } from './dto/batch.dto';
import { PostBatch } from './post-batch.service';

@ApiTags('Posts')
@ApiBearerAuth()
@Controller('api/instagram')
export class PostBatchController {
  constructor(private readonly batch: PostBatch) {}

  /**
   * Make up to 100 posts: several, or one for several accounts
   *
   * Each is taken or refused by itself, in order, as `POST /posts` would; look at `failed` and at the `status` of each.
   */
  @Post('posts/batch')
  @HttpCode(200)
  @ApiExtraModels(BatchOfPosts, BatchForAccounts)
  @ApiBody({
    schema: { oneOf: [{ $ref: getSchemaPath(BatchOfPosts) }, { $ref: getSchemaPath(BatchForAccounts) }] },
  })
  @ApiErrors('malformed_json', 'validation_error', 'unsupported_media_type', 'payload_too_large')
  createBatch(
    @CurrentUser() user: User,
    @UncheckedBody() body: unknown,
    @RequestId() requestId: string,
  ): Promise<BatchResult> {
    return this.batch.make(user.id, body, requestId);
  }
}
