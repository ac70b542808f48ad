import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { CurrentUser, type User } from '../auth/current-user';
import { ApiErrors } from '../common/api-errors';
import { ListQuery } from '../common/list-query.dto';
import { MovePauseBody } from './dto/pause.dto';
import { PauseHistory, PauseView } from './dto/pause-views.dto';
import { PausesService } from './pauses.service';

@ApiTags('Pauses')
@ApiBearerAuth()
@Controller('api/instagram')
export class PausesController {
  constructor(private readonly pauses: PausesService) {}

  /** Hold all posts of an account; what is due meanwhile waits */
  @Post('accounts/:account_id/pause')
  @HttpCode(200)
  @ApiErrors('malformed_json', 'account_not_found', 'validation_error')
  pauseAccount(
    @CurrentUser() { id }: User,
    @Param('account_id') accountId: string,
    @Body() { reason }: MovePauseBody,
  ): Promise<PauseView> {
    return this.pauses.pause({ userId: id, accountId }, id, reason);
  }

  /** Let the posts of an account go again */
  @Post('accounts/:account_id/resume')
  @HttpCode(200)
  @ApiErrors('malformed_json', 'account_not_found', 'validation_error')
  resumeAccount(
    @CurrentUser() { id }: User,
    @Param('account_id') accountId: string,
    @Body() { reason }: MovePauseBody,
  ): Promise<PauseView> {
    return this.pauses.resume({ userId: id, accountId }, id, reason);
  }

  /** Tell whether the posts of an account are held, and by which switches */
  @Get('accounts/:account_id/pause')
  @ApiErrors('account_not_found')
  accountPause(@CurrentUser() { id }: User, @Param('account_id') accountId: string): Promise<PauseView> {
    return this.pauses.read({ userId: id, accountId });
  }

  /** Hold all of your posts, of every account */
  @Post('pause')
  @HttpCode(200)
  @ApiErrors('malformed_json', 'validation_error')
  pauseMine(@CurrentUser() { id }: User, @Body() { reason }: MovePauseBody): Promise<PauseView> {
    return this.pauses.pause({ userId: id }, id, reason);
  }

  /** Let your posts go again; accounts that were paused by themselves stay paused */
  @Post('resume')
  @HttpCode(200)
  @ApiErrors('malformed_json', 'validation_error')
  resumeMine(@CurrentUser() { id }: User, @Body() { reason }: MovePauseBody): Promise<PauseView> {
    return this.pauses.resume({ userId: id }, id, reason);
  }

  /** Tell whether your posts are held */
  @Get('pause')
  @ApiErrors()
  myPause(@CurrentUser() { id }: User): Promise<PauseView> {
    return this.pauses.read({ userId: id });
  }

  /** Who paused and resumed what of yours, and when; with the switches of the whole installation among it */
  @Get('pause/history')
  @ApiErrors('invalid_cursor', 'validation_error')
  pauseHistory(@CurrentUser() { id }: User, @Query() query: ListQuery): Promise<PauseHistory> {
    return this.pauses.historyOf(id, query);
  }
}
