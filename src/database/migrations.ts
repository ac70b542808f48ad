import { DataSource } from 'typeorm';
import type { Settings } from '../config/settings';
import { dataSourceOptions } from './data-source';

/** Spells "IGPB"; any number would do, as long as every version of us uses the same. */
const ADVISORY_LOCK = 0x49475042;

/**
 * Brings our tables up to date. Any number of processes may call this at once: one works, the others wait and find
 * nothing left to do.
 * @returns the names of the migrations that ran
 */
export async function migrate(settings: Settings): Promise<string[]> {
  const dataSource = await new DataSource(dataSourceOptions(settings)).initialize();
  try {
    const session = dataSource.createQueryRunner();
    await session.connect();
    try {
      await session.query('SELECT pg_advisory_lock($1)', [ADVISORY_LOCK]);
      const applied = await dataSource.runMigrations({ transaction: 'each' });
      return applied.map(({ name }) => name);
    } finally {
      await session.query('SELECT pg_advisory_unlock($1)', [ADVISORY_LOCK]);
      await session.release();
    }
  } finally {
    await dataSource.destroy();
  }
}
