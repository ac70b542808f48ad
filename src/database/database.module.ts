import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { Vault } from '../common/vault';
import { Settings } from '../config/settings';
import { dataSourceOptions } from './data-source';
import { checkKeys } from './key-check';
import { SchemaHealth } from './schema-health';
import { Transactions } from './transactions';

/** The connection pool of this process and the transactions on it. */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Settings],
      useFactory: (settings: Settings) => ({
        ...dataSourceOptions(settings),
        autoLoadEntities: true,
        retryAttempts: 5,
        retryDelay: 1_000,
      }),
    }),
  ],
  providers: [
    Transactions,
    SchemaHealth,
    // While the process is put together: no request is answered and no job is taken with a wrong key.
    { provide: 'KEYS_CHECKED', useFactory: checkKeys, inject: [DataSource, Vault] },
  ],
  exports: [Transactions, SchemaHealth],
})
export class DatabaseModule {}
