import { Module } from '@nestjs/common';
import { GraphModule } from '../graph';
import { GatesRepository } from './gates.repository';
import { Pace } from './pace.service';
import { PacedReading } from './paced-reading';

/** How fast we may go. */
@Module({ imports: [GraphModule], providers: [Pace, PacedReading, GatesRepository], exports: [Pace, PacedReading] })
export class PaceModule {}
