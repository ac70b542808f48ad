import { Module } from '@nestjs/common';
import { AccountsModule } from './accounts/accounts.module';
import { AssetsModule } from './assets/assets.module';
import { AuthModule } from './auth/auth.module';
import { CommonModule } from './common/common.module';
import { ConfigModule } from './config/config.module';
import { DatabaseModule } from './database/database.module';
import { OpsModule } from './ops/ops.module';
import { PausesModule } from './pauses/pauses.module';
import { PostsModule } from './posts/posts.module';
import { PrivacyModule } from './privacy/privacy.module';
import { QuotaModule } from './quota/quota.module';
import { RelayModule } from './relay/relay.module';
import { TokensModule } from './tokens/tokens.module';

/** What the HTTP process is made of. */
@Module({
  imports: [
    CommonModule,
    ConfigModule.forProcess('api'),
    DatabaseModule,
    AuthModule,
    OpsModule,
    AccountsModule,
    AssetsModule,
    PausesModule,
    PostsModule,
    PrivacyModule,
    QuotaModule,
    RelayModule,
    TokensModule,
  ],
})
export class ApiModule {}
