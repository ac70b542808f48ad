import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module';
import { OpsPausesController } from './ops-pauses.controller';
import { PausesController } from './pauses.controller';
import { PausesRepository } from './pauses.repository';
import { PausesService } from './pauses.service';

/** Switches that hold posts back: an account's, a user's, the installation's. */
@Module({
  imports: [AccountsModule],
  controllers: [PausesController, OpsPausesController],
  providers: [PausesRepository, PausesService],
})
export class PausesModule {}
