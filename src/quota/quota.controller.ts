import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { AccountQuery } from '../accounts/dto/connect.dto';
import { CurrentUser, type User } from '../auth/current-user';
import { ApiErrors } from '../common/api-errors';
import { PublishingLimitView } from './dto/publishing-limit.dto';
import { QuotaService } from './quota.service';

@ApiTags('Posts')
@ApiBearerAuth()
@Controller('api/instagram')
export class QuotaController {
  constructor(private readonly quotas: QuotaService) {}

  /** How many posts Instagram lets this account publish in 24 hours, and how many of them are used or spoken for */
  @Get('publishing-limit')
  @ApiErrors(
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
  limit(@CurrentUser() user: User, @Query() { account_id }: AccountQuery): Promise<PublishingLimitView> {
    return this.quotas.limit(user.id, account_id);
  }
}
