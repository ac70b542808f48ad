import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Log } from '../common/log';
import { Vault } from '../common/vault';
import { loadEnv } from './env';
import { Settings } from './settings';

/** The settings, read once per process, and what is made of them alone: the vault and the log. */
@Global()
@Module({})
export class ConfigModule {
  static forProcess(processName: 'api' | 'worker'): DynamicModule {
    return {
      module: ConfigModule,
      providers: [
        { provide: Settings, useFactory: () => new Settings(loadEnv()) },
        { provide: Vault, useFactory: (settings: Settings) => new Vault(settings.vaultKeys), inject: [Settings] },
        {
          provide: Log,
          useFactory: (settings: Settings) => new Log(settings.log.level, processName),
          inject: [Settings],
        },
      ],
      exports: [Settings, Vault, Log],
    };
  }
}
