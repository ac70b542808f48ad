import { Module } from '@nestjs/common';
import { Clock } from '../common/clock';
import { Log } from '../common/log';
import { Settings } from '../config/settings';
import { Bucket } from './bucket';
import { LocalDisk } from './local-disk';
import { SignedUrls } from './signed-urls';
import { Staging } from './staging';
import { Storage } from './storage';

/** Where uploaded media lives: a bucket where one is set, else the local disk. */
@Module({
  providers: [
    Staging,
    SignedUrls,
    {
      provide: Storage,
      inject: [Settings, Staging, SignedUrls, Clock, Log],
      useFactory: (settings: Settings, staging: Staging, urls: SignedUrls, clock: Clock, log: Log) => {
        const { bucket, maxUploadBytes } = settings.storage;
        return bucket
          ? new Bucket(bucket, maxUploadBytes, { staging, urls, clock, log })
          : new LocalDisk(settings, staging, urls);
      },
    },
  ],
  exports: [Storage, SignedUrls],
})
export class StorageModule {}
