import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { CurrentUser, type User } from '../auth/current-user';
import { ApiErrors } from '../common/api-errors';
import { AccountSelection } from './account-selection.service';
import { ConnectService } from './connect.service';
import { ConnectedAnswer, ManuallyConnectedAnswer } from './dto/account-answers.dto';
import { AvailableAccounts, SelectedAnswer } from './dto/account-views.dto';
import { ConnectRequest, ManualConnectRequest, SelectionQuery, SelectRequest } from './dto/connect.dto';
import { ManualConnect } from './manual-connect.service';

/** What asking Instagram about a token may come to. */
const OF_THE_TOKEN = [
  'invalid_token',
  'token_expired',
  'permission_denied',
  'account_not_found',
  'rate_limit_exceeded',
  'network_error',
  'instagram_error',
  'timeout_error',
] as const;

@ApiTags('Accounts')
@ApiBearerAuth()
@Controller('api/instagram')
export class ConnectController {
  constructor(
    private readonly connecting: ConnectService,
    private readonly selection: AccountSelection,
    private readonly byToken: ManualConnect,
  ) {}

  /** Connects an account with the code of a login */
  @Post('connect')
  @HttpCode(200)
  @ApiErrors(
    'malformed_json',
    'oauth_state_invalid',
    'oauth_code_invalid',
    'no_instagram_account',
    'account_not_business',
    'account_selection_required',
    'validation_error',
    ...OF_THE_TOKEN,
  )
  connect(@CurrentUser() user: User, @Body() body: ConnectRequest): Promise<ConnectedAnswer> {
    return this.connecting.withCode(user.id, body);
  }

  /** Lists the accounts that a login reaches, to choose among */
  @Get('available-accounts')
  @ApiErrors('oauth_state_invalid', 'validation_error')
  availableAccounts(@CurrentUser() user: User, @Query() query: SelectionQuery): Promise<AvailableAccounts> {
    return this.selection.available(user.id, query.selection_token);
  }

  /** Connects the accounts that were chosen: all of them, or none */
  @Post('connect/select')
  @HttpCode(200)
  @ApiErrors('malformed_json', 'oauth_state_invalid', 'validation_error', ...OF_THE_TOKEN)
  selectAccounts(@CurrentUser() user: User, @Body() body: SelectRequest): Promise<SelectedAnswer> {
    return this.selection.select(user.id, body);
  }

  /** Connects an account with a token made elsewhere, once Instagram has confirmed it */
  @Post('manual-connect')
  @HttpCode(200)
  @ApiErrors('malformed_json', 'account_not_business', 'validation_error', ...OF_THE_TOKEN)
  manualConnect(@CurrentUser() user: User, @Body() body: ManualConnectRequest): Promise<ManuallyConnectedAnswer> {
    return this.byToken.connect(user.id, body);
  }
}
