import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EventRow } from './event.entity';
import { Events } from './events';

/** The outbox. */
@Module({ imports: [TypeOrmModule.forFeature([EventRow])], providers: [Events], exports: [Events] })
export class EventsModule {}
