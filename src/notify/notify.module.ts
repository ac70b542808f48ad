import { Module } from '@nestjs/common';
import { NetModule } from '../net/net.module';
import { NotificationsRepository } from './notifications.repository';
import { Notifier } from './notifier';
import { NotifySchedule } from './notify.schedule';
import { Outlets } from './outlets';
import { SheetRows } from './sheet-rows';

/** Telling operators and users what they must know. Part of the worker. */
@Module({ imports: [NetModule], providers: [Outlets, SheetRows, NotificationsRepository, Notifier, NotifySchedule] })
export class NotifyModule {}
