import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { CurrentUser, type User } from '../auth/current-user';
import { ApiErrors } from '../common/api-errors';
import { RefreshTokenAnswer, RefreshTokenRequest } from './dto/refresh-token.dto';
import { TokensService } from './tokens.service';

@ApiTags('Accounts')
@ApiBearerAuth()
@Controller('api/instagram')
export class TokensController {
  constructor(private readonly tokens: TokensService) {}

  /** Prolongs an account's token (Instagram Login), or asks Meta whether it is still good (Facebook Login) */
  @Post('refresh-token')
  @HttpCode(200)
  @ApiErrors(
    'malformed_json',
    'account_not_found',
    'account_not_connected',
    'validation_error',
    'invalid_token',
    'token_expired',
    'permission_denied',
    'rate_limit_exceeded',
    'network_error',
    'instagram_error',
    'timeout_error',
  )
  refresh(@CurrentUser() user: User, @Body() { account_id }: RefreshTokenRequest): Promise<RefreshTokenAnswer> {
    return this.tokens.refresh(user.id, account_id);
  }
}
