import { Module } from '@nestjs/common';
import { EventsModule } from '../events/events.module';
import { ExpiryWarnings } from './expiry-warnings';
import { TokenRuns } from './token-runs';
import { TokensModule } from './tokens.module';
import { TokensSchedule } from './tokens.schedule';

/** When tokens are looked at: for the worker process. */
@Module({
  imports: [TokensModule, EventsModule],
  providers: [TokenRuns, ExpiryWarnings, TokensSchedule],
})
export class TokenSchedulesModule {}
