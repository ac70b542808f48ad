import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module';
import { EventsModule } from '../events/events.module';
import { AuditController } from './audit.controller';
import { AuditRepository } from './audit.repository';
import { AuditService } from './audit.service';
import { DeletionsRepository } from './deletions.repository';
import { ErasingModule } from './erasing.module';
import { LeavingService } from './leaving.service';
import { MetaRequestsController } from './meta-requests.controller';
import { MetaRequestsService } from './meta-requests.service';
import { PeopleRepository } from './people.repository';

/** What people may ask of us: to let go of them, to erase what is known of them, to tell what was done. */
@Module({
  imports: [AccountsModule, EventsModule, ErasingModule],
  controllers: [AuditController, MetaRequestsController],
  providers: [
    AuditRepository,
    AuditService,
    DeletionsRepository,
    LeavingService,
    MetaRequestsService,
    PeopleRepository,
  ],
})
export class PrivacyModule {}
