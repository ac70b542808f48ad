import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { Log } from './common/log';
import { Vault } from './common/vault';
import { loadEnv } from './config/env';
import { Settings } from './config/settings';
import { dataSourceOptions } from './database/data-source';
import { rotateKeys } from './database/key-rotation';
import { failedToStart } from './process-life';

/**
 * `npm run keys:rotate`: seals what is stored anew with the first of ENCRYPTION_KEYS, while the system runs. Exit code 0
 * says that no other key is needed any more; docs/security.md tells the steps around it.
 */
async function main(): Promise<void> {
  const settings = new Settings(loadEnv());
  const log = new Log(settings.log.level, 'keys:rotate');
  const vault = new Vault(settings.vaultKeys);
  const dataSource = await new DataSource(dataSourceOptions(settings)).initialize();
  try {
    const { complete, resealed, unopened, counts } = await rotateKeys(dataSource, vault, log);
    const told = { sealing_key: vault.activeKid, resealed, values_per_key: counts };
    if (complete) return log.info('keys.rotated', told);
    log.error('keys.not_rotated', { ...told, unopened: unopened.slice(0, 100) });
    throw new Error(
      unopened.length > 0
        ? `${unopened.length} stored value(s) open with none of ENCRYPTION_KEYS; the log names them. Keep the old keys.`
        : `Some process still seals with an old key: restart every API and worker with "${vault.activeKid}" first, then run this again.`,
    );
  } finally {
    await dataSource.destroy();
  }
}

main().catch(failedToStart);
