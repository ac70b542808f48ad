import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module';
import { PaceModule } from '../pace/pace.module';
import { QuotaController } from './quota.controller';
import { QuotaRepository } from './quota.repository';
import { QuotaService } from './quota.service';

/** How much an account may publish in a day. */
@Module({
  imports: [AccountsModule, PaceModule],
  controllers: [QuotaController],
  providers: [QuotaService, QuotaRepository],
  exports: [QuotaRepository],
})
export class QuotaModule {}
