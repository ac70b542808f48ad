import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { TypeOverrides } from 'pg';
import type { DataSourceOptions } from 'typeorm';
import type { Settings } from '../config/settings';

const MIGRATIONS = join(__dirname, '..', '..', 'migrations');
const INT8 = 20;

/** How every process reaches PostgreSQL. Entities are registered by the rooms that own them. */
export function dataSourceOptions(settings: Settings): DataSourceOptions {
  // Our ids are integers to clients; bigint columns stay far below 2^53.
  const types = new TypeOverrides();
  types.setTypeParser(INT8, Number);
  return {
    type: 'postgres',
    url: settings.database.url,
    poolSize: settings.database.poolSize,
    applicationName: 'instagram-publisher',
    connectTimeoutMS: 5_000,
    synchronize: false,
    logging: false,
    migrations: readdirSync(MIGRATIONS)
      .filter((file) => /^\d+-[a-z-]+\.(ts|js)$/.test(file))
      .map((file) => join(MIGRATIONS, file)),
    migrationsTableName: 'migrations',
    extra: { types, keepAlive: true },
  };
}
