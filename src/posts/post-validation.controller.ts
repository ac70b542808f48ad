import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiTags } from '@nestjs/swagger';
import { CurrentUser, type User } from '../auth/current-user';
import { ApiErrors } from '../common/api-errors';
import { NewPostBody } from './dto/create-post.dto';
import type { PostValidationView } from './dto/post-validation.dto';
import { PostValidation } from './post-validation.service';
import { SentBody } from './sent-body';

@ApiTags('Posts')
@ApiBearerAuth()
@Controller('api/instagram')
export class PostValidationController {
  constructor(private readonly validation: PostValidation) {}

  /**
   * What creating a post with this body would meet
   *
   * Takes any create body, and runs every check of creating it: of the body itself (also of its shape), the account and
   * the media, which are looked at. All that is wrong is told at once. Nothing is stored, and nothing sent to Instagram.
   */
  @Post('posts/validate')
  @HttpCode(200)
  @ApiBody({ type: NewPostBody })
  @ApiErrors('malformed_json', 'unsupported_media_type', 'payload_too_large')
  validate(@CurrentUser() user: User, @SentBody() body: unknown): Promise<PostValidationView> {
    return this.validation.validate(user.id, NewPostBody, body);
  }
}
