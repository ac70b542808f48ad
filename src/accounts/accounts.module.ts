import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EventsModule } from '../events/events.module';
import { GraphModule } from '../graph/index';
import { PaceModule } from '../pace/pace.module';
import { AccountAudit } from './account-audit';
import { AccountDetails } from './account-details.service';
import { AccountFinder } from './account-finder';
import { AccountJoining } from './account-joining.service';
import { AccountListing } from './account-listing.service';
import { AccountNews } from './account-news';
import { AccountReading } from './account-reading.service';
import { AccountRow } from './account.entity';
import { AccountSelection } from './account-selection.service';
import { AccountTokens } from './account-tokens';
import { AccountUpkeep } from './account-upkeep.service';
import { AccountsController } from './accounts.controller';
import { AccountsRepository } from './accounts.repository';
import { AccountsService } from './accounts.service';
import { CallbackService } from './callback.service';
import { ConnectController } from './connect.controller';
import { ConnectService } from './connect.service';
import { ConnectionTest } from './connection-test.service';
import { FacebookLogin } from './facebook-login.service';
import { InstagramLogin } from './instagram-login.service';
import { LoginCodes } from './login-codes.service';
import { LoginStatesRepository } from './login-states.repository';
import { ManualConnect } from './manual-connect.service';
import { OauthController } from './oauth.controller';
import { OauthService } from './oauth.service';
import { SelectionVault } from './selection-vault';
import { Selections } from './selections';
import { SelectionsRepository } from './selections.repository';
import { TokenProof } from './token-proof';

/** Once connected: which accounts there are, and how they stand. */
const ACCOUNTS = [
  AccountsService,
  AccountsRepository,
  AccountFinder,
  AccountTokens,
  AccountAudit,
  AccountNews,
  AccountListing,
  AccountReading,
  AccountDetails,
  AccountUpkeep,
  ConnectionTest,
];

/** On the way there: both logins, and tokens made elsewhere. */
const LOGINS = [
  OauthService,
  LoginStatesRepository,
  CallbackService,
  ConnectService,
  LoginCodes,
  FacebookLogin,
  InstagramLogin,
  ManualConnect,
  TokenProof,
  AccountJoining,
  AccountSelection,
  Selections,
  SelectionVault,
  SelectionsRepository,
];

/** Instagram accounts joined to users. */
@Module({
  imports: [TypeOrmModule.forFeature([AccountRow]), EventsModule, GraphModule, PaceModule],
  controllers: [OauthController, ConnectController, AccountsController],
  providers: [...ACCOUNTS, ...LOGINS],
  exports: [AccountsService, AccountAudit, AccountTokens],
})
export class AccountsModule {}
