import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EventsModule } from '../events/events.module';
import { GraphModule } from '../graph/index';
import { AccountRow } from './account.entity';
import { AccountTokens } from './account-tokens';
import { AccountsController } from './accounts.controller';
import { AccountsRepository } from './accounts.repository';
import { AccountsService } from './accounts.service';
import { ConnectService } from './connect.service';

/** Instagram accounts joined to users. */
@Module({
  imports: [TypeOrmModule.forFeature([AccountRow]), EventsModule, GraphModule],
  controllers: [AccountsController],
  providers: [AccountTokens, AccountsRepository, AccountsService, ConnectService],
  exports: [AccountsService, AccountTokens],
})
export class AccountsModule {}
