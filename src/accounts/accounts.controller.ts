import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { CurrentUser, type User } from '../auth/current-user';
import { ApiErrors } from '../common/api-errors';
import { ListQuery } from '../common/list-query.dto';
import { AccountDetails } from './account-details.service';
import { AccountListing } from './account-listing.service';
import { AccountUpkeep } from './account-upkeep.service';
import { ConnectionTest } from './connection-test.service';
import { AccountAnswer, DefaultAnswer, DisconnectedAnswer } from './dto/account-answers.dto';
import { AccountList, AccountView, ConnectionTestAnswer } from './dto/account-views.dto';
import { AccountQuery, AccountRequest, DetailsQuery } from './dto/connect.dto';

@ApiTags('Accounts')
@ApiBearerAuth()
@Controller('api/instagram')
export class AccountsController {
  constructor(
    private readonly listing: AccountListing,
    private readonly details: AccountDetails,
    private readonly upkeep: AccountUpkeep,
    private readonly connection: ConnectionTest,
  ) {}

  /** Tells which account is connected, and for how long its token is good */
  @Get('account')
  @ApiErrors('account_not_found', 'validation_error')
  account(@CurrentUser() user: User, @Query() query: AccountQuery): Promise<AccountAnswer> {
    return this.listing.describe(user.id, query.account_id);
  }

  /** Lists the connected accounts, without asking Instagram */
  @Get('accounts')
  @ApiErrors('invalid_cursor', 'validation_error')
  accounts(@CurrentUser() user: User, @Query() query: ListQuery): Promise<AccountList> {
    return this.listing.list(user.id, query);
  }

  /** Shows an account; when Instagram can't be asked, what it said last: `details_fetched_at` tells how old that is */
  @Get('accounts/:account_id')
  @ApiErrors('account_not_found', 'validation_error')
  accountDetails(
    @CurrentUser() user: User,
    @Param('account_id') accountId: string,
    @Query() { refresh }: DetailsQuery,
  ): Promise<AccountView> {
    return this.details.read(user.id, accountId, refresh === 'true');
  }

  /** Makes an account the one that is meant where a request names none */
  @Post('accounts/:account_id/default')
  @HttpCode(200)
  @ApiErrors('account_not_found')
  makeDefault(@CurrentUser() user: User, @Param('account_id') accountId: string): Promise<DefaultAnswer> {
    return this.upkeep.makeDefault(user.id, accountId);
  }

  /** Disconnects an account and erases its token; its posts stay */
  @Delete('accounts/:account_id')
  @HttpCode(204)
  @ApiErrors('account_not_found')
  async removeAccount(@CurrentUser() user: User, @Param('account_id') accountId: string): Promise<void> {
    await this.upkeep.disconnect(user.id, accountId);
  }

  /** Disconnects an account and erases its token */
  @Post('disconnect')
  @HttpCode(200)
  @ApiErrors('malformed_json', 'account_not_found', 'account_not_connected', 'validation_error')
  disconnect(@CurrentUser() user: User, @Body() body: AccountRequest): Promise<DisconnectedAnswer> {
    return this.upkeep.disconnect(user.id, body.account_id);
  }

  /** Tries everything that publishing needs, short of publishing */
  @Post('test-connection')
  @HttpCode(200)
  @ApiErrors('malformed_json', 'account_not_found', 'account_not_connected', 'validation_error')
  testConnection(@CurrentUser() user: User, @Body() body: AccountRequest): Promise<ConnectionTestAnswer> {
    return this.connection.run(user.id, body.account_id);
  }
}
