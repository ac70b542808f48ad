import { Controller, Get, Head, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiExcludeEndpoint, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentUser, type User } from '../auth/current-user';
import { ApiErrors } from '../common/api-errors';
import { AppError } from '../common/app-error';
import { Public } from '../common/public';
import { CallbackService } from './callback.service';
import { AuthorizeAnswer } from './dto/account-answers.dto';
import { AuthorizeQuery, type CallbackQuery } from './dto/connect.dto';
import { OauthService } from './oauth.service';

@ApiTags('Accounts')
@Controller('api/instagram')
export class OauthController {
  constructor(
    private readonly oauth: OauthService,
    private readonly callbacks: CallbackService,
  ) {}

  /** Begins a login: where to send the person's browser */
  @Get('oauth/authorize')
  @ApiBearerAuth()
  @ApiErrors('redirect_not_allowed', 'validation_error')
  authorize(@CurrentUser() user: User, @Query() query: AuthorizeQuery): Promise<AuthorizeAnswer> {
    return this.oauth.authorize(user.id, query);
  }

  /** A look at the link, by a chat program say, must not use up its state and its code. First: GET would answer it, too. */
  @Head('callback')
  @Public()
  @ApiExcludeEndpoint()
  look(): never {
    throw new AppError('method_not_allowed', 'The callback answers GET.');
  }

  /** Where Meta's dialogs send a browser back to: connects the account, and sends the browser on to the front end */
  @Get('callback')
  @Public()
  @ApiQuery({ name: 'code', required: false, schema: { type: 'string' } })
  @ApiQuery({ name: 'state', required: false, schema: { type: 'string' } })
  @ApiQuery({ name: 'error', required: false, schema: { type: 'string' } })
  @ApiResponse({
    status: 302,
    description:
      'To FRONTEND_URL with `connected=true&account_id=…`, `selection_token=…` or `error=<error_type>` in its query',
  })
  @ApiResponse({
    status: 200,
    description: 'The same for a person to read, where there is no FRONTEND_URL',
    content: { 'text/html': { schema: { type: 'string' } } },
  })
  async callback(@Query() query: CallbackQuery, @Res() reply: FastifyReply): Promise<void> {
    const { status, headers, body } = await this.callbacks.finish(query);
    void reply.status(status).headers(headers).send(body);
  }
}
