import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { CurrentUser, type User } from '../auth/current-user';
import { ApiErrors } from '../common/api-errors';
import { ListQuery } from '../common/list-query.dto';
import { AuditService } from './audit.service';
import { AuditPage } from './dto/audit.dto';

@ApiTags('Privacy')
@ApiBearerAuth()
@Controller('api/instagram')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  /** What was done to your accounts, by whom and when: connected, refreshed, disconnected, erased */
  @Get('accounts/audit')
  @ApiErrors('invalid_cursor', 'validation_error')
  accountAudit(@CurrentUser() { id }: User, @Query() query: ListQuery): Promise<AuditPage> {
    return this.audit.list(id, query);
  }
}
