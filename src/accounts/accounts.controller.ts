import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { CurrentUser, type User } from '../auth/current-user';
import { ApiErrors } from '../common/api-errors';
import { AccountsService } from './accounts.service';
import { ConnectService } from './connect.service';
import { AccountAnswer, ConnectedAnswer, DisconnectedAnswer, ManuallyConnectedAnswer } from './dto/account-answers.dto';
import { AccountQuery, ConnectRequest, DisconnectRequest, ManualConnectRequest } from './dto/connect.dto';

@ApiTags('Accounts')
@ApiBearerAuth()
@Controller('api/instagram')
export class AccountsController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly connecting: ConnectService,
  ) {}

  /** Connects an account with the code of Facebook Login */
  @Post('connect')
  @HttpCode(200)
  @ApiErrors(
    'malformed_json',
    'oauth_code_invalid',
    'no_instagram_account',
    'invalid_token',
    'permission_denied',
    'account_not_found',
    'account_selection_required',
    'validation_error',
    'rate_limit_exceeded',
    'network_error',
    'instagram_error',
    'timeout_error',
  )
  connect(@CurrentUser() user: User, @Body() body: ConnectRequest): Promise<ConnectedAnswer> {
    return this.connecting.withCode(user.id, body);
  }

  /** Connects an account with a token made elsewhere, once Instagram has confirmed it */
  @Post('manual-connect')
  @HttpCode(200)
  @ApiErrors(
    'malformed_json',
    'account_not_business',
    'invalid_token',
    'token_expired',
    'permission_denied',
    'account_not_found',
    'validation_error',
    'rate_limit_exceeded',
    'network_error',
    'instagram_error',
    'timeout_error',
  )
  manualConnect(@CurrentUser() user: User, @Body() body: ManualConnectRequest): Promise<ManuallyConnectedAnswer> {
    return this.connecting.manually(user.id, body);
  }

  /** Tells which account is connected, and for how long its token is good */
  @Get('account')
  @ApiErrors('account_not_found', 'validation_error')
  account(@CurrentUser() user: User, @Query() query: AccountQuery): Promise<AccountAnswer> {
    return this.accounts.describe(user.id, query.account_id);
  }

  /** Disconnects an account and erases its token */
  @Post('disconnect')
  @HttpCode(200)
  @ApiErrors('malformed_json', 'account_not_found', 'account_not_connected', 'validation_error')
  disconnect(@CurrentUser() user: User, @Body() body: DisconnectRequest): Promise<DisconnectedAnswer> {
    return this.accounts.disconnect(user.id, body.account_id);
  }
}
