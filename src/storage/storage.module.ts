import { Module } from '@nestjs/common';
import { LocalDisk } from './local-disk';
import { Storage } from './storage';

/** Where uploaded media lives. */
@Module({ providers: [{ provide: Storage, useClass: LocalDisk }], exports: [Storage] })
export class StorageModule {}
