import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { CurrentUser, type User } from '../auth/current-user';
import { OpsOnly } from '../auth/ops-only';
import { ApiErrors } from '../common/api-errors';
import { ListQuery } from '../common/list-query.dto';
import { MovePauseBody } from './dto/pause.dto';
import { PauseHistory, PauseView } from './dto/pause-views.dto';
import { PausesService } from './pauses.service';

@ApiTags('Pauses')
@ApiBearerAuth()
@OpsOnly()
@Controller('api/instagram/ops')
export class OpsPausesController {
  constructor(private readonly pauses: PausesService) {}

  /** Hold every post of this installation */
  @Post('pause')
  @HttpCode(200)
  @ApiErrors('malformed_json', 'forbidden', 'validation_error')
  pauseAll(@CurrentUser() { id }: User, @Body() { reason }: MovePauseBody): Promise<PauseView> {
    return this.pauses.pause('all', id, reason);
  }

  /** Let the posts of this installation go again; users and accounts that were paused by themselves stay paused */
  @Post('resume')
  @HttpCode(200)
  @ApiErrors('malformed_json', 'forbidden', 'validation_error')
  resumeAll(@CurrentUser() { id }: User, @Body() { reason }: MovePauseBody): Promise<PauseView> {
    return this.pauses.resume('all', id, reason);
  }

  /** Tell whether every post of this installation is held */
  @Get('pause')
  @ApiErrors('forbidden')
  pauseOfAll(): Promise<PauseView> {
    return this.pauses.read('all');
  }

  /** Who paused and resumed what, and when: everybody's */
  @Get('pause/history')
  @ApiErrors('forbidden', 'invalid_cursor', 'validation_error')
  pauseHistoryOfAll(@Query() query: ListQuery): Promise<PauseHistory> {
    return this.pauses.historyOfAll(query);
  }
}
