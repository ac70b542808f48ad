import { Module } from '@nestjs/common';
import { DeletionsRepository } from './deletions.repository';
import { ErasingService } from './erasing.service';
import { TracesRepository } from './traces.repository';

/** Erasing what erased accounts left behind; both processes do it. */
@Module({
  providers: [DeletionsRepository, ErasingService, TracesRepository],
  exports: [ErasingService],
})
export class ErasingModule {}
