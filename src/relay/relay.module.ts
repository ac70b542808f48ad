import { Module } from '@nestjs/common';
import { StorageModule } from '../storage/storage.module';
import { ExpectedUploads } from './expected-uploads';
import { FetchLog } from './fetch-log';
import { MediaFetchesRepository } from './media-fetches.repository';

/** Our own files as Meta fetches them, and what became of each fetch. */
@Module({
  imports: [StorageModule],
  providers: [FetchLog, MediaFetchesRepository, ExpectedUploads],
  exports: [MediaFetchesRepository],
})
export class RelayModule {}
