import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module';
import { EventsModule } from '../events/events.module';
import { GraphModule } from '../graph';
import { PaceModule } from '../pace/pace.module';
import { InstallationAccount } from './installation-account';
import { TokenCalls } from './token-calls';
import { TokenKeeper } from './token-keeper';
import { TokenRecord } from './token-record';
import { TokensController } from './tokens.controller';
import { TokensRepository } from './tokens.repository';
import { TokensService } from './tokens.service';

/** Keeping credentials alive. */
@Module({
  imports: [AccountsModule, EventsModule, GraphModule, PaceModule],
  controllers: [TokensController],
  providers: [InstallationAccount, TokenCalls, TokenKeeper, TokenRecord, TokensRepository, TokensService],
  exports: [TokenKeeper, TokensRepository],
})
export class TokensModule {}
